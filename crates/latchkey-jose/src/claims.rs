//! Judging claims (RFC 7519 §4.1): first presence, then type, then value. A wrong type is a failure, never absence.

use super::compact::Malformed;
use super::json::parse_object;
use crate::time::Time;
use serde_json::{Map, Value};
use std::time::Duration;

/// The first second of the year 10000: times at or behind it are refused before anything computes with them.
pub const LATEST_TIME: i64 = 253_402_300_800;
/// How far clocks may differ, the same in every validator.
pub const TOLERANCE: Duration = Duration::from_secs(60);

const TEXTS: [&str; 3] = ["iss", "sub", "jti"];
const TIMES: [&str; 3] = ["exp", "nbf", "iat"];

/// The claims of a token.
#[derive(Debug, Clone, PartialEq)]
pub struct Claims(Map<String, Value>);

/// Which claim failed which rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the claim {claim} {rule}")]
pub struct ClaimError {
    pub claim: &'static str,
    /// The rule that it broke.
    pub rule: ClaimRule,
}

/// A rule about a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ClaimRule {
    /// It must be there.
    #[error("is missing")]
    Missing,
    /// It must be of its JSON type.
    #[error("has the wrong type")]
    WrongType,
    /// A time must lie between 1970 and 9999.
    #[error("is out of range")]
    OutOfRange,
    /// It must have the expected value.
    #[error("is not the expected one")]
    Mismatch,
    /// `exp` must lie ahead.
    #[error("is in the past")]
    Expired,
    /// `nbf` and `iat` must not lie ahead.
    #[error("is in the future")]
    Future,
    /// A time must not be too long ago.
    #[error("is too long ago")]
    TooOld,
    /// `exp` must not be too far ahead.
    #[error("is too far ahead")]
    TooFar,
}

impl ClaimRule {
    const fn of(self, claim: &'static str) -> ClaimError {
        ClaimError { claim, rule: self }
    }
}

impl Claims {
    /// Reads a payload strictly (RFC 8725 §3.7).
    pub fn parse(payload: &[u8]) -> Result<Self, Malformed> {
        parse_object(payload).map(Self).map_err(Malformed::PayloadJson)
    }

    /// A claim as it is.
    pub fn value(&self, claim: &str) -> Option<&Value> {
        self.0.get(claim)
    }

    /// All claims, for those who merge them into a request (RFC 9101 §6.3).
    pub const fn members(&self) -> &Map<String, Value> {
        &self.0
    }

    /// All of them, to be read as a type of one's own.
    pub fn into_members(self) -> Map<String, Value> {
        self.0
    }

    /// A claim that is text where it is present.
    pub fn text(&self, claim: &'static str) -> Result<Option<&str>, ClaimError> {
        self.0.get(claim).map(|value| value.as_str().ok_or(ClaimRule::WrongType.of(claim))).transpose()
    }

    /// A claim that must be text, and not the empty one.
    pub fn required_text(&self, claim: &'static str) -> Result<&str, ClaimError> {
        self.text(claim)?.filter(|text| !text.is_empty()).ok_or(ClaimRule::Missing.of(claim))
    }

    /// A claim that is a NumericDate where it is present, whole or with a fraction.
    pub fn time(&self, claim: &'static str) -> Result<Option<Time>, ClaimError> {
        self.0.get(claim).map(|value| numeric_date(value).map_err(|rule| rule.of(claim))).transpose()
    }

    /// A claim that must be a NumericDate.
    pub fn required_time(&self, claim: &'static str) -> Result<Time, ClaimError> {
        self.time(claim)?.ok_or(ClaimRule::Missing.of(claim))
    }

    /// Who the token is for (RFC 7519 §4.1.3): a text or a list of texts; empty when absent.
    pub fn audience(&self) -> Result<Vec<&str>, ClaimError> {
        let wrong = ClaimRule::WrongType.of("aud");
        match self.0.get("aud") {
            None => Ok(Vec::new()),
            Some(Value::String(one)) => Ok(vec![one]),
            Some(Value::Array(many)) => many.iter().map(|one| one.as_str().ok_or(wrong.clone())).collect(),
            Some(_) => Err(wrong),
        }
    }
}

