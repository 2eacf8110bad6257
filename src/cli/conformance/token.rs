//! The token endpoint without credentials.

use super::provider::{UNKNOWN, error_code, told};
use super::{Finding, Probe, Provider, Seen, send};
use reqwest::Method;

const POST: Probe =
    Probe::new("token.method", "RFC 6749 §3.2", "answer GET with 405: codes and secrets in URLs end up in logs");
const CLIENT: Probe = Probe::new("token.client", "RFC 6749 §5.2", "answer an unknown client with 401 invalid_client");
const CHALLENGE: Probe = Probe::new(
    "token.challenge",
    "RFC 6749 §5.2",
    "send WWW-Authenticate: Basic to a client that used the Authorization header",
);
const STORED: Probe = Probe::new("token.cache", "RFC 6749 §5.1", "send Cache-Control: no-store with every answer");
const JSON: Probe = Probe::new("token.json", "RFC 6749 §5.2", "answer errors as JSON, whatever was sent");
const GRANT: Probe = Probe::new("token.grant_type", "RFC 6749 §5.2", "refuse an unknown grant type");
const TWICE: Probe = Probe::new("token.duplicate", "RFC 6749 §3.2", "refuse a parameter that is sent twice");

/// A made-up code, presented by an unknown client.
const CODE: [(&str, &str); 3] = [
    ("grant_type", "authorization_code"),
    ("code", "latchkey-probe"),
    ("redirect_uri", "https://latchkey-probe.invalid/"),
];

pub(super) async fn look(provider: &Provider) -> Vec<Finding> {
    let Some(url) = provider.text("token_endpoint") else { return vec![CLIENT.skip("no token_endpoint")] };
    let outside = &provider.outside;
    let basic = |form: &[(&str, &str)]| {
        send(outside.request(Method::POST, url).basic_auth(UNKNOWN, Some("latchkey-probe")).form(form))
    };
    let (read, unknown) = (provider.get(url).await, basic(&CODE).await);
    let strange = basic(&[("grant_type", "urn:latchkey:probe")]).await;
    let twice = basic(&[&CODE[..], &[("grant_type", "client_credentials")]].concat()).await;
    let text = send(outside.request(Method::POST, url).header("content-type", "text/plain").body("probe")).await;
    vec![
        POST.of(&read, |probe, seen| match seen.status {
            405 => probe.ok("GET gets 405"),
            400..500 => probe.warn(format!("GET gets {}", told(seen))),
            status => probe.fail(format!("GET gets {status}")),
        }),
        CLIENT.of(&unknown, |probe, seen| match (seen.status, error_code(seen).as_str()) {
            (401, "invalid_client") => probe.ok("401 invalid_client"),
            (400, "invalid_client") => probe.fail("400 invalid_client: with an Authorization header it must be 401"),
            _ => probe.fail(format!("answers {}", told(seen))),
        }),
        CHALLENGE.of(&unknown, |probe, seen| match seen.header("www-authenticate") {
            header if header.to_ascii_lowercase().starts_with("basic") => probe.ok(header),
            header if seen.status == 401 => probe.fail(format!("WWW-Authenticate is `{header}`")),
            _ => probe.skip(format!("answers {}", told(seen))),
        }),
        STORED.of(&unknown, |probe, seen| match seen.header("cache-control") {
            kept if kept.contains("no-store") => probe.ok(kept),
            other => probe.fail(format!("Cache-Control is `{other}`")),
        }),
        JSON.of(&text, |probe, seen| match seen.header("content-type") {
            kind if kind.starts_with("application/json") && refuses(seen) => {
                probe.ok(format!("text is refused: {}", told(seen)))
            }
            kind => probe.fail(format!("text gets {} as `{kind}`", seen.status)),
        }),
        GRANT.of(&strange, |probe, seen| match refuses(seen) {
            true => probe.ok(told(seen)),
            false => probe.fail(format!("answers {}", told(seen))),
        }),
        TWICE.of(&twice, |probe, seen| match error_code(seen).as_str() {
            "invalid_request" => probe.ok("invalid_request"),
            // Client authentication comes first, so whether the parameter is checked remains unknown.
            "invalid_client" => probe.skip("an unknown client is refused before its parameters are read"),
            _ if refuses(seen) => probe.warn(format!("answers {}", told(seen))),
            _ => probe.fail(format!("answers {}", told(seen))),
        }),
    ]
}

pub(super) fn refuses(seen: &Seen) -> bool {
    (400..500).contains(&seen.status) && !error_code(seen).is_empty()
}
