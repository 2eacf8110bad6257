//! The `claims` parameter (OpenID Connect Core §5.5): claims asked for one by one, for userinfo and for the ID token.

use super::claims::{Claims, Locales, is_protocol, plain};
use super::error::{ErrorCode, OAuthError};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// At most so many claims are asked for in one request.
const MOST_CLAIMS: usize = 100;

/// How one claim is asked for (§5.5.1).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ClaimRequest {
    /// Whether the client cannot do without. Another claim than `acr` is left out all the same where there is none.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub essential: bool,
    /// The values that are wanted; empty: any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<Value>,
}

impl ClaimRequest {
    /// Whether a value is among those that are wanted.
    pub fn accepts(&self, value: &Value) -> bool {
        self.values.is_empty() || self.values.contains(value)
    }
}

pub type Asked = BTreeMap<String, ClaimRequest>;

/// What is asked for.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ClaimsRequest {
    /// Answered by the UserInfo endpoint.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub userinfo: Asked,
    /// Answered in the ID token.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub id_token: Asked,
}

impl ClaimsRequest {
    /// Reads the parameter's JSON object. Members that are not known are passed over (§5.5).
    ///
    /// # Errors
    /// `invalid_request` that names the member and the rule.
    pub fn read(mut members: Map<String, Value>) -> Result<Self, OAuthError> {
        let mut asked = |name: &str| match members.remove(name) {
            None | Some(Value::Null) => Ok(Asked::new()),
            Some(Value::Object(claims)) => read_claims(claims),
            Some(_) => Err(invalid(format!("claims: member {name} must be an object"))),
        };
        let read = Self { userinfo: asked("userinfo")?, id_token: asked("id_token")? };
        if read.userinfo.len().saturating_add(read.id_token.len()) > MOST_CLAIMS {
            return Err(invalid(format!("claims asks for more than {MOST_CLAIMS} claims")));
        }
        Ok(read)
    }

    /// Whether nothing is asked for.
    pub fn is_empty(&self) -> bool {
        self.userinfo.is_empty() && self.id_token.is_empty()
    }

    /// The names of a person's claims that are asked for, each once, without language tags.
    pub fn personal(&self) -> Vec<String> {
        let names = self.userinfo.keys().chain(self.id_token.keys()).map(|name| plain(name));
        let mut names: Vec<_> = names.filter(|name| !is_protocol(name)).map(str::to_owned).collect();
        names.sort();
        names.dedup();
        names
    }

    /// What is left of it without the claims that nobody may ask for by name.
    #[must_use]
    pub fn without(mut self, is_closed: impl Fn(&str) -> bool) -> Self {
        self.userinfo.retain(|name, _| !is_closed(name));
        self.id_token.retain(|name, _| !is_closed(name));
        self
    }

    /// How the ID token's claim is asked for.
    pub fn of_id_token(&self, name: &str) -> Option<&ClaimRequest> {
        self.id_token.get(name)
    }
}

