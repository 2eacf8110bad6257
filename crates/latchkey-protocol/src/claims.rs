//! Standard claims by scope (OpenID Connect Core §5.1, §5.4).

use super::scope::Scope;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Claims by name, as JSON.
pub type Claims = Map<String, Value>;

/// A language tag is no longer than that in bytes (RFC 5646 §4.4.1), and a request names no more of them than that.
const LONGEST_TAG: usize = 35;
const MOST_TAGS: usize = 32;

/// Which claims each standard scope stands for (§5.4).
pub const SCOPES: [(&str, &[&str]); 4] = [
    (
        "profile",
        &[
            "name",
            "family_name",
            "given_name",
            "middle_name",
            "nickname",
            "preferred_username",
            "profile",
            "picture",
            "website",
            "gender",
            "birthdate",
            "zoneinfo",
            "locale",
            "updated_at",
        ],
    ),
    ("email", &["email", "email_verified"]),
    ("address", &["address"]),
    ("phone", &["phone_number", "phone_number_verified"]),
];

/// Our own scope: the account API. It opens no claims; a client has it only where an operator registered it.
pub const ACCOUNT: &str = "account";

/// Whether a scope is one of OpenID Connect Core's own (§5.4, §11).
pub fn is_standard_scope(token: &str) -> bool {
    matches!(token, "openid" | "offline_access") || SCOPES.iter().any(|(name, _)| *name == token)
}

/// Every standard claim about a person (§5.1), `sub` apart.
pub fn standard() -> impl Iterator<Item = &'static str> {
    SCOPES.iter().flat_map(|(_, claims)| claims.iter().copied())
}