fn numeric_date(value: &Value) -> Result<Time, ClaimRule> {
    let Value::Number(number) = value else { return Err(ClaimRule::WrongType) };
    if let Some(seconds) = number.as_i64() {
        return Some(Time::from_seconds(seconds))
            .filter(|_| (0..LATEST_TIME).contains(&seconds))
            .ok_or(ClaimRule::OutOfRange);
    }
    match number.as_f64() {
        Some(seconds) if (0.0..LATEST_TIME as f64).contains(&seconds) => {
            Ok(Time::from_millis((seconds * 1000.0) as i64))
        }
        _ => Err(ClaimRule::OutOfRange),
    }
}

/// What the claims of one use must say. `exp` is required unless said otherwise; times are always checked where present.
#[derive(Debug, Clone)]
pub struct ClaimRules<'a> {
    now: Time,
    texts: Vec<(&'static str, &'a str)>,
    audience: Option<&'a [&'a str]>,
    audience_is_text: bool,
    expiry_is_required: bool,
    required: &'a [&'static str],
    newest_expiry: Option<Duration>,
    oldest: Vec<(&'static str, Duration)>,
}

impl<'a> ClaimRules<'a> {
    /// The rules that hold for every token at this instant.
    pub const fn at(now: Time) -> Self {
        Self {
            now,
            texts: Vec::new(),
            audience: None,
            audience_is_text: false,
            expiry_is_required: true,
            required: &[],
            newest_expiry: None,
            oldest: Vec::new(),
        }
    }

    /// `iss` must be there and be exactly this.
    pub fn issuer(self, issuer: &'a str) -> Self {
        self.text("iss", issuer)
    }

    /// `sub` must be there and be exactly this.
    pub fn subject(self, subject: &'a str) -> Self {
        self.text("sub", subject)
    }

    /// Some claim must be there and be exactly this text.
    pub fn text(mut self, claim: &'static str, expected: &'a str) -> Self {
        self.texts.push((claim, expected));
        self
    }

