//! Authorization requests that must be refused, and where the refusals are sent.

use super::provider::{STRANGER, UNKNOWN, with_query};
use super::{Finding, Probe, Provider, Seen};
use std::collections::HashMap;
use url::Url;

const CLIENT: Probe = Probe::new(
    "authorize.client",
    "RFC 6749 §4.1.2.1; RFC 9700 §4.11",
    "show an error page for an unknown client, and never redirect to what it sent",
);
const ESCAPING: Probe = Probe::new(
    "authorize.escaping",
    "RFC 6749 §10.14",
    "escape every value from the request before showing it on a page",
);
const REDIRECT: Probe = Probe::new(
    "authorize.redirect_uri",
    "RFC 9700 §2.1; OIDC Core §3.1.2.1",
    "compare redirect_uri with the registered ones as strings, and show an error page when none is equal",
);
const TYPE: Probe = Probe::new(
    "authorize.response_type",
    "RFC 6749 §3.1.1, §4.1.2.1",
    "answer an unknown response_type with unsupported_response_type and a missing one with invalid_request, both with state",
);
const DUPLICATE: Probe = Probe::new("authorize.duplicate", "RFC 6749 §3.1", "refuse a parameter that is sent twice");
const ISS: Probe =
    Probe::new("authorize.iss", "RFC 9207 §2", "send the issuer as `iss` with every response, errors too");
const SILENT: Probe = Probe::new(
    "authorize.prompt_none",
    "OIDC Core §3.1.2.6",
    "answer prompt=none with login_required at the redirect URI, never with a page",
);
const CHALLENGE: Probe = Probe::new(
    "authorize.pkce",
    "RFC 9700 §2.1.1",
    "require PKCE, or of a confidential client an OpenID nonce (Latchkey: pkce.require = \"rfc9700\")",
);

const NEEDED: &str = "needs --client-id and --redirect-uri";
const STATE: &str = "latchkey-probe-state";
const MARK: &str = "<lk-probe>";

pub(super) async fn look(provider: &Provider) -> Vec<Finding> {
    let Some(endpoint) = provider.text("authorization_endpoint") else {
        return vec![CLIENT.skip("no authorization_endpoint")];
    };
    let mut found = vec![unknown_client(provider, endpoint).await, escaping(provider, endpoint).await];
    let lent = provider.client.as_ref().and_then(|client| Some((client.id.as_str(), client.redirect_uri.as_deref()?)));
    let Some((id, redirect_uri)) = lent else {
        found.extend([REDIRECT, TYPE, DUPLICATE, ISS, SILENT, CHALLENGE].map(|probe| probe.skip(NEEDED)));
        return found;
    };
    let asked = Asked { provider, endpoint, id, redirect_uri };
    found.push(asked.other_redirects().await);
    found.extend(asked.response_types().await);
    found.push(asked.twice().await);
    found.push(asked.silently().await);
    found.push(asked.without_challenge().await);
    found
}

async fn unknown_client(provider: &Provider, endpoint: &str) -> Finding {
    let answer = provider.get(&strange(endpoint)).await;
    CLIENT.of(&answer, |probe, seen| match (leads_to(seen, STRANGER), seen.header("location"), seen.status) {
        (true, ..) => probe.fail("redirects to an unknown client's redirect_uri: an open redirect"),
        (_, "", 400..500) => probe.ok(format!("a page, {}", seen.status)),
        (_, "", 200) => probe.warn("a page with status 200"),
        (_, "", status) => probe.fail(format!("answers {status}")),
        (_, location, _) => probe.warn(format!("redirects to {location}")),
    })
}

/// A request from an unknown client with an unregistered redirect URI.
pub(super) fn strange(endpoint: &str) -> String {
    let parameters = [
        ("client_id", UNKNOWN),
        ("redirect_uri", STRANGER),
        ("response_type", "code"),
        ("scope", "openid"),
        ("state", STATE),
    ];
    with_query(endpoint, &parameters)
}

async fn escaping(provider: &Provider, endpoint: &str) -> Finding {
    let marked = format!("\">{MARK}");
    let names = ["client_id", "redirect_uri", "scope", "state", "response_type", "login_hint", "ui_locales"];
    let answer = provider.get(&with_query(endpoint, &names.map(|name| (name, marked.as_str())))).await;
    ESCAPING.of(&answer, |probe, seen| match String::from_utf8_lossy(&seen.body).contains(MARK) {
        true if !seen.header("content-type").contains("json") => {
            probe.fail("markup from the request appears in the page")
        }
        _ if seen.status >= 500 => probe.fail(format!("answers {}", seen.status)),
        _ => probe.ok("no markup from the request appears in the page"),
    })
}

