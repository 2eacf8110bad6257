//! Request objects (RFC 9101, OpenID Connect Core §6): an authorization request as the claims of a JWT.

use super::error::{ErrorCode, OAuthError};
use super::params::{Params, REPEATABLE};
use serde_json::{Map, Value};

/// The `typ` of a request object (RFC 9101 §10.8); older ones have `JWT` or none.
pub const TYP: &str = "oauth-authz-req+jwt";
/// What speaks of the JWT itself, and is no parameter (RFC 7519 §4.1).
const OF_THE_JWT: [&str; 7] = ["iss", "sub", "aud", "exp", "nbf", "iat", "jti"];

/// The parameters that count: those inside the object alone, and the `client_id` outside, which must be the same
/// (RFC 9101 §5, §6.3).
///
/// # Errors
/// `invalid_request_object` when inside and outside disagree, or the object holds what it must not.
pub fn effective(outer: &Params, claims: &Map<String, Value>) -> Result<Params, OAuthError> {
    let client_id = outer.require("client_id")?;
    for inside in ["request", "request_uri"] {
        if claims.contains_key(inside) {
            return Err(refuse(&format!("the request object contains {inside}")).clause("RFC 9101 §4"));
        }
    }
    same("client_id", client_id, claims.get("client_id"))?;
    if let Some(response_type) = outer.find("response_type") {
        same("response_type", response_type, claims.get("response_type"))?;
    }
    let inside = claims.iter().filter(|(name, _)| !OF_THE_JWT.contains(&name.as_str()) && *name != "client_id");
    let inside = inside.flat_map(|(name, value)| texts(name, value).into_iter().map(move |text| (name.clone(), text)));
    let all: Params = std::iter::once(("client_id".to_owned(), client_id.to_owned())).chain(inside).collect();
    // Read as a query would be: the same bounds hold.
    Params::parse(all.encode().as_bytes())
        .map_err(|error| refuse(&format!("in the request object: {}", error.description)))
}

/// Where a parameter stands outside too, OpenID Connect Core §6.1 wants it equal.
fn same(name: &'static str, outside: &str, inside: Option<&Value>) -> Result<(), OAuthError> {
    match inside {
        None => Ok(()),
        Some(Value::String(inside)) if inside == outside => Ok(()),
        Some(inside) => Err(refuse(&format!("{name} differs between the request object and the request"))
            .clause("RFC 9101 §5, OpenID Connect Core §6.1")
            .sent(inside.to_string(), outside)),
    }
}

/// A claim as the query would have it: numbers and booleans in their JSON form, objects as JSON text (RFC 9101 §4).
fn texts(name: &str, value: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match value {
        Value::Null => Vec::new(),
        Value::Array(values) if REPEATABLE.contains(&name) => values.iter().map(text).collect(),
        value => vec![text(value)],
    }
}

fn refuse(why: &str) -> OAuthError {
    ErrorCode::InvalidRequestObject.because(why).clause("RFC 9101 §6.3")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn outer() -> Params {
        [("client_id", "rp"), ("response_type", "code"), ("state", "outside"), ("request", "…")].into_iter().collect()
    }

    fn read(claims: Value) -> Result<Params, OAuthError> {
        effective(&outer(), claims.as_object().unwrap())
    }

    #[test]
    fn par_08_only_what_is_inside_counts() {
        let read = read(json!({"client_id": "rp", "response_type": "code", "scope": "openid", "iss": "rp", "exp": 1}));
        let pairs: Vec<_> = read.as_ref().unwrap().iter().collect();
        assert_eq!(pairs, [("client_id", "rp"), ("response_type", "code"), ("scope", "openid")]);
    }

    #[test]
    fn rfc9101_4_values_take_the_form_of_a_query() {
        let read = read(json!({
            "max_age": 300, "claims": {"id_token": {"acr": null}}, "x": true, "prompt": null, "nonce": "n",
            "resource": ["https://a", "https://b"], "authorization_details": [{"type": "t"}],
        }))
        .unwrap();
        assert_eq!(read.find("max_age"), Some("300"));
        assert_eq!(read.find("claims"), Some(r#"{"id_token":{"acr":null}}"#));
        assert_eq!((read.find("x"), read.find("prompt"), read.find("nonce")), (Some("true"), None, Some("n")));
        assert_eq!(read.all("resource").collect::<Vec<_>>(), ["https://a", "https://b"]);
        assert_eq!(read.find("authorization_details"), Some(r#"[{"type":"t"}]"#));
    }

    #[test]
    fn core_6_1_client_id_and_response_type_agree_with_those_outside() {
        for claims in [
            json!({"client_id": "other"}),
            json!({"client_id": 7}),
            json!({"client_id": null}),
            json!({"client_id": ""}),
            json!({"response_type": "code id_token"}),
            json!({"response_type": ["code"]}),
        ] {
            assert_eq!(read(claims.clone()).unwrap_err().code, ErrorCode::InvalidRequestObject, "{claims}");
        }
    }

    #[test]
    fn rfc9101_4_an_object_holds_no_other() {
        for claims in
            [json!({"request": "x.y.z"}), json!({"request_uri": "https://rp.example/r"}), json!({"request": null})]
        {
            assert_eq!(read(claims).unwrap_err().code, ErrorCode::InvalidRequestObject);
        }
    }

    #[test]
    fn the_bounds_of_a_query_hold_inside_too() {
        let many: Map<_, _> = (0..101).map(|number| (format!("p{number}"), json!("x"))).collect();
        assert_eq!(read(Value::Object(many)).unwrap_err().code, ErrorCode::InvalidRequestObject);
        assert_eq!(read(json!({"nonce": "a\u{0}b"})).unwrap_err().code, ErrorCode::InvalidRequestObject);
    }
}
