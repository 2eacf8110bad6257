//! UserInfo, introspection and revocation without authorization, and CORS.

use super::provider::{error_code, told, with_query};
use super::{Finding, Probe, Provider, Seen, send};
use reqwest::Method;

const BEARER: Probe =
    Probe::new("userinfo.token", "RFC 6750 §3", "answer a request without token with 401 and WWW-Authenticate: Bearer");
const INVALID: Probe = Probe::new("userinfo.invalid", "RFC 6750 §3.1", "answer a wrong token with 401 invalid_token");
const QUERY: Probe = Probe::new(
    "userinfo.query",
    "RFC 9700 §4.3.2; RFC 6750 §2.3",
    "accept tokens in the Authorization header only: tokens in URLs end up in logs",
);
const INTROSPECTION: Probe =
    Probe::new("introspection.client", "RFC 7662 §2.1", "require authentication for introspection");
const REVOCATION: Probe =
    Probe::new("revocation.client", "RFC 7009 §2.1", "authenticate the client before a token is revoked");
const SCRIPTS: Probe = Probe::new(
    "cors.scripts",
    "Fetch §3.2; OIDC Discovery §4",
    "answer preflights at the token and userinfo endpoints, and let all origins read discovery and the JWKS",
);
const COOKIES: Probe =
    Probe::new("cors.credentials", "Fetch §3.2.5", "never send Access-Control-Allow-Credentials to arbitrary origins");

const TOKEN: &str = "latchkey-probe-token";
const ORIGIN: &str = "https://latchkey-probe.invalid";

pub(super) async fn look(provider: &Provider) -> Vec<Finding> {
    let mut found = userinfo(provider).await;
    found.push(without_client(provider, INTROSPECTION, "introspection_endpoint").await);
    found.push(without_client(provider, REVOCATION, "revocation_endpoint").await);
    found.extend(cors(provider).await);
    found
}

async fn userinfo(provider: &Provider) -> Vec<Finding> {
    let Some(url) = provider.text("userinfo_endpoint") else {
        return [BEARER, INVALID, QUERY].map(|probe| probe.skip("no userinfo_endpoint")).into();
    };
    let (none, query) = (provider.get(url).await, provider.get(&with_query(url, &[("access_token", TOKEN)])).await);
    let wrong = send(provider.outside.request(Method::GET, url).bearer_auth(TOKEN)).await;
    let challenge = |seen: &Seen| seen.header("www-authenticate").to_owned();
    let is_bearer = |seen: &Seen| challenge(seen).to_ascii_lowercase().starts_with("bearer");
    vec![
        BEARER.of(&none, |probe, seen| match (seen.status, is_bearer(seen)) {
            (401, true) => probe.ok("401 Bearer"),
            (status, _) => probe.fail(format!("answers {status} with WWW-Authenticate `{}`", challenge(seen))),
        }),
        INVALID.of(&wrong, |probe, seen| match (seen.status, challenge(seen).contains("invalid_token")) {
            (401, true) => probe.ok("401 invalid_token"),
            (401, false) => probe.warn("401 without invalid_token in WWW-Authenticate"),
            (status, _) => probe.fail(format!("answers {status}")),
        }),
        QUERY.of(&query, |probe, seen| match (seen.status, challenge(seen).contains("invalid_token")) {
            (400..500, false) => probe.ok(format!("not read: {}", told(seen))),
            (400..500, true) => probe.warn("a token in the query is accepted"),
            (status, _) => probe.fail(format!("answers {status}")),
        }),
    ]
}

async fn without_client(provider: &Provider, probe: Probe, member: &str) -> Finding {
    let Some(url) = provider.text(member) else { return probe.skip(format!("no {member}")) };
    let answer = provider.post(url, &[("token", TOKEN)]).await;
    probe.of(&answer, |probe, seen| match (seen.status, error_code(seen).as_str()) {
        (401 | 403, _) | (400, "invalid_client" | "invalid_request") => probe.ok(told(seen)),
        _ => probe.fail(format!("without a client it answers {}", told(seen))),
    })
}

async fn cors(provider: &Provider) -> [Finding; 2] {
    let (mut closed, mut wrong) = (Vec::new(), Vec::new());
    for (member, preflight) in
        [("token_endpoint", true), ("userinfo_endpoint", true), ("jwks_uri", false), ("authorization_endpoint", true)]
    {
        let Some(url) = provider.text(member) else { continue };
        let method = if preflight { Method::OPTIONS } else { Method::GET };
        let request = provider.outside.request(method, url).header("origin", ORIGIN);
        let request = request.header("access-control-request-method", "POST");
        let Ok(seen) = send(request.header("access-control-request-headers", "authorization")).await else {
            closed.push(format!("{member} does not answer"));
            continue;
        };
        let allowed = seen.header("access-control-allow-origin");
        let open = allowed == "*" || allowed == ORIGIN;
        if open && seen.header("access-control-allow-credentials") == "true" {
            wrong.push(format!("{member} lets any origin read responses that need cookies"));
        }
        if !open && member != "authorization_endpoint" {
            closed.push(format!("{member} is closed"));
        }
    }
    [
        SCRIPTS.warn_unless(&closed, "browser applications can reach the token and userinfo endpoints and the keys"),
        COOKIES.unless(&wrong, "no response to an unknown origin allows credentials"),
    ]
}