/// Whether a response sends the browser there, by a header or in its page.
fn leads_to(seen: &Seen, target: &str) -> bool {
    let page = String::from_utf8_lossy(&seen.body);
    let markup = ["href=\"", "action=\"", "url="].iter().any(|before| page.contains(&format!("{before}{target}")));
    seen.header("location").starts_with(target) || markup
}

/// Requests of the client that the operator provides.
struct Asked<'a> {
    provider: &'a Provider,
    endpoint: &'a str,
    id: &'a str,
    redirect_uri: &'a str,
}

/// What came back to the redirect URI, in its query or its fragment.
struct Response(HashMap<String, String>);

impl Response {
    /// `None` when the answer stays with the provider.
    fn at(redirect_uri: &str, seen: &Seen) -> Option<Self> {
        let location = Url::parse(seen.header("location")).ok()?;
        let registered = Url::parse(redirect_uri).ok()?;
        let same = |of: fn(&Url) -> (url::Origin, String)| of(&location) == of(&registered);
        if !same(|url| (url.origin(), url.path().to_owned())) {
            return None;
        }
        let fragment = url::form_urlencoded::parse(location.fragment().unwrap_or_default().as_bytes());
        Some(Self(
            location
                .query_pairs()
                .chain(fragment)
                .map(|(name, value)| (name.into_owned(), value.into_owned()))
                .collect(),
        ))
    }

    fn value(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }
}

