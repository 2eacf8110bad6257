//! Proof of possession: what a token is bound to (RFC 7800 §3.1), and what a request proves.

use super::error::{ErrorCode, OAuthError};
use serde::{Deserialize, Serialize};

/// The member of `cnf` that a token carries. Whoever presents the token must prove that they hold it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Binding {
    /// The thumbprint of a key that signs DPoP proofs (RFC 9449 §6.1).
    #[serde(rename = "jkt")]
    Key(String),
    /// The thumbprint of a client certificate (RFC 8705 §3.1).
    #[serde(rename = "x5t#S256")]
    Certificate(String),
}

/// What a request proves beside the token that it presents.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Proof {
    /// Nothing: whoever bears the token may use it (RFC 6750).
    #[default]
    Bearer,
    /// That the sender holds a key or a certificate. No request is read so yet.
    Possession(Binding),
}

impl Proof {
    /// Whether a token that is bound so, or not bound, may be used with this proof.
    pub fn fits(&self, bound_to: Option<&Binding>) -> bool {
        match (self, bound_to) {
            (Self::Bearer, None) => true,
            (Self::Possession(proven), Some(bound_to)) => proven == bound_to,
            // A token for one key is no bearer token, and a bearer token is no token for a key (RFC 9449 §7.2).
            (Self::Bearer, Some(_)) | (Self::Possession(_), None) => false,
        }
    }

    /// What tokens that are issued for this request are bound to.
    pub fn binding(&self) -> Option<&Binding> {
        match self {
            Self::Bearer => None,
            Self::Possession(binding) => Some(binding),
        }
    }
}

/// The refusal of an access token that is bound to something that the request does not prove (RFC 6750 §3.1).
pub fn unproven() -> OAuthError {
    let why = "the access token is bound to a key or certificate that this request does not prove";
    ErrorCode::InvalidToken.because(why).clause("RFC 9449 §7.2, RFC 8705 §3")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn rfc7800_3_1_a_binding_is_one_member() {
        assert_eq!(json!(Binding::Key("a".into())), json!({"jkt": "a"}));
        assert_eq!(json!(Binding::Certificate("b".into())), json!({"x5t#S256": "b"}));
        assert_eq!(serde_json::from_value::<Binding>(json!({"jkt": "a"})).unwrap(), Binding::Key("a".into()));
        for unknown in [json!({"jwk": {}}), json!({"jkt": "a", "x5t#S256": "b"}), json!({}), json!("jkt")] {
            assert!(serde_json::from_value::<Binding>(unknown.clone()).is_err(), "{unknown}");
        }
    }

    #[test]
    fn rfc9449_7_2_a_bound_token_is_no_bearer_token_and_the_other_way_round() {
        let (key, other) = (Binding::Key("a".into()), Binding::Key("b".into()));
        let certificate = Binding::Certificate("a".into());
        assert!(Proof::Bearer.fits(None) && Proof::Possession(key.clone()).fits(Some(&key)));
        for (proof, bound_to) in [
            (Proof::Bearer, Some(&key)),
            (Proof::Possession(key.clone()), None),
            (Proof::Possession(key.clone()), Some(&other)),
            (Proof::Possession(key.clone()), Some(&certificate)),
        ] {
            assert!(!proof.fits(bound_to), "{proof:?} {bound_to:?}");
        }
    }
}