/// The part of a person's claims that a scope opens. A language-tagged claim (`name#ja`, §5.2) goes with its plain name;
/// `extra` adds the claims of the operator's own scopes.
pub fn select(all: &Claims, scope: &Scope, extra: impl Fn(&str) -> Vec<String>) -> Claims {
    let opened = opened(scope, extra);
    all.iter()
        .filter(|(name, value)| {
            !is_protocol(plain(name)) && !value.is_null() && opened.iter().any(|claim| claim == plain(name))
        })
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

/// The names of the claims that a scope opens.
pub fn opened(scope: &Scope, extra: impl Fn(&str) -> Vec<String>) -> Vec<String> {
    scope
        .iter()
        .flat_map(|token| {
            let standard = SCOPES.iter().filter(move |(name, _)| *name == token);
            standard.flat_map(|(_, claims)| claims.iter().map(|claim| (*claim).to_owned())).chain(extra(token))
        })
        .collect()
}

/// A claim's name without its language tag (§5.2).
pub fn plain(name: &str) -> &str {
    name.split_once('#').map_or(name, |(plain, _)| plain)
}

/// Claims that only the protocol sets: nothing stored about a person can overwrite them.
pub fn is_protocol(name: &str) -> bool {
    const RESERVED: [&str; 21] = [
        "iss",
        "sub",
        "aud",
        "exp",
        "iat",
        "nbf",
        "jti",
        "nonce",
        "azp",
        "acr",
        "amr",
        "auth_time",
        "cnf",
        "at_hash",
        "c_hash",
        "s_hash",
        "sid",
        "client_id",
        "scope",
        "act",
        "events",
    ];
    RESERVED.contains(&name)
}

/// `claims_locales` (§5.2): the languages in which claims are wanted; none named means all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Locales(Vec<String>);

impl Locales {
    /// Reads a space separated list of language tags (BCP 47).
    pub fn parse(text: &str) -> Self {
        let tags = text.split(' ').filter(|tag| !tag.is_empty() && tag.len() <= LONGEST_TAG);
        Self(tags.take(MOST_TAGS).map(str::to_lowercase).collect())
    }

    /// Whether none is named.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a claim's name is without a tag, or tagged with a language that is wanted: `de` wants `de-CH` too, and
    /// `de-CH` is content with `de`.
    pub fn admit(&self, name: &str) -> bool {
        let Some((_, tag)) = name.split_once('#') else { return true };
        let tag = tag.to_lowercase();
        let within = |longer: &str, shorter: &str| {
            longer.strip_prefix(shorter).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
        };
        self.0.is_empty() || self.0.iter().any(|wanted| within(&tag, wanted) || within(wanted, &tag))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person() -> Claims {
        serde_json::json!({"name": "Ada", "name#ja": "エイダ", "email": "ada@example.org", "email_verified": true,
            "phone_number": "+1", "sub": "forged", "department": "Engines"})
        .as_object()
        .cloned()
        .unwrap()
    }

    #[test]
    fn oidc_core_5_4_a_scope_opens_its_claims_and_no_others() {
        let email = select(&person(), &Scope::parse("openid email").unwrap(), |_| vec![]);
        assert_eq!(email.keys().collect::<Vec<_>>(), ["email", "email_verified"]);
    }

    #[test]
    fn oidc_core_5_2_language_tags_go_with_their_claim() {
        assert!(select(&person(), &Scope::parse("profile").unwrap(), |_| vec![]).contains_key("name#ja"));
    }

    #[test]
    fn jwt_17_an_operators_scope_cannot_open_a_protocol_claim() {
        let own = select(&person(), &Scope::parse("org").unwrap(), |_| vec!["department".into(), "sub".into()]);
        assert_eq!(own.keys().collect::<Vec<_>>(), ["department"]);
    }

    fn scopes() -> impl proptest::strategy::Strategy<Value = Scope> {
        use proptest::prelude::*;
        let token = prop::sample::select(&["openid", "profile", "email", "phone", "address", "org", "evil"][..]);
        prop::collection::vec(token, 0..5).prop_map(|tokens| tokens.into_iter().collect())
    }

    /// Two scopes of the operator's own, one of which reaches for what is the protocol's.
    fn own(token: &str) -> Vec<String> {
        let claims: &[&str] = match token {
            "org" => &["department"],
            "evil" => &["sub", "iss", "department", "acr"],
            _ => &[],
        };
        claims.iter().map(|claim| (*claim).to_owned()).collect()
    }

    fn anyone() -> impl proptest::strategy::Strategy<Value = Claims> {
        use proptest::prelude::*;
        let names: Vec<&str> = standard().chain(["sub", "iss", "acr", "department", "secret"]).collect();
        let name = (prop::sample::select(names), prop::sample::select(&["", "#de", "#ja"][..]));
        let claim =
            (name.prop_map(|(name, tag)| format!("{name}{tag}")), prop_oneof![Just(Value::Null), Just(1.into())]);
        prop::collection::vec(claim, 0..30).prop_map(|claims| claims.into_iter().collect())
    }

    proptest::proptest! {
        #[test]
        fn oidc_core_5_4_a_selection_is_what_the_scopes_open_and_grows_with_them(all in anyone(), one in scopes(), other in scopes()) {
            let selected = select(&all, &one, own);
            let opened = opened(&one, own);
            for (name, value) in &all {
                let open = opened.iter().any(|claim| claim == plain(name)) && !is_protocol(plain(name)) && !value.is_null();
                proptest::prop_assert_eq!(selected.get(name), open.then_some(value), "{}", name);
            }
            proptest::prop_assert!(selected.keys().all(|name| all.contains_key(name) && plain(name) != "secret"));
            let both = select(&all, &one.union(&other), own);
            proptest::prop_assert!(selected.keys().all(|name| both.contains_key(name)));
            let parts = selected.keys().chain(select(&all, &other, own).keys()).cloned().collect::<std::collections::BTreeSet<_>>();
            proptest::prop_assert_eq!(both.keys().cloned().collect::<std::collections::BTreeSet<_>>(), parts);
        }
    }
}
