//! The security headers of the provider's pages.

use super::authorize::strange;
use super::provider::with_query;
use super::{Finding, Probe, Provider, Seen, send};
use reqwest::Method;
use reqwest::header::{COOKIE, SET_COOKIE};
use url::Url;

const CSP: Probe = Probe::new(
    "pages.csp",
    "CSP 3; RFC 9700 §4.16",
    "send Content-Security-Policy with every page, without unsafe-inline for scripts",
);
const FRAMES: Probe = Probe::new(
    "pages.framing",
    "RFC 9700 §4.16; RFC 6749 §10.13",
    "send Content-Security-Policy: frame-ancestors 'none' with every interactive page",
);
const REFERRER: Probe =
    Probe::new("pages.referrer", "RFC 9700 §4.2.4", "send Referrer-Policy: same-origin or no-referrer with every page");
const STORED: Probe =
    Probe::new("pages.cache", "RFC 9111 §5.2.2.5", "send Cache-Control: no-store with personal pages");
const COOKIES: Probe = Probe::new(
    "pages.cookies",
    "RFC 6265bis §4.1.2",
    "set cookies with HttpOnly and SameSite, and over https with Secure (best as __Host-)",
);
const SESSION: Probe = Probe::new(
    "pages.check_session",
    "OIDC Session Management §3.3",
    "let every origin frame check_session_iframe, and no other page",
);

/// From the authorization request to the page that a person sees.
const MOST_HOPS: usize = 5;

pub(super) async fn look(provider: &Provider) -> Vec<Finding> {
    let Some(endpoint) = provider.text("authorization_endpoint") else { return Vec::new() };
    let (page, cookies) = walk(provider, &first(provider, endpoint)).await;
    let secure = provider.issuer.starts_with("https://");
    vec![
        CSP.of(&page, |probe, seen| csp(probe, &policy(seen))),
        FRAMES.of(&page, |probe, seen| match forbids_framing(seen) {
            true => probe.ok("other origins cannot frame the page"),
            false => probe.fail("any origin can frame the page"),
        }),
        REFERRER.of(&page, |probe, seen| match seen.header("referrer-policy") {
            "" => probe.warn("no Referrer-Policy"),
            weak @ ("unsafe-url" | "no-referrer-when-downgrade") => probe.fail(weak),
            other => probe.ok(other),
        }),
        STORED.of(&page, |probe, seen| match seen.header("cache-control") {
            kept if kept.contains("no-store") => probe.ok(kept),
            other => probe.warn(format!("Cache-Control is `{other}`")),
        }),
        judge_cookies(&cookies, secure),
        check_session(provider).await,
    ]
}

/// The sign-in page where the operator provides a client, else the error page.
fn first(provider: &Provider, endpoint: &str) -> String {
    let lent = provider.client.as_ref().and_then(|client| Some((client.id.as_str(), client.redirect_uri.as_deref()?)));
    let Some((id, redirect_uri)) = lent else { return strange(endpoint) };
    let parameters = [
        ("client_id", id),
        ("redirect_uri", redirect_uri),
        ("response_type", "code"),
        ("scope", "openid"),
        ("nonce", "latchkey-probe"),
        ("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
        ("code_challenge_method", "S256"),
    ];
    with_query(endpoint, &parameters)
}

/// Follows redirects within the provider's origin, with its cookies, as a browser would.
async fn walk(provider: &Provider, first: &str) -> (Result<Seen, String>, Vec<String>) {
    let (mut url, mut cookies) = (first.to_owned(), Vec::<String>::new());
    for _ in 0..MOST_HOPS {
        let sent: Vec<_> = cookies.iter().filter_map(|cookie| cookie.split(';').next()).collect();
        let request = provider.outside.request(Method::GET, &url).header(COOKIE, sent.join("; "));
        let seen = match send(request).await {
            Ok(seen) => seen,
            Err(cause) => return (Err(cause), cookies),
        };
        cookies
            .extend(seen.headers.get_all(SET_COOKIE).iter().filter_map(|value| value.to_str().ok().map(str::to_owned)));
        match next(&url, &seen) {
            Some(target) => url = target,
            None => return (Ok(seen), cookies),
        }
    }
    (Err("redirects in a loop".to_owned()), cookies)
}

fn next(url: &str, seen: &Seen) -> Option<String> {
    let (from, location) = (Url::parse(url).ok()?, seen.header("location"));
    let target = from.join(location).ok().filter(|target| !location.is_empty() && target.origin() == from.origin())?;
    Some(target.into())
}

fn policy(seen: &Seen) -> String {
    let all = seen.headers.get_all("content-security-policy").iter().filter_map(|value| value.to_str().ok());
    all.collect::<Vec<_>>().join("; ")
}

fn directive<'a>(policy: &'a str, name: &str) -> Option<&'a str> {
    policy.split(';').find_map(|directive| {
        let (own, value) = directive.trim().split_once(' ').unwrap_or((directive.trim(), ""));
        own.eq_ignore_ascii_case(name).then_some(value)
    })
}

