//! What the metadata announces, judged as a careful relying party would.

use super::{Finding, Probe, Provider};
use serde_json::Value;

const NONE: Probe = Probe::new(
    "metadata.none",
    "RFC 8725 §3.2; OIDC Core §3.1.3.7",
    "remove `none` from these lists, and refuse unsigned tokens",
);
const RS256: Probe = Probe::new("metadata.rs256", "OIDC Discovery §3", "support RS256 for ID tokens as well");
const PKCE: Probe = Probe::new(
    "metadata.pkce",
    "RFC 9700 §2.1.1",
    "support PKCE and announce only S256 in code_challenge_methods_supported",
);
const ISS: Probe = Probe::new(
    "metadata.iss",
    "RFC 9207 §3",
    "send `iss` in authorization responses and announce authorization_response_iss_parameter_supported",
);
const TOKENS: Probe = Probe::new(
    "metadata.response_types",
    "RFC 9700 §2.1.2",
    "turn off response types that return tokens, once no client needs them (Latchkey: legacy.implicit)",
);
const PASSWORD: Probe = Probe::new("metadata.password", "RFC 9700 §2.4", "turn off the password grant");
const REQUEST_URI: Probe = Probe::new(
    "metadata.request_uri",
    "OIDC Discovery §3",
    "set request_uri_parameter_supported to false or true: if missing, it means true",
);

pub(super) fn look(provider: &Provider) -> Vec<Finding> {
    vec![
        none(provider),
        rs256(provider),
        pkce(provider),
        iss(provider),
        tokens(provider),
        password(provider),
        request_uri(provider),
    ]
}

fn none(provider: &Provider) -> Finding {
    let lists = provider.metadata.keys().filter(|name| name.ends_with("signing_alg_values_supported"));
    let unsigned = lists.filter(|name| provider.words(name).contains(&"none"));
    let wrong: Vec<_> = unsigned.map(|name| format!("{name} has `none`")).collect();
    NONE.unless(&wrong, "no list of signature algorithms contains `none`")
}

fn rs256(provider: &Provider) -> Finding {
    let words = provider.words("id_token_signing_alg_values_supported");
    if words.contains(&"RS256") { RS256.ok(words.join(" ")) } else { RS256.fail(format!("only `{}`", words.join(" "))) }
}

fn pkce(provider: &Provider) -> Finding {
    let methods = provider.words("code_challenge_methods_supported");
    match (methods.contains(&"S256"), methods.contains(&"plain")) {
        (true, false) => PKCE.ok("S256"),
        (true, true) => PKCE.warn("`plain` too: anyone who reads the request can use the code"),
        (false, _) => PKCE.fail("S256 is not announced"),
    }
}

fn iss(provider: &Provider) -> Finding {
    match provider.metadata.get("authorization_response_iss_parameter_supported") {
        Some(Value::Bool(true)) => ISS.ok("announced"),
        _ => ISS.warn("not announced: clients of several providers cannot detect mix-up attacks"),
    }
}

fn tokens(provider: &Provider) -> Finding {
    let types = provider.words("response_types_supported");
    let wrong: Vec<_> = types.iter().filter(|name| name.split(' ').any(|word| word == "token")).collect();
    match wrong.is_empty() {
        true => TOKENS.ok(types.join(", ")),
        false => TOKENS.warn(format!("{} response types carry access tokens through the address bar", wrong.len())),
    }
}

fn password(provider: &Provider) -> Finding {
    match provider.words("grant_types_supported").contains(&"password") {
        true => PASSWORD.fail("the password grant is announced"),
        false => PASSWORD.ok("not announced"),
    }
}

fn request_uri(provider: &Provider) -> Finding {
    match provider.metadata.get("request_uri_parameter_supported") {
        Some(Value::Bool(supported)) => REQUEST_URI.ok(format!("{supported}")),
        _ => REQUEST_URI.warn("left out"),
    }
}
