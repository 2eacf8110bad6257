//! The published keys.

use super::provider::object;
use super::{Finding, Probe, Provider, send};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::Method;
use serde_json::{Map, Value};
use std::collections::HashSet;

const SERVED: Probe =
    Probe::new("jwks.served", "RFC 7517 §5", "serve a JWK Set at jwks_uri, without redirect or sign-in");
const PUBLIC: Probe = Probe::new(
    "jwks.public",
    "RFC 7517 §9.2",
    "these private keys are public: remove them at once, create new ones and revoke what they signed (Latchkey: keys revoke KID)",
);
const KID: Probe = Probe::new("jwks.kid", "OIDC Core §10.1", "give every key a unique kid");
const USE: Probe =
    Probe::new("jwks.use", "OIDC Discovery §3; RFC 7517 §4.2", "set `use` (sig or enc), or `alg`, on every key");
const SIZE: Probe =
    Probe::new("jwks.size", "RFC 7518 §3.3", "use RSA of 2048 bits or more, P-256, P-384, P-521 or Ed25519");
const FITS: Probe = Probe::new(
    "jwks.algorithms",
    "OIDC Discovery §3",
    "publish a key for each announced algorithm, or stop announcing it",
);
const CACHE: Probe = Probe::new(
    "jwks.cache",
    "OIDC Core §10.1.1; RFC 9111 §5.2",
    "send Cache-Control: public, max-age=300 and an ETag, and answer 304: every API fetches this document",
);

const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

pub(super) async fn look(provider: &Provider) -> Vec<Finding> {
    let Some(url) = provider.text("jwks_uri") else { return vec![SERVED.fail("jwks_uri is not announced")] };
    let answer = provider.get(url).await;
    let set = answer.as_ref().ok().filter(|seen| seen.status == 200).and_then(object).unwrap_or_default();
    let keys: Vec<_> =
        set.get("keys").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object).collect();
    let served = SERVED.of(&answer, |probe, seen| match (seen.status, keys.len()) {
        (200, 0) => probe.fail("no keys"),
        (200, number) => probe.ok(super::count(number, "key", "keys")),
        (status, _) => probe.fail(format!("answers {status}")),
    });
    if keys.is_empty() {
        return vec![served];
    }
    let etag = answer.as_ref().map(|seen| seen.header("etag").to_owned()).unwrap_or_default();
    let cached = answer.as_ref().is_ok_and(|seen| seen.header("cache-control").contains("max-age"));
    vec![
        served,
        public(&keys),
        kids(&keys),
        uses(&keys),
        sizes(&keys),
        fits(provider, &keys),
        cache(provider, url, &etag, cached).await,
    ]
}

fn text<'a>(key: &'a Map<String, Value>, member: &str) -> &'a str {
    key.get(member).and_then(Value::as_str).unwrap_or_default()
}

fn named(key: &Map<String, Value>) -> String {
    format!("{} key `{}`", text(key, "kty"), text(key, "kid"))
}

/// Names the members, never their values.
fn public(keys: &[&Map<String, Value>]) -> Finding {
    let wrong = keys.iter().filter_map(|key| {
        let members: Vec<_> = PRIVATE.into_iter().filter(|member| key.contains_key(*member)).collect();
        (!members.is_empty()).then(|| format!("{} shows {}", named(key), members.join(" ")))
    });
    PUBLIC.unless(&wrong.collect::<Vec<_>>(), "public parts only")
}

fn kids(keys: &[&Map<String, Value>]) -> Finding {
    let mut met = HashSet::new();
    let wrong = keys.iter().filter_map(|key| match text(key, "kid") {
        "" => Some(format!("a {} key has no kid", text(key, "kty"))),
        kid if !met.insert(kid) => Some(format!("`{kid}` stands twice")),
        _ => None,
    });
    KID.unless(&wrong.collect::<Vec<_>>(), "each has a unique kid")
}

fn uses(keys: &[&Map<String, Value>]) -> Finding {
    let bare = keys.iter().filter(|key| text(key, "use").is_empty() && text(key, "alg").is_empty());
    USE.warn_unless(&bare.map(|key| format!("{} has neither", named(key))).collect::<Vec<_>>(), "each states its use")
}

fn sizes(keys: &[&Map<String, Value>]) -> Finding {
    let wrong = keys.iter().filter_map(|key| weakness(key).map(|what| format!("{} {what}", named(key))));
    SIZE.unless(&wrong.collect::<Vec<_>>(), "large enough")
}

fn weakness(key: &Map<String, Value>) -> Option<String> {
    match text(key, "kty") {
        "RSA" => {
            let modulus = URL_SAFE_NO_PAD.decode(text(key, "n")).unwrap_or_default();
            let bits = bits(&modulus);
            (bits < 2048).then(|| format!("has {bits} bits"))
        }
        "EC" if !matches!(text(key, "crv"), "P-256" | "P-384" | "P-521") => {
            Some(format!("is on `{}`", text(key, "crv")))
        }
        "oct" => Some("is symmetric".to_owned()),
        _ => None,
    }
}

fn bits(number: &[u8]) -> usize {
    let significant = number.iter().skip_while(|byte| **byte == 0);
    let zeros = significant.clone().next().map_or(0, |first| first.leading_zeros() as usize);
    significant.count() * 8 - zeros
}

fn fits(provider: &Provider, keys: &[&Map<String, Value>]) -> Finding {
    let algorithms = provider.words("id_token_signing_alg_values_supported");
    let lacking = algorithms.iter().filter(|name| !name.starts_with("HS") && **name != "none");
    let lacking = lacking.filter(|name| !keys.iter().any(|key| signs(key, name)));
    FITS.unless(
        &lacking.map(|name| format!("no key for {name}")).collect::<Vec<_>>(),
        "a key for each announced algorithm",
    )
}

fn signs(key: &Map<String, Value>, algorithm: &str) -> bool {
    let kind = match algorithm {
        "ES256" => ("EC", "P-256"),
        "ES384" => ("EC", "P-384"),
        "ES512" => ("EC", "P-521"),
        "EdDSA" | "Ed25519" => ("OKP", "Ed25519"),
        _ => ("RSA", ""),
    };
    let (alg, purpose) = (text(key, "alg"), text(key, "use"));
    (text(key, "kty"), text(key, "crv")) == kind && (alg.is_empty() || alg == algorithm) && purpose != "enc"
}

async fn cache(provider: &Provider, url: &str, etag: &str, cached: bool) -> Finding {
    if etag.is_empty() {
        return if cached { CACHE.ok("max-age, but no ETag") } else { CACHE.warn("neither max-age nor an ETag") };
    }
    let again = send(provider.outside.request(Method::GET, url).header("if-none-match", etag)).await;
    CACHE.of(&again, |probe, seen| match (seen.status, cached) {
        (304, true) => probe.ok("max-age, and 304 for its ETag"),
        (304, false) => probe.warn("304 for its ETag, but no max-age"),
        (status, _) => probe.warn(format!("has an ETag but answers {status} to it")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc7518_3_3_the_bits_of_a_modulus_are_counted_without_leading_zeros() {
        assert_eq!((bits(&[]), bits(&[0, 0]), bits(&[0, 1, 255]), bits(&[0x80; 256])), (0, 0, 9, 2048));
    }
}