fn csp(probe: Probe, policy: &str) -> Finding {
    let scripts = directive(policy, "script-src").or_else(|| directive(policy, "default-src"));
    match scripts {
        _ if policy.is_empty() => probe.warn("no Content-Security-Policy"),
        None => probe.warn("scripts are not restricted"),
        Some(sources) if sources.contains("'unsafe-inline'") && !sources.contains("'nonce-") => {
            probe.warn("inline scripts are allowed")
        }
        Some(sources) => probe.ok(format!("scripts from {sources}")),
    }
}

fn forbids_framing(seen: &Seen) -> bool {
    let policy = policy(seen);
    match directive(&policy, "frame-ancestors") {
        Some(ancestors) => !ancestors.split(' ').any(|source| matches!(source, "*" | "https:" | "http:")),
        None => matches!(seen.header("x-frame-options").to_ascii_uppercase().as_str(), "DENY" | "SAMEORIGIN"),
    }
}

fn judge_cookies(cookies: &[String], secure: bool) -> Finding {
    if cookies.is_empty() {
        return COOKIES.skip("the page sets none");
    }
    let wrong = cookies.iter().filter_map(|cookie| {
        let attributes: Vec<_> = cookie.split(';').skip(1).map(|word| word.trim().to_ascii_lowercase()).collect();
        let has = |name: &str| attributes.iter().any(|attribute| attribute.split('=').next() == Some(name));
        let wanted = [("httponly", true), ("samesite", true), ("secure", secure)];
        let lacks: Vec<_> =
            wanted.iter().filter(|(name, wanted)| *wanted && !has(name)).map(|(name, _)| *name).collect();
        let name = cookie.split('=').next().unwrap_or_default();
        (!lacks.is_empty()).then(|| format!("{name} lacks {}", lacks.join(" ")))
    });
    COOKIES.warn_unless(&wrong.collect::<Vec<_>>(), super::count(cookies.len(), "cookie", "cookies"))
}

async fn check_session(provider: &Provider) -> Finding {
    let Some(url) = provider.text("check_session_iframe") else { return SESSION.skip("not announced") };
    let answer = provider.get(url).await;
    SESSION.of(&answer, |probe, seen| match (seen.status, forbids_framing(seen)) {
        (200, false) => probe.ok("can be framed"),
        (200, true) => probe.fail("announced, but other origins cannot frame it"),
        (status, _) => probe.fail(format!("answers {status}")),
    })
}

#[cfg(test)]
mod tests {
    use super::super::finding::Level;
    use super::*;

    fn seen(policy: &'static str, old: &'static str) -> Seen {
        let mut headers = reqwest::header::HeaderMap::new();
        headers.insert("content-security-policy", reqwest::header::HeaderValue::from_static(policy));
        headers.insert("x-frame-options", reqwest::header::HeaderValue::from_static(old));
        Seen { status: 200, headers, body: Vec::new() }
    }

    #[test]
    fn rfc9700_4_16_the_policy_wins_over_the_old_header() {
        assert!(forbids_framing(&seen("default-src 'none'; frame-ancestors 'none'", "")));
        assert!(forbids_framing(&seen("default-src 'none'", "deny")));
        assert!(!forbids_framing(&seen("frame-ancestors *", "DENY")));
        assert!(!forbids_framing(&seen("default-src 'none'", "")));
    }

    #[test]
    fn inline_scripts_are_told_of() {
        let level = |policy| csp(CSP, policy).level;
        assert_eq!(level("default-src 'none'; script-src 'self'"), Level::Ok);
        assert_eq!(level("script-src 'unsafe-inline'"), Level::Warn);
        assert_eq!(level("frame-ancestors 'none'"), Level::Warn);
    }

    #[test]
    fn secure_is_asked_for_over_https() {
        let cookies = ["a=1; HttpOnly; SameSite=Lax".to_owned()];
        assert_eq!(judge_cookies(&cookies, false).level, Level::Ok);
        assert_eq!(judge_cookies(&cookies, true).seen, "a lacks secure");
    }
}
