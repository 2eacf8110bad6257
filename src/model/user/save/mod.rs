//! The one way to write a person: claims and identifiers together, so that what a client is told of somebody and what
//! they sign in with never part.

pub mod store;

use super::identifier::{Identifier, IdentifierError};
use super::store::NewUser;
use crate::platform::clock::Time;
use crate::protocol::claims::{self, Claims};
use serde_json::Value;

/// Why a person was not written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// RFC 8265 §3.3
    #[error("the user name {0}")]
    Username(IdentifierError),
    #[error("the claim email {0}")]
    Email(IdentifierError),
    /// Nothing to sign in with.
    #[error("has neither a user name nor an email to sign in with")]
    Nameless,
    /// Somebody else has it.
    #[error("{0} belongs to another person")]
    Taken(String),
    /// Names that people cannot tell apart (UTS 39).
    #[error("the user name {name} looks like {other}, which belongs to another person")]
    LooksLike {
        /// The one that was asked for.
        name: String,
        /// The one that somebody has.
        other: String,
    },
    /// A `sub` names one person for ever, a deleted one too.
    #[error("the sub {0} was already used for another person")]
    SubTaken(String),
    /// Clients know the person by it.
    #[error("its sub is {is}, which cannot be changed")]
    SubChanges { is: String },
    /// OpenID Connect Core §2
    #[error("a sub must have 1 to 255 ASCII characters, without control characters")]
    Sub,
    /// A claim of another type than OpenID Connect Core §5.1 has.
    #[error("the claim {0} must be {1}")]
    ClaimType(String, &'static str),
    /// Only the protocol sets it.
    #[error("the claim {0} is set by the protocol and cannot be stored")]
    Protocol(String),
    /// Not what the operator's schema says of the field.
    #[error("the claim {0} {1}")]
    Schema(String, &'static str),
    /// Somebody changed the person meanwhile.
    #[error("was changed concurrently: try again")]
    Changed,
}

/// A person's claims after a change: members of `patch` replace, `null` removes. An address that changes is unverified
/// unless the patch says otherwise, and `updated_at` moves unless the patch sets it.
pub fn patched(base: &Claims, patch: &Claims, now: Time) -> Claims {
    let mut claims = base.clone();
    for (name, value) in patch {
        if value.is_null() {
            claims.remove(name);
        } else {
            claims.insert(name.clone(), value.clone());
        }
    }
    for (claim, mark) in [("email", "email_verified"), ("phone_number", "phone_number_verified")] {
        if claims.get(claim) != base.get(claim) && !patch.contains_key(mark) {
            claims.remove(mark);
        }
    }
    if claims != *base && !patch.contains_key("updated_at") {
        claims.insert("updated_at".to_owned(), now.seconds().into());
    }
    claims
}

/// Judges claims by the types of OpenID Connect Core §5.1; claims of the operator's own may hold anything.
///
/// # Errors
/// The first claim that breaks a rule.
pub fn check(claims: &Claims) -> Result<(), Problem> {
    claims.iter().try_for_each(|(name, value)| check_claim(name, value))
}

fn check_claim(name: &str, value: &Value) -> Result<(), Problem> {
    if claims::is_protocol(name) {
        return Err(Problem::Protocol(name.to_owned()));
    }
    let plain = name.split_once('#').map_or(name, |(plain, _)| plain);
    let (fits, wanted) = match plain {
        "email_verified" | "phone_number_verified" => (value.is_boolean(), "true or false"),
        "address" => (value.is_object(), "an object such as {\"country\": \"NZ\"}"),
        "updated_at" => (value.is_number(), "a number of seconds since 1970"),
        plain if claims::standard().any(|known| known == plain) => (value.is_string(), "text"),
        _ => (true, ""),
    };
    if fits { Ok(()) } else { Err(Problem::ClaimType(name.to_owned(), wanted)) }
}

/// Judges a `sub` that an import brings (OpenID Connect Core §2).
///
/// # Errors
/// [`Problem::Sub`].
pub fn check_sub(sub: &str) -> Result<(), Problem> {
    let fits = (1..=255).contains(&sub.len()) && sub.bytes().all(|byte| (0x20..0x7f).contains(&byte));
    if fits { Ok(()) } else { Err(Problem::Sub) }
}

/// Judges a user name that somebody is to be given.
///
/// # Errors
/// [`Problem::Username`].
pub fn check_username(username: Option<&Identifier>) -> Result<(), Problem> {
    match username {
        Some(username) if username.looks_like_id() => Err(Problem::Username(IdentifierError::LooksLikeId)),
        _ => Ok(()),
    }
}

/// A person to add, judged.
pub struct Newcomer<'a> {
    new: NewUser<'a>,
    username: Option<&'a Identifier>,
    address: Option<(Identifier, bool)>,
}

impl<'a> Newcomer<'a> {
    /// Judges what is known without the store.
    ///
    /// # Errors
    /// The first rule that it breaks.
    pub fn check(new: NewUser<'a>, username: Option<&'a Identifier>) -> Result<Self, Problem> {
        check_sub(new.sub)?;
        check(new.claims)?;
        check_username(username)?;
        let address = email(new.claims)?;
        if username.is_none() && address.is_none() {
            return Err(Problem::Nameless);
        }
        Ok(Self { new, username, address })
    }
}

/// The address to sign in with, and whether it is verified.
fn email(claims: &Claims) -> Result<Option<(Identifier, bool)>, Problem> {
    let Some(text) = claims.get("email").and_then(Value::as_str) else { return Ok(None) };
    let identifier = Identifier::email(text).map_err(Problem::Email)?;
    Ok(Some((identifier, claims.get("email_verified") == Some(&Value::Bool(true)))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn claims(value: Value) -> Claims {
        value.as_object().cloned().unwrap()
    }

    #[test]
    fn a_changed_address_is_unverified_until_somebody_says_otherwise() {
        let base = claims(json!({"email": "a@example.org", "email_verified": true, "name": "Ada"}));
        let after = patched(&base, &claims(json!({"email": "b@example.org", "name": null})), Time::from_seconds(7));
        assert_eq!(after, claims(json!({"email": "b@example.org", "updated_at": 7})));
        let kept = patched(&base, &claims(json!({"email": "b@example.org", "email_verified": true})), Time::default());
        assert_eq!(kept.get("email_verified"), Some(&json!(true)));
    }

    #[test]
    fn a_patch_that_changes_nothing_moves_no_time() {
        let base = claims(json!({"name": "Ada", "updated_at": 3}));
        assert_eq!(patched(&base, &claims(json!({"name": "Ada"})), Time::from_seconds(9)), base);
    }

    #[test]
    fn oidc_core_5_1_claims_have_their_types() {
        for bad in [
            json!({"email_verified": "true"}),
            json!({"address": "Main St"}),
            json!({"name#ja": 1}),
            json!({"updated_at": "now"}),
        ] {
            assert!(matches!(check(&claims(bad.clone())), Err(Problem::ClaimType(..))), "{bad}");
        }
        assert_eq!(check(&claims(json!({"iss": "https://evil.example"}))), Err(Problem::Protocol("iss".into())));
        assert_eq!(check(&claims(json!({"department": ["Engines"], "email_verified": true}))), Ok(()));
    }
}