/// The person's claims that are asked for by name and have a wanted value. A name with a language tag means that
/// language; one without means the claim in every language that `locales` lets through.
pub fn pick(all: &Claims, asked: &Asked, locales: &Locales) -> Claims {
    let wanted = |name: &str, value: &Value| {
        let exact = asked.get(name);
        let general = asked.get(plain(name)).filter(|_| locales.admit(name));
        exact.or(general).is_some_and(|claim| claim.accepts(value))
    };
    all.iter()
        .filter(|(name, value)| !is_protocol(plain(name)) && !value.is_null() && wanted(name, value))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

fn read_claims(claims: Map<String, Value>) -> Result<Asked, OAuthError> {
    claims.into_iter().map(|(name, value)| claim(&name, value).map(|claim| (name, claim))).collect()
}

fn claim(name: &str, value: Value) -> Result<ClaimRequest, OAuthError> {
    let shown: String = name.chars().filter(char::is_ascii_graphic).take(40).collect();
    let mut members = match value {
        Value::Null => return Ok(ClaimRequest::default()),
        Value::Object(members) => members,
        _ => return Err(invalid(format!("claims: claim {shown} must be null or an object"))),
    };
    let essential = match members.remove("essential") {
        None => false,
        Some(Value::Bool(essential)) => essential,
        Some(_) => return Err(invalid(format!("claims: essential of claim {shown} must be true or false"))),
    };
    let values = match (members.remove("value"), members.remove("values")) {
        (None, None) => Vec::new(),
        (Some(value), None) => vec![value],
        (None, Some(Value::Array(values))) if !values.is_empty() => values,
        (None, Some(_)) => return Err(invalid(format!("claims: values of claim {shown} must be a list"))),
        (Some(_), Some(_)) => return Err(invalid(format!("claims: claim {shown} has both value and values"))),
    };
    Ok(ClaimRequest { essential, values })
}

fn invalid(why: String) -> OAuthError {
    ErrorCode::InvalidRequest.because(why).clause("OpenID Connect Core §5.5")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(value: Value) -> Result<ClaimsRequest, OAuthError> {
        ClaimsRequest::read(value.as_object().cloned().unwrap())
    }

    fn person() -> Claims {
        json!({"name": "Ada", "name#ja": "エイダ", "name#de-CH": "Ada", "email": "ada@example.org", "sub": "x"})
            .as_object()
            .cloned()
            .unwrap()
    }

    #[test]
    fn oidc_core_5_5_the_example_of_the_specification() {
        let asked = read(json!({
            "userinfo": {"given_name": {"essential": true}, "nickname": null, "http://example.info/claims/groups": null},
            "id_token": {"auth_time": {"essential": true}, "acr": {"values": ["urn:mace:incommon:iap:silver"]}},
            "other": 1
        }))
        .unwrap();
        assert!(asked.userinfo["given_name"].essential && !asked.userinfo["nickname"].essential);
        assert_eq!(asked.of_id_token("acr").unwrap().values, [json!("urn:mace:incommon:iap:silver")]);
        assert_eq!(asked.personal(), ["given_name", "http://example.info/claims/groups", "nickname"]);
    }

    #[test]
    fn oidc_core_5_5_malformed_requests_name_the_claim() {
        for (bad, named) in [
            (json!({"userinfo": []}), "userinfo"),
            (json!({"id_token": {"email": true}}), "email"),
            (json!({"id_token": {"email": {"essential": "yes"}}}), "email"),
            (json!({"id_token": {"email": {"values": "x"}}}), "email"),
            (json!({"id_token": {"email": {"values": []}}}), "email"),
            (json!({"id_token": {"email": {"value": 1, "values": [1]}}}), "email"),
        ] {
            assert!(read(bad.clone()).unwrap_err().description.contains(named), "{bad}");
        }
    }

    #[test]
    fn oidc_core_5_5_1_a_value_that_is_not_wanted_is_left_out() {
        let pick = |asked: Value| {
            let asked = read(json!({ "userinfo": asked })).unwrap().userinfo;
            pick(&person(), &asked, &Locales::default()).keys().cloned().collect::<Vec<_>>()
        };
        assert_eq!(pick(json!({"email": null})), ["email"]);
        assert_eq!(pick(json!({"email": {"value": "ada@example.org"}})), ["email"]);
        assert_eq!(pick(json!({"email": {"values": ["a", "b"], "essential": true}})), Vec::<String>::new());
        assert_eq!(pick(json!({"sub": null, "nobody": null})), Vec::<String>::new());
    }

    #[test]
    fn oidc_core_5_2_languages_by_name_and_by_claims_locales() {
        let pick = |asked: Value, locales: &str| {
            let asked = read(json!({ "userinfo": asked })).unwrap().userinfo;
            pick(&person(), &asked, &Locales::parse(locales)).keys().cloned().collect::<std::collections::BTreeSet<_>>()
        };
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        assert_eq!(pick(json!({"name#ja": null}), ""), names(&["name#ja"]));
        assert_eq!(pick(json!({"name": null}), ""), names(&["name", "name#de-CH", "name#ja"]));
        assert_eq!(pick(json!({"name": null}), "DE fr"), names(&["name", "name#de-CH"]));
        assert_eq!(pick(json!({"name": null}), "ja-JP"), names(&["name", "name#ja"]));
    }

    mod properties {
        use super::*;
        use proptest::prelude::*;

        /// Any JSON, a few levels deep, with the words of the parameter among its names.
        fn json() -> impl Strategy<Value = Value> {
            let leaf = prop_oneof![
                Just(Value::Null),
                any::<bool>().prop_map(Value::from),
                any::<i64>().prop_map(Value::from),
                "[a-z]{0,4}".prop_map(Value::from),
            ];
            leaf.prop_recursive(4, 64, 6, |inner| {
                let name = prop_oneof![
                    4 => prop::sample::select(&["userinfo", "id_token", "essential", "value", "values", "email", "sub"][..])
                        .prop_map(str::to_owned),
                    1 => ".{0,6}",
                ];
                prop_oneof![
                    1 => prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                    3 => prop::collection::btree_map(name, inner, 0..5)
                        .prop_map(|members| Value::Object(members.into_iter().collect())),
                ]
            })
        }

        /// Names of claims, some of the protocol, with and without a language.
        fn name() -> impl Strategy<Value = String> {
            let plain = prop::sample::select(&["name", "email", "sub", "iss", "acr", "aud", "nick"][..]);
            (plain, prop::sample::select(&["", "#de", "#de-CH", "#ja", "#"][..]))
                .prop_map(|(name, tag)| format!("{name}{tag}"))
        }

        fn asked() -> impl Strategy<Value = Asked> {
            let request = (any::<bool>(), prop::collection::vec((0_u8..3).prop_map(Value::from), 0..3));
            let request = request.prop_map(|(essential, values)| ClaimRequest { essential, values });
            prop::collection::btree_map(name(), request, 0..6)
        }

        fn person() -> impl Strategy<Value = Claims> {
            let value = prop_oneof![4 => (0_u8..3).prop_map(Value::from), 1 => Just(Value::Null)];
            prop::collection::btree_map(name(), value, 0..10).prop_map(|claims| claims.into_iter().collect())
        }

        proptest! {
            #![proptest_config(ProptestConfig::with_cases(1000))]

            #[test]
            fn oidc_core_5_5_any_json_is_read_or_refused_and_what_is_read_is_written_the_same(userinfo in json(), id_token in json()) {
                let members = json!({"userinfo": userinfo, "id_token": id_token}).as_object().cloned().unwrap();
                match ClaimsRequest::read(members) {
                    Ok(read) => {
                        let written = serde_json::to_value(&read).unwrap();
                        prop_assert_eq!(&serde_json::from_value::<ClaimsRequest>(written.clone()).unwrap(), &read);
                        prop_assert_eq!(&ClaimsRequest::read(written.as_object().cloned().unwrap()).unwrap(), &read);
                        prop_assert!(read.personal().iter().all(|name| !is_protocol(name) && !name.contains('#')));
                    }
                    Err(error) => prop_assert_eq!(error.code, ErrorCode::InvalidRequest),
                }
            }

            #[test]
            fn oidc_core_5_5_what_is_picked_was_asked_for_is_wanted_and_is_no_protocol_claim(
                all in person(), asked in asked(), locales in prop::sample::select(&["", "de", "ja fr"][..])
            ) {
                let locales = Locales::parse(locales);
                let picked = pick(&all, &asked, &locales);
                for (name, value) in &picked {
                    prop_assert!(!is_protocol(plain(name)), "{}", name);
                    prop_assert_eq!(all.get(name), Some(value));
                    let by = [asked.get(name), asked.get(plain(name))];
                    prop_assert!(by.iter().flatten().any(|request| request.accepts(value)), "{}", name);
                }
                // And nothing that was asked for by its very name is kept back.
                for (name, value) in all.iter().filter(|(name, value)| !is_protocol(plain(name)) && !value.is_null()) {
                    let wanted = asked.get(name).is_some_and(|request| request.accepts(value));
                    prop_assert!(!wanted || picked.contains_key(name), "{}", name);
                }
            }
        }
    }
}
