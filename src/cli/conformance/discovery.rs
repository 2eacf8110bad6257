//! Both metadata documents, and whether the endpoints that they announce exist.

use super::provider::{error_code, is_safe, object, told};
use super::{Finding, Outside, Probe, Provider, Seen, send};
use reqwest::Method;
use serde_json::{Map, Value};
use url::Url;

const OPENID: Probe = Probe::new(
    "discovery.openid",
    "OIDC Discovery §4",
    "let the proxy forward /.well-known/openid-configuration below the issuer unchanged; it must not redirect or ask for a sign-in",
);
const OAUTH: Probe = Probe::new(
    "discovery.oauth",
    "RFC 8414 §3.1",
    "serve the metadata at /.well-known/oauth-authorization-server, between host and the issuer's path",
);
const SLASH: Probe = Probe::new(
    "discovery.slash",
    "OIDC Discovery §4.1",
    "answer with a trailing slash too: clients that concatenate strings request it",
);
const ISSUER: Probe = Probe::new(
    "discovery.issuer",
    "OIDC Discovery §4.3",
    "give both the same issuer: clients refuse any difference, even a trailing slash",
);
const TYPE: Probe = Probe::new("discovery.type", "OIDC Discovery §4.2", "answer with Content-Type: application/json");
const REQUIRED: Probe = Probe::new("discovery.required", "OIDC Discovery §3", "announce these members");
const HTTPS: Probe =
    Probe::new("discovery.https", "OIDC Discovery §3", "announce https URLs; plain http is for loopback only");
const REACHED: Probe = Probe::new(
    "discovery.reached",
    "OIDC Discovery §3",
    "announce only endpoints that exist; check the proxy's routes for these paths",
);
const REGISTRATION: Probe = Probe::new(
    "discovery.registration",
    "RFC 7591 §3",
    "announce registration_endpoint when clients may register, and serve nothing there when they may not",
);

const MEMBERS: [&str; 7] = [
    "issuer",
    "authorization_endpoint",
    "token_endpoint",
    "jwks_uri",
    "response_types_supported",
    "subject_types_supported",
    "id_token_signing_alg_values_supported",
];

/// The metadata; without it nothing else can be probed.
pub(super) async fn find(outside: &Outside, issuer: &str, found: &mut Vec<Finding>) -> Option<Map<String, Value>> {
    let url = below(issuer, "openid-configuration");
    let answer = outside.get(&url).await;
    let metadata = answer.as_ref().ok().filter(|seen| seen.status == 200).and_then(object);
    found.push(OPENID.of(&answer, |probe, seen| match (seen.status, &metadata) {
        (200, Some(_)) => probe.ok(url.clone()),
        (200, None) => probe.fail(format!("{url} does not answer with a JSON object")),
        (status, _) => probe.fail(format!("{url} answers {status}")),
    }));
    if let (Ok(seen), Some(metadata)) = (&answer, &metadata) {
        let told = metadata.get("issuer").and_then(Value::as_str).unwrap_or_default();
        found.push(match told == issuer {
            true => ISSUER.ok("exactly the one that was requested"),
            false => ISSUER.fail(format!("requested {issuer}, got `{told}`")),
        });
        let kind = seen.header("content-type");
        found.push(match kind.starts_with("application/json") {
            true => TYPE.ok(kind),
            false => TYPE.fail(format!("Content-Type is `{kind}`")),
        });
    }
    metadata
}

pub(super) async fn look(provider: &Provider) -> Vec<Finding> {
    let absent = MEMBERS.iter().filter(|member| !provider.metadata.contains_key(**member));
    let absent: Vec<_> = absent.map(|member| format!("{member} is absent")).collect();
    let plain = provider.endpoints().into_iter().filter(|(_, url)| !is_safe(url));
    let plain: Vec<_> = plain.map(|(name, url)| format!("{name} is {url}")).collect();
    vec![
        oauth(provider).await,
        slash(provider).await,
        REQUIRED.unless(&absent, "all are present"),
        HTTPS.unless(&plain, "every announced URL"),
        reached(provider).await,
        registration(provider).await,
    ]
}

async fn oauth(provider: &Provider) -> Finding {
    let Some(url) = between(&provider.issuer, "oauth-authorization-server") else {
        return OAUTH.skip("the issuer is not a URL");
    };
    let answer = provider.get(&url).await;
    OAUTH.of(&answer, |probe, seen| match (seen.status, issuer_of(seen)) {
        (200, Some(told)) if told == provider.issuer => probe.ok(url.clone()),
        (200, told) => probe.fail(format!("{url} names the issuer `{}`", told.unwrap_or_default())),
        (status, _) => probe.warn(format!("{url} answers {status}: plain OAuth clients look there")),
    })
}

async fn slash(provider: &Provider) -> Finding {
    let answer = provider.get(&(below(&provider.issuer, "openid-configuration") + "/")).await;
    SLASH.of(&answer, |probe, seen| match (seen.status, issuer_of(seen)) {
        (200, Some(told)) if told == provider.issuer => probe.ok("the same"),
        (status, _) => probe.warn(format!("answers {status}")),
    })
}

async fn reached(provider: &Provider) -> Finding {
    let mut wrong = Vec::new();
    let endpoints = provider.endpoints();
    for (name, url) in &endpoints {
        match provider.get(url).await {
            Ok(seen) if seen.status == 404 || seen.status >= 500 => {
                wrong.push(format!("{name} answers {}", seen.status))
            }
            Ok(_) => {}
            Err(cause) => wrong.push(format!("{name}: {cause}")),
        }
    }
    REACHED.unless(&wrong, format!("{} URLs answer", endpoints.len()))
}

/// Sends invalid JSON, so that nothing is registered.
async fn registration(provider: &Provider) -> Finding {
    let announced = provider.text("registration_endpoint");
    let guess = provider.issuer.trim_end_matches('/').to_owned() + "/register";
    let request = provider.outside.request(Method::POST, announced.unwrap_or(&guess));
    let answer = send(request.header("content-type", "application/json").body("no JSON")).await;
    REGISTRATION.of(&answer, |probe, seen| match (announced, seen.status) {
        (Some(_), 400 | 401 | 403 | 429) => probe.ok(format!("announced, and refuses invalid JSON: {}", told(seen))),
        (Some(_), _) => probe.fail(format!("announced, but answers invalid JSON with {}", told(seen))),
        (None, _) if error_code(seen).is_empty() || seen.status == 404 => {
            probe.ok("not announced, and nothing at /register")
        }
        (None, _) => probe.warn(format!("not announced, but /register answers {}", told(seen))),
    })
}

fn issuer_of(seen: &Seen) -> Option<String> {
    Some(object(seen)?.get("issuer")?.as_str()?.to_owned())
}

/// OpenID Connect Discovery §4.1: appended, without the issuer's slash.
fn below(issuer: &str, name: &str) -> String {
    format!("{}/.well-known/{name}", issuer.trim_end_matches('/'))
}

/// RFC 8414 §3.1: between host and path.
fn between(issuer: &str, name: &str) -> Option<String> {
    let mut url = Url::parse(issuer).ok()?;
    let path = url.path().trim_end_matches('/').to_owned();
    url.set_path(&format!("/.well-known/{name}{path}"));
    Some(url.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documents_of_an_issuer_with_a_path_lie_in_two_places() {
        assert_eq!(below("https://a.example/x/", "n"), "https://a.example/x/.well-known/n");
        assert_eq!(between("https://a.example/x/", "n").unwrap(), "https://a.example/.well-known/n/x");
        assert_eq!(between("https://a.example", "n").unwrap(), "https://a.example/.well-known/n");
    }
}
