//! Members that demand something of the provider. One that is not built is kept, so that an import loses nothing, and
//! using the client is refused: it would get less safety than it asked for.

use super::{ClientMetadata, Invalid};
use crate::error::{ErrorCode, OAuthError};
use serde_json::{Map, Value};

/// Where a demand counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// At the authorization and token endpoints.
    Tokens,
    /// At the introspection endpoint.
    Introspection,
}

/// A member, what it demands, where that is specified, and where it counts.
type Row = (&'static str, &'static str, &'static str, At);

/// Every member that is known to demand something and is not built: whoever builds it takes it out of here. Members
/// that only choose an algorithm for what a client asks for in each request (`authorization_signed_response_alg`)
/// demand nothing by themselves.
const TABLE: [Row; 8] = [
    ("require_pushed_authorization_requests", "pushed authorization requests", "RFC 9126 §6", At::Tokens),
    ("dpop_bound_access_tokens", "access tokens bound by DPoP", "RFC 9449 §5.2", At::Tokens),
    (
        "tls_client_certificate_bound_access_tokens",
        "access tokens bound to a client certificate",
        "RFC 8705 §3.4",
        At::Tokens,
    ),
    ("authorization_encrypted_response_alg", "encrypted authorization responses", "JARM §3", At::Tokens),
    ("introspection_encrypted_response_alg", "encrypted introspection responses", "RFC 9701 §6", At::Introspection),
    ("profile", "a security profile", "RFC 7591 §2", At::Tokens),
    ("assertion_audience", "a single audience of client assertions", "RFC 7591 §2", At::Tokens),
    ("groups", "that only members of a group sign in", "RFC 7591 §2", At::Tokens),
];

/// Of the table, what only an operator can set.
const OWN: [&str; 3] = ["profile", "assertion_audience", "groups"];

/// Signatures that are built (RFC 7518 §3.1, RFC 8037 §3.1).
const SIGNATURES: [&str; 10] =
    ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"];

/// `false`, `""`, `[]` and `null` demand nothing; whatever else stands there does, of the right type or not.
fn is_demand(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => false,
        Value::String(text) => !text.is_empty() && text != "false",
        Value::Array(values) => !values.is_empty(),
        _ => true,
    }
}

impl ClientMetadata {
    /// Refuses a client whose registration demands what is not built, where tokens are asked for.
    ///
    /// # Errors
    /// `unauthorized_client`, which names the member.
    pub fn usable(&self) -> Result<(), OAuthError> {
        self.usable_at(At::Tokens)
    }

    /// The same at one endpoint.
    ///
    /// # Errors
    /// `unauthorized_client`, which names the member.
    pub fn usable_at(&self, at: At) -> Result<(), OAuthError> {
        let refuse = |why: String, clause| Err(ErrorCode::UnauthorizedClient.because(why).clause(clause));
        let unmet = TABLE.into_iter().find(|row| row.3 == at && self.other.get(row.0).is_some_and(is_demand));
        if let Some((member, demands, clause, _)) = unmet {
            let why = format!(
                "this client registered {member}, which requires {demands}; this provider does not support that"
            );
            return refuse(why, clause);
        }
        let known = ["public", "pairwise"];
        for (member, value, known) in [
            ("subject_type", &self.subject_type, known.as_slice()),
            ("id_token_signed_response_alg", &self.id_token_signed_response_alg, SIGNATURES.as_slice()),
            ("userinfo_signed_response_alg", &self.userinfo_signed_response_alg, SIGNATURES.as_slice()),
        ] {
            if at == At::Tokens && value.as_deref().is_some_and(|value| !known.contains(&value)) {
                let why = format!("this client registered a {member} that this provider does not support");
                return refuse(why, "OpenID Connect Registration §2");
            }
        }
        Ok(())
    }

    /// What `warnings` says of members whose demand is not met, and the member of a demand in `other`.
    pub(super) fn unmet(&self) -> Vec<String> {
        let rows = TABLE.into_iter().filter(|row| self.other.get(row.0).is_some_and(is_demand));
        let told = |(member, demands, ..): Row| {
            format!("member {member} requires {demands}, which is not supported: requests of this client are refused")
        };
        rows.map(told).collect()
    }

    /// Whether a member of `other` is in the table and demands something.
    pub(super) fn is_unmet(&self, member: &str) -> bool {
        TABLE.iter().any(|row| row.0 == member) && self.other.get(member).is_some_and(is_demand)
    }

    /// Whether the registration names a profile that tightens what holds for others. Nothing loosens it again.
    pub fn is_strict(&self) -> bool {
        self.other.get("profile").is_some_and(is_demand)
    }
}

/// What a client that registers itself may not demand: refused at once, in words, since it could not be used.
pub(super) fn refused(members: &Map<String, Value>) -> Vec<Invalid> {
    let rows = TABLE.into_iter().filter(|row| !OWN.contains(&row.0));
    let unmet = rows.filter(|row| members.get(row.0).is_some_and(is_demand));
    unmet
        .map(|(member, demands, ..)| Invalid::new(member, format!("requires {demands}, which is not supported")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn metadata(value: Value) -> ClientMetadata {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn every_demand_of_the_table_is_refused_by_name_where_it_counts() {
        for (member, _, _, at) in TABLE {
            for value in [json!(true), json!("fapi2"), json!(["a"]), json!("true"), json!(1), json!({"a": 1})] {
                let client = metadata(json!({member: value}));
                let refused = client.usable_at(at).unwrap_err();
                assert_eq!(refused.code, ErrorCode::UnauthorizedClient, "{member}");
                assert!(refused.description.contains(member), "{}", refused.description);
                assert!(
                    client.warnings().iter().any(|warning| warning.contains(member) && warning.contains("refused"))
                );
                let other = if at == At::Tokens { At::Introspection } else { At::Tokens };
                assert!(client.usable_at(other).is_ok(), "{member}");
            }
            for value in [json!(false), json!(null), json!(""), json!([]), json!("false")] {
                assert!(metadata(json!({member: value})).usable_at(at).is_ok(), "{member} {value}");
            }
        }
    }

    #[test]
    fn values_that_are_not_built_are_refused_instead_of_replaced() {
        for (member, unknown, known) in [
            ("subject_type", "ephemeral", "pairwise"),
            ("id_token_signed_response_alg", "HS256", "ES256"),
            ("userinfo_signed_response_alg", "none", "RS256"),
        ] {
            let refused = metadata(json!({member: unknown})).usable().unwrap_err();
            assert!(refused.description.contains(member), "{}", refused.description);
            assert!(metadata(json!({member: known})).usable().is_ok(), "{member}");
        }
    }

    #[test]
    fn what_asks_for_nothing_is_used() {
        assert!(metadata(json!({"surprise": true, "authorization_signed_response_alg": "RS256"})).usable().is_ok());
    }
}