impl Asked<'_> {
    async fn send(&self, redirect_uri: &str, more: &[(&str, &str)]) -> Result<Seen, String> {
        let own = [("client_id", self.id), ("redirect_uri", redirect_uri), ("scope", "openid"), ("state", STATE)];
        self.provider.get(&with_query(self.endpoint, &[&own, more].concat())).await
    }

    async fn other_redirects(&self) -> Finding {
        let (mut wrong, uri) = (Vec::new(), self.redirect_uri);
        let others = [
            STRANGER.to_owned(),
            format!("{uri}/latchkey-probe"),
            format!("{uri}{}latchkey-probe=1", if uri.contains('?') { '&' } else { '?' }),
            format!("{uri}#latchkey-probe"),
            uri.replacen("://", "://latchkey-probe.invalid/@", 1),
        ];
        for other in &others {
            match self.send(other, &[("response_type", "code")]).await {
                Ok(seen) if leads_to(&seen, other.trim_end_matches("#latchkey-probe")) => {
                    wrong.push(format!("{other} is followed"))
                }
                Ok(seen) if seen.status >= 500 => wrong.push(format!("{other} is answered {}", seen.status)),
                Ok(seen) if Response::at(uri, &seen).is_some() => {
                    wrong.push(format!("{other} is accepted as the registered one"))
                }
                Ok(_) => {}
                Err(cause) => wrong.push(format!("no answer: {cause}")),
            }
        }
        REDIRECT.unless(&wrong, format!("{} others are refused without a redirect", others.len()))
    }

    /// The errors of `response_type`, and what every error carries.
    async fn response_types(&self) -> [Finding; 2] {
        let unknown = self.send(self.redirect_uri, &[("response_type", "latchkey_probe")]).await;
        let absent = self.send(self.redirect_uri, &[]).await;
        let mut wrong = Vec::new();
        for (answer, what, expected) in [
            (&unknown, "an unknown one", ["unsupported_response_type", "invalid_request"]),
            (&absent, "a missing one", ["invalid_request", "unsupported_response_type"]),
        ] {
            let response = answer.as_ref().ok().and_then(|seen| Response::at(self.redirect_uri, seen));
            match (answer, response) {
                (Err(cause), _) => wrong.push(format!("no answer: {cause}")),
                (Ok(seen), None) if (400..500).contains(&seen.status) => {}
                (Ok(seen), None) => wrong.push(format!("{what} gets {} {}", seen.status, seen.header("location"))),
                (_, Some(response)) if !expected.contains(&response.value("error")) => {
                    wrong.push(format!("{what} gets `{}`", response.value("error")));
                }
                (_, Some(response)) if response.value("state") != STATE => wrong.push(format!("{what}: state is lost")),
                (_, Some(_)) => {}
            }
        }
        let response = unknown.ok().and_then(|seen| Response::at(self.redirect_uri, &seen));
        [TYPE.unless(&wrong, "an unknown and a missing one are refused, with state"), self.iss(response)]
    }

    fn iss(&self, response: Option<Response>) -> Finding {
        let announced = self.provider.metadata.get("authorization_response_iss_parameter_supported");
        match (response.as_ref().map(|response| response.value("iss")), announced) {
            (None, _) => ISS.skip("no error came back to the redirect URI"),
            (Some(iss), _) if iss == self.provider.issuer => ISS.ok("an error names the issuer"),
            (Some(""), Some(serde_json::Value::Bool(true))) => ISS.fail("announced, but an error has none"),
            (Some(""), _) => ISS.warn("an error has none"),
            (Some(other), _) => ISS.fail(format!("an error names `{other}`")),
        }
    }

    async fn twice(&self) -> Finding {
        let more = [("response_type", "code"), ("nonce", "one"), ("nonce", "two"), CODE_CHALLENGE, METHOD];
        let answer = self.send(self.redirect_uri, &more).await;
        DUPLICATE.of(&answer, |probe, seen| match (Response::at(self.redirect_uri, seen), seen.status) {
            (Some(response), _) if response.value("error") == "invalid_request" => probe.ok("invalid_request"),
            (Some(response), _) => probe.fail(format!("error is `{}`", response.value("error"))),
            (None, 400..500) => probe.ok(format!("a page, {}", seen.status)),
            (None, status) => {
                probe.fail(format!("a request with two nonces is accepted: {status} {}", seen.header("location")))
            }
        })
    }

    async fn silently(&self) -> Finding {
        let more = [("response_type", "code"), ("prompt", "none"), ("nonce", "one"), CODE_CHALLENGE, METHOD];
        let answer = self.send(self.redirect_uri, &more).await;
        SILENT.of(&answer, |probe, seen| match Response::at(self.redirect_uri, seen) {
            Some(response) if response.value("error").ends_with("_required") => probe.ok(response.value("error")),
            Some(response) => probe.fail(format!("error is `{}`", response.value("error"))),
            None => probe.fail(format!("answers {} {}", seen.status, seen.header("location"))),
        })
    }

    async fn without_challenge(&self) -> Finding {
        let answer = self.send(self.redirect_uri, &[("response_type", "code"), ("prompt", "none")]).await;
        CHALLENGE.of(&answer, |probe, seen| match Response::at(self.redirect_uri, seen) {
            Some(response) if response.value("error") == "invalid_request" => probe.ok("required of this client"),
            Some(_) => probe.warn("a request without code_challenge and nonce is accepted"),
            None => probe.skip(format!("answers {}", seen.status)),
        })
    }
}

/// RFC 7636 appendix B.
const CODE_CHALLENGE: (&str, &str) = ("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
const METHOD: (&str, &str) = ("code_challenge_method", "S256");

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::{HeaderMap, HeaderValue};

    fn seen(location: &'static str, body: &str) -> Seen {
        let headers = HeaderMap::from_iter([(reqwest::header::LOCATION, HeaderValue::from_static(location))]);
        Seen { status: 303, headers, body: body.as_bytes().to_vec() }
    }

    #[test]
    fn rfc9700_4_11_a_redirect_may_hide_in_a_page() {
        assert!(leads_to(&seen("https://latchkey-probe.invalid/landing?error=x", ""), STRANGER));
        assert!(leads_to(&seen("/", &format!("<form action=\"{STRANGER}\">")), STRANGER));
        assert!(!leads_to(&seen("/error", &format!("<p>{STRANGER} is not registered")), STRANGER));
    }

    #[test]
    fn a_response_is_what_reaches_the_redirect_uri() {
        let at = |location| Response::at("https://rp.example/cb", &seen(location, ""));
        assert_eq!(at("https://rp.example/cb?error=x&state=s").unwrap().value("state"), "s");
        assert_eq!(at("https://rp.example/cb#error=x").unwrap().value("error"), "x");
        assert!(at("https://rp.example/cb2?error=x").is_none() && at("/login/1").is_none());
    }
}