    /// `aud` must be there and contain one of these.
    pub const fn audience(mut self, any_of: &'a [&'a str]) -> Self {
        self.audience = Some(any_of);
        self
    }

    /// `aud` must be a text: a list is refused (FAPI 2.0 Security Profile §5.3.2.1-8).
    pub const fn audience_is_text(mut self) -> Self {
        self.audience_is_text = true;
        self
    }

    /// `exp` may be absent, as in DPoP proofs.
    pub const fn expiry_is_optional(mut self) -> Self {
        self.expiry_is_required = false;
        self
    }

    /// These must be there; the texts among them not empty.
    pub const fn require(mut self, claims: &'a [&'static str]) -> Self {
        self.required = claims;
        self
    }

    /// `exp` may lie at most this far ahead.
    pub const fn expires_within(mut self, ahead: Duration) -> Self {
        self.newest_expiry = Some(ahead);
        self
    }

    /// A time claim must be there and lie back at most this far.
    pub fn not_older_than(mut self, claim: &'static str, age: Duration) -> Self {
        self.oldest.push((claim, age));
        self
    }

    pub fn check(&self, claims: &Claims) -> Result<(), ClaimError> {
        self.check_presence(claims)?;
        self.check_types(claims)?;
        self.check_texts(claims)?;
        self.check_times(claims)
    }

    fn check_presence(&self, claims: &Claims) -> Result<(), ClaimError> {
        let always = [("exp", self.expiry_is_required), ("aud", self.audience.is_some())];
        let always = always.into_iter().filter_map(|(claim, required)| required.then_some(claim));
        let texts = self.texts.iter().map(|(claim, _)| *claim);
        let aged = self.oldest.iter().map(|(claim, _)| *claim);
        let mut names = always.chain(texts).chain(aged).chain(self.required.iter().copied());
        match names.find(|claim| matches!(claims.value(claim), None | Some(Value::Null))) {
            Some(missing) => Err(ClaimRule::Missing.of(missing)),
            None => Ok(()),
        }
    }

    fn check_types(&self, claims: &Claims) -> Result<(), ClaimError> {
        for claim in TEXTS.into_iter().chain(self.texts.iter().map(|(claim, _)| *claim)) {
            claims.text(claim)?;
        }
        for claim in TIMES.into_iter().chain(self.oldest.iter().map(|(claim, _)| *claim)) {
            claims.time(claim)?;
        }
        claims.audience()?;
        if self.audience_is_text && claims.value("aud").is_some_and(|audience| !audience.is_string()) {
            return Err(ClaimRule::WrongType.of("aud"));
        }
        let empty = |claim: &&&'static str| claims.value(claim).is_some_and(|value| value == "");
        self.required.iter().find(empty).map_or(Ok(()), |claim| Err(ClaimRule::Missing.of(claim)))
    }

    fn check_texts(&self, claims: &Claims) -> Result<(), ClaimError> {
        for (claim, expected) in &self.texts {
            if claims.text(claim)? != Some(*expected) {
                return Err(ClaimRule::Mismatch.of(claim));
            }
        }
        let found = claims.audience()?;
        match self.audience {
            Some(any_of) if !any_of.iter().any(|one| found.contains(one)) => Err(ClaimRule::Mismatch.of("aud")),
            _ => Ok(()),
        }
    }

    fn check_times(&self, claims: &Claims) -> Result<(), ClaimError> {
        let expiry = claims.time("exp")?;
        if expiry.is_some_and(|expiry| expiry + TOLERANCE <= self.now) {
            return Err(ClaimRule::Expired.of("exp"));
        }
        for claim in ["nbf", "iat"] {
            if claims.time(claim)?.is_some_and(|time| time > self.now + TOLERANCE) {
                return Err(ClaimRule::Future.of(claim));
            }
        }
        let newest = self.newest_expiry.map(|ahead| self.now + ahead + TOLERANCE);
        if newest.is_some_and(|newest| expiry.is_some_and(|expiry| expiry > newest)) {
            return Err(ClaimRule::TooFar.of("exp"));
        }
        for (claim, age) in &self.oldest {
            if claims.required_time(claim)? + *age + TOLERANCE < self.now {
                return Err(ClaimRule::TooOld.of(claim));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const NOW: i64 = 1_800_000_000;

    fn claims(value: Value) -> Claims {
        Claims::parse(value.to_string().as_bytes()).unwrap()
    }

    fn rules() -> ClaimRules<'static> {
        ClaimRules::at(Time::from_seconds(NOW)).issuer("i").subject("s").audience(&["a", "b"]).require(&["jti"])
    }

    fn good() -> Value {
        json!({"iss": "i", "sub": "s", "aud": "a", "exp": NOW + 60, "iat": NOW, "nbf": NOW, "jti": "j"})
    }

    fn with(claim: &str, value: Value) -> Result<(), ClaimError> {
        let mut good = good();
        good[claim] = value;
        rules().check(&claims(good))
    }

    fn broken(claim: &'static str, rule: ClaimRule) -> Result<(), ClaimError> {
        Err(ClaimError { claim, rule })
    }

    #[test]
    fn jwt_09_t1_a_missing_claim_is_refused() {
        assert_eq!(rules().check(&claims(good())), Ok(()));
        for claim in ["iss", "sub", "aud", "exp", "jti"] {
            let mut without = good();
            without.as_object_mut().unwrap().remove(claim);
            assert_eq!(rules().check(&claims(without)), broken(claim, ClaimRule::Missing));
            assert_eq!(with(claim, Value::Null), broken(claim, ClaimRule::Missing));
        }
        assert_eq!(with("jti", json!("")), broken("jti", ClaimRule::Missing));
    }

    #[test]
    fn jwt_09_a_wrong_type_is_a_failure_not_absence() {
        for claim in ["iss", "sub", "jti"] {
            for value in [json!(1), json!(["i"]), json!({}), json!(true)] {
                assert_eq!(with(claim, value), broken(claim, ClaimRule::WrongType));
            }
        }
        for claim in ["exp", "nbf", "iat"] {
            for value in [json!("1900000000"), json!([1]), json!({}), json!(true)] {
                assert_eq!(with(claim, value), broken(claim, ClaimRule::WrongType));
            }
        }
        assert_eq!(with("nbf", Value::Null), broken("nbf", ClaimRule::WrongType));
        for value in [json!(1), json!(["a", 1]), json!({"a": 1})] {
            assert_eq!(with("aud", value), broken("aud", ClaimRule::WrongType));
        }
    }

    #[test]
    fn t2_times_outside_1970_to_9999_are_refused_without_panic() {
        for claim in ["exp", "nbf", "iat"] {
            for value in [
                json!(u64::MAX),
                json!(i64::MAX),
                json!(i64::MIN),
                json!(-1),
                json!(-0.5),
                json!(1e300),
                json!(LATEST_TIME),
            ] {
                assert_eq!(with(claim, value), broken(claim, ClaimRule::OutOfRange));
            }
        }
        assert_eq!(with("exp", json!(LATEST_TIME - 1)), Ok(()));
        assert_eq!(with("nbf", json!(0)), Ok(()));
        assert_eq!(with("exp", json!(NOW as f64 + 0.5)), Ok(()));
        assert_eq!(with("nbf", json!(508_000_000_000_u64)), broken("nbf", ClaimRule::OutOfRange));
    }

    #[test]
    fn jwt_15_t6_clocks_may_differ_by_a_minute_and_no_more() {
        assert_eq!(with("exp", json!(NOW - 59)), Ok(()));
        assert_eq!(with("exp", json!(NOW - 60)), broken("exp", ClaimRule::Expired));
        for claim in ["iat", "nbf"] {
            for ahead in [0, 1, 5, 10] {
                assert_eq!(with(claim, json!(NOW + ahead)), Ok(()));
            }
            assert_eq!(with(claim, json!(NOW + 61)), broken(claim, ClaimRule::Future));
            assert_eq!(with(claim, json!(NOW as f64 + 60.5)), broken(claim, ClaimRule::Future));
        }
    }

    #[test]
    fn jwt_12_values_are_compared_exactly() {
        for (claim, value) in [("iss", "i/"), ("iss", "I"), ("sub", ""), ("aud", "c"), ("aud", "")] {
            assert_eq!(with(claim, json!(value)), broken(claim, ClaimRule::Mismatch));
        }
        assert_eq!(with("aud", json!(["x", "b"])), Ok(()));
        assert_eq!(with("aud", json!([])), broken("aud", ClaimRule::Mismatch));
    }

    #[test]
    fn cli_06_a_list_is_no_text_where_the_audience_must_be_one() {
        let strict = rules().audience_is_text();
        let mut listed = good();
        listed["aud"] = json!(["a"]);
        assert_eq!(strict.check(&claims(listed)), broken("aud", ClaimRule::WrongType));
        assert_eq!(strict.check(&claims(good())), Ok(()));
    }

    #[test]
    fn windows_are_kept() {
        let hour = Duration::from_secs(3600);
        let rules = ClaimRules::at(Time::from_seconds(NOW)).expires_within(hour).not_older_than("nbf", hour);
        let check = |exp: i64, nbf: i64| rules.check(&claims(json!({"exp": exp, "nbf": nbf})));
        assert_eq!(check(NOW + 3600, NOW - 3600), Ok(()));
        assert_eq!(check(NOW + 3661, NOW), broken("exp", ClaimRule::TooFar));
        assert_eq!(check(NOW + 10, NOW - 3661), broken("nbf", ClaimRule::TooOld));
        assert_eq!(rules.check(&claims(json!({"exp": NOW + 1}))), broken("nbf", ClaimRule::Missing));
        let proof = ClaimRules::at(Time::from_seconds(NOW)).expiry_is_optional();
        assert_eq!(proof.check(&claims(json!({"iat": NOW}))), Ok(()));
    }

    #[test]
    fn an_error_names_claim_and_rule() {
        let error = ClaimError { claim: "aud", rule: ClaimRule::Missing };
        assert_eq!(error.to_string(), "the claim aud is missing");
    }
}
