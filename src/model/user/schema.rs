//! What a field of a profile may hold: the operator's schema ([`crate::platform::config::Profile`]), and for standard
//! claims OpenID Connect Core §5.1.

use super::save::Problem;
use crate::platform::config::{Field, FieldKind, Profile};
use crate::platform::i18n::is_territory;
use crate::protocol::claims::{self, Claims};
use crate::protocol::visible::{self, Unseen};
use serde_json::Value;

/// At most so many lines in a list.
const MOST_LINES: usize = 50;

/// Why a value is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// The field is required.
    Missing,
    /// More characters than the field takes, or more lines than a list has.
    TooLong,
    /// Characters that no line of text has, or no text at all.
    Characters,
    /// Characters that nobody sees, or that turn the direction of writing ([`visible`]).
    Unseen,
    /// Not `http://` or `https://`.
    Url,
    /// Not `YYYY-MM-DD`; the year alone, or 0000 for none, will do (§5.1).
    Date,
    /// Not a name such as `Europe/Berlin`.
    Zone,
    /// Not a tag of BCP 47.
    Locale,
    /// Not two letters of ISO 3166-1.
    Country,
    Phone,
    Number,
    /// Neither yes nor no.
    Boolean,
    /// None of the choices.
    Choice,
    /// Not of the form that the operator asks for.
    Pattern,
}

impl Wrong {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "is required",
            Self::TooLong => "is too long",
            Self::Characters => "contains characters that are not allowed in a line of text",
            Self::Unseen => "contains characters that are invisible, or that change the direction of writing",
            Self::Url => "must be an address that begins with https://",
            Self::Date => "must be a date such as 1990-12-31",
            Self::Zone => "must be a time zone such as Europe/Berlin",
            Self::Locale => "must be a language tag such as en-GB",
            Self::Country => "must be the two letters of a country, such as GB",
            Self::Phone => "must be a telephone number such as +44 20 7946 0000",
            Self::Number => "must be a whole number",
            Self::Boolean => "must be true or false",
            Self::Choice => "must be one of the choices",
            Self::Pattern => "does not match the required format",
        }
    }
}

/// The value that a form's text stands for; `null` for an empty one. What stands for none stays text, which
/// [`judge`] refuses.
pub fn typed(field: &Field, text: &str) -> Value {
    let text = text.trim();
    let own = || Value::from(text);
    match field.kind {
        _ if text.is_empty() => Value::Null,
        FieldKind::Number => text.parse::<i64>().map_or_else(|_| own(), Value::from),
        FieldKind::Boolean => text.parse::<bool>().map_or_else(|_| own(), Value::from),
        FieldKind::List => text.lines().map(str::trim).filter(|line| !line.is_empty()).collect(),
        _ => own(),
    }
}

/// A value as a form shows it.
pub fn text_of(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(items)) => {
            let lines: Vec<String> = items.iter().map(|item| text_of(Some(item))).collect();
            lines.join("\n")
        }
        Some(other) => other.to_string(),
    }
}

/// Judges one value; `null` and empty text take the claim away.
///
/// # Errors
/// The rule that it breaks.
pub fn judge(field: &Field, value: &Value) -> Result<(), Wrong> {
    let is_empty = value.is_null() || value.as_str() == Some("") || value.as_array().is_some_and(Vec::is_empty);
    match (field.kind, value) {
        _ if is_empty => {
            if field.is_required {
                Err(Wrong::Missing)
            } else {
                Ok(())
            }
        }
        (FieldKind::Number, value) => fits(value.is_i64() || value.is_u64(), Wrong::Number),
        (FieldKind::Boolean, value) => fits(value.is_boolean(), Wrong::Boolean),
        (FieldKind::List, Value::Array(items)) => {
            fits(items.len() <= MOST_LINES, Wrong::TooLong)?;
            items.iter().try_for_each(|item| judge_text(field, item.as_str().ok_or(Wrong::Characters)?))
        }
        (FieldKind::List, _) => Err(Wrong::Characters),
        (_, Value::String(text)) => judge_text(field, text),
        _ => Err(Wrong::Characters),
    }
}

const fn fits(fits: bool, wrong: Wrong) -> Result<(), Wrong> {
    if fits { Ok(()) } else { Err(wrong) }
}

fn judge_text(field: &Field, value: &str) -> Result<(), Wrong> {
    fits(usize::try_from(field.longest).is_ok_and(|longest| value.chars().count() <= longest), Wrong::TooLong)?;
    visible::check(value).map_err(unseen)?;
    match field.kind {
        FieldKind::Url => fits(is_web(value), Wrong::Url),
        FieldKind::Date => fits(is_date(value), Wrong::Date),
        FieldKind::Zone => fits(is_zone(value), Wrong::Zone),
        FieldKind::Locale => fits(value.parse::<unic_langid::LanguageIdentifier>().is_ok(), Wrong::Locale),
        FieldKind::Country => fits(is_territory(value), Wrong::Country),
        FieldKind::Phone => fits(is_phone(value), Wrong::Phone),
        FieldKind::Choice => fits(field.choices.iter().any(|choice| choice == value), Wrong::Choice),
        _ => fits(field.pattern.as_ref().is_none_or(|pattern| pattern.fits(value)), Wrong::Pattern),
    }
}

const fn unseen(unseen: Unseen) -> Wrong {
    match unseen {
        Unseen::Control => Wrong::Characters,
        Unseen::Direction | Unseen::Invisible => Wrong::Unseen,
    }
}

/// Judges what operators write, by command or import: the same rules as a person's own, since applications rely on a claim's
/// form. What is required of the person is not required here.
///
/// # Errors
/// The first claim that breaks a rule.
pub fn check(profile: &Profile, claims: &Claims) -> Result<(), Problem> {
    claims.iter().try_for_each(|(name, value)| check_claim(profile, name, value))
}

/// Judges one claim, in whatever language it is (`name#ja`, OpenID Connect Core §5.2). Of a standard claim that no field
/// describes every character is seen; an operator's own may be anything.
///
/// # Errors
/// The rule that it breaks.
pub fn check_claim(profile: &Profile, name: &str, value: &Value) -> Result<(), Problem> {
    let plain = claims::plain(name);
    let judged = match profile.of_claim(plain) {
        Some(field) => judge(field, value),
        None if claims::standard().any(|standard| standard == plain) => check_lines(value),
        None => Ok(()),
    };
    match judged {
        Err(wrong) if wrong != Wrong::Missing => Err(Problem::Schema(name.to_owned(), wrong.as_str())),
        _ => Ok(()),
    }
}

/// Every line of every text in a value, such as the members of `address` (OpenID Connect Core §5.1.1).
fn check_lines(value: &Value) -> Result<(), Wrong> {
    match value {
        Value::String(text) => text.lines().try_for_each(|line| visible::check(line).map_err(unseen)),
        Value::Object(members) => members.values().try_for_each(check_lines),
        _ => Ok(()),
    }
}

/// Takes what nobody sees out of a person's claims, for records of another system: nobody is lost by it. The claims that held
/// some.
pub fn leave_out_unseen(profile: &Profile, claims: &mut Claims) -> Vec<String> {
    let describes = |name: &str| {
        let plain = claims::plain(name);
        // What somebody is known by stays as it is, and is judged by itself.
        let is_identifier = ["sub", "email", "preferred_username"].contains(&plain);
        !is_identifier && (claims::standard().any(|standard| standard == plain) || profile.of_claim(plain).is_some())
    };
    let mut held = Vec::new();
    for (name, value) in claims.iter_mut().filter(|(name, _)| describes(name)) {
        if leave_out(value) {
            held.push(name.clone());
        }
    }
    held
}

/// A line and what ends it, which stays to be judged: it may have parted two words.
fn seen(line: &str) -> String {
    let bare = line.trim_end_matches(visible::controls);
    format!("{}{}", visible::seen(bare), line.strip_prefix(bare).unwrap_or_default())
}

/// True where something was left out.
fn leave_out(value: &mut Value) -> bool {
    match value {
        Value::String(text) => {
            let kept: String = text.split_inclusive(visible::controls).map(seen).collect();
            kept != std::mem::replace(text, kept.clone())
        }
        Value::Array(items) => items.iter_mut().map(leave_out).fold(false, |one, other| one | other),
        Value::Object(members) => members.values_mut().map(leave_out).fold(false, |one, other| one | other),
        _ => false,
    }
}

fn is_web(value: &str) -> bool {
    url::Url::parse(value).is_ok_and(|url| matches!(url.scheme(), "https" | "http") && url.has_host())
}

fn is_date(value: &str) -> bool {
    let is_number = |text: &str, digits: usize| text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
    let mut parts = value.splitn(3, '-');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(year), None, None) => is_number(year, 4),
        (Some(year), Some(month), Some(day)) => {
            let format = time::macros::format_description!("[year]-[month]-[day]");
            // A year that is not told may be a leap year.
            let told = if year == "0000" { "2000" } else { year };
            is_number(year, 4) && time::Date::parse(&format!("{told}-{month}-{day}"), format).is_ok()
        }
        _ => false,
    }
}

fn is_zone(value: &str) -> bool {
    let known = |byte: u8| byte.is_ascii_alphanumeric() || b"/_+-".contains(&byte);
    let is_name = value.len() <= 64 && value.bytes().all(known) && value.starts_with(|c: char| c.is_ascii_alphabetic());
    // A machine without the database knows no zone, and a form is all that can be judged there.
    is_name && (jiff::tz::TimeZone::get(value).is_ok() || jiff::tz::db().is_definitively_empty())
}

fn is_phone(value: &str) -> bool {
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let known = |c: char| c.is_ascii_digit() || " ()-./".contains(c);
    let (first, rest) = value.split_at_checked(1).unwrap_or(("", ""));
    (3..=20).contains(&digits) && (first == "+" || first.chars().all(known)) && rest.chars().all(known)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::config::Layers;
    use serde_json::json;

    fn profile(toml: &str) -> Profile {
        let config = Layers::default().text("latchkey.toml", toml).load().unwrap();
        (*config.profile).clone()
    }

    fn judged(profile: &Profile, claim: &str, value: &Value) -> Result<(), Wrong> {
        judge(profile.of_claim(claim).unwrap(), value)
    }

    #[test]
    fn oidc_core_5_1_a_value_has_the_form_of_its_claim() {
        let profile = Profile::default();
        let good = [
            ("name", "Ada, Countess of Lovelace"),
            ("birthdate", "1815-12-10"),
            ("birthdate", "0000-02-29"),
            ("birthdate", "1815"),
            ("zoneinfo", "Europe/London"),
            ("locale", "en-GB"),
            ("website", "https://ada.example/"),
            ("phone_number", "+44 20 7946 0000"),
            ("website", ""),
        ];
        for (claim, value) in good {
            assert_eq!(judged(&profile, claim, &value.into()), Ok(()), "{claim} {value}");
        }
        let bad = [
            ("birthdate", "1815-13-10", Wrong::Date),
            ("birthdate", "10.12.1815", Wrong::Date),
            ("website", "javascript:alert(1)", Wrong::Url),
            ("picture", "ftp://x.example/p.png", Wrong::Url),
            ("zoneinfo", "here and there", Wrong::Zone),
            ("zoneinfo", "Mars/Base", Wrong::Zone),
            ("locale", "english please", Wrong::Locale),
            ("phone_number", "call me", Wrong::Phone),
            ("nickname", "a\u{0}b", Wrong::Characters),
            ("name", "Ada\u{202e}ecalevoL", Wrong::Unseen),
            ("given_name", "Ad\u{200b}a", Wrong::Unseen),
            ("family_name", "\u{3164}", Wrong::Unseen),
        ];
        for (claim, value, wrong) in bad {
            assert_eq!(judged(&profile, claim, &value.into()), Err(wrong), "{claim} {value}");
        }
        assert_eq!(judged(&profile, "name", &"a".repeat(201).into()), Err(Wrong::TooLong));
    }

    const OWN: &str = r#"
        [profile.fields.department]
        label = "Department"
        claim = "https://x.example/department"
        type = "choice"
        choices = ["Engines", "Letters"]
        [profile.fields.staff]
        label = "Staff number"
        pattern = "[A-Z]{2}[0-9]{4}|none"
        required = true
        [profile.fields.desks]
        label = "Desks"
        type = "number"
        [profile.fields.newsletter]
        label = "Newsletter"
        type = "boolean"
        [profile.fields.teams]
        label = "Teams"
        type = "list"
        max_length = 5
        [profile.fields.country]
        label = "Country"
        type = "country"
    "#;

    #[test]
    fn an_operators_field_holds_what_its_type_says() {
        let profile = profile(OWN);
        let table = [
            ("https://x.example/department", json!("Engines"), Ok(())),
            ("https://x.example/department", json!("engines"), Err(Wrong::Choice)),
            ("https://x.example/department", json!(["Engines"]), Err(Wrong::Characters)),
            ("staff", json!("AB1234"), Ok(())),
            ("staff", json!("none"), Ok(())),
            ("staff", json!("xAB1234"), Err(Wrong::Pattern)),
            ("staff", json!("nonex"), Err(Wrong::Pattern)),
            ("staff", json!(null), Err(Wrong::Missing)),
            ("staff", json!(""), Err(Wrong::Missing)),
            ("desks", json!(3), Ok(())),
            ("desks", json!(3.5), Err(Wrong::Number)),
            ("desks", json!("3"), Err(Wrong::Number)),
            ("newsletter", json!(false), Ok(())),
            ("newsletter", json!("yes"), Err(Wrong::Boolean)),
            ("teams", json!(["a", "bcdef"]), Ok(())),
            ("teams", json!(["abcdef"]), Err(Wrong::TooLong)),
            ("teams", json!([1]), Err(Wrong::Characters)),
            ("teams", json!("a"), Err(Wrong::Characters)),
            ("teams", json!(vec!["a"; 51]), Err(Wrong::TooLong)),
            ("country", json!("GB"), Ok(())),
            ("country", json!("gb"), Err(Wrong::Country)),
            ("country", json!("ZZ"), Err(Wrong::Country)),
        ];
        for (claim, value, expected) in table {
            assert_eq!(judged(&profile, claim, &value), expected, "{claim} {value}");
        }
    }

    #[test]
    fn every_character_of_a_standard_claim_is_seen_and_of_an_import_the_others_are_left_out() {
        let profile = profile(OWN);
        let address = |street: &str| json!({"street_address": street, "country": "NZ"});
        let bad = [
            ("name#ja", json!("\u{202e}愛")),
            ("address", address("1 Main\u{200b} St\nWellington")),
            ("preferred_username", json!("ad\u{2066}a")),
        ];
        for (name, value) in bad {
            let problem = check_claim(&profile, name, &value).unwrap_err().to_string();
            assert!(problem.contains(name) && problem.contains("invisible"), "{problem}");
        }
        assert!(check_claim(&profile, "address", &address("1 Main St\nWellington")).is_ok());
        assert!(check_claim(&profile, "of_their_own", &json!("\u{202e}")).is_ok());
        let mut claims = json!({
            "name": "Ada\u{202e} Lovelace", "address": address("1 Main\u{200b} St\nWellington"), "teams": ["a\u{feff}", "b"],
            "given_name": "Ada", "nickname": "A\u{200b}\u{7}", "email": "a\u{200b}@example.org", "password": "\u{200b}", "sub": "\u{ad}",
        });
        let mut held = leave_out_unseen(&profile, claims.as_object_mut().unwrap());
        held.sort();
        assert_eq!(held, ["address", "name", "nickname", "teams"]);
        let kept = json!({
            "name": "Ada Lovelace", "address": address("1 Main St\nWellington"), "teams": ["a", "b"],
            "given_name": "Ada", "nickname": "A\u{7}", "email": "a\u{200b}@example.org", "password": "\u{200b}", "sub": "\u{ad}",
        });
        assert_eq!(claims, kept);
    }

    #[test]
    fn a_forms_text_becomes_a_typed_claim_and_back() {
        let profile = profile(OWN);
        let table = [
            ("desks", " 12 ", json!(12)),
            ("desks", "twelve", json!("twelve")),
            ("newsletter", "true", json!(true)),
            ("teams", "a\r\n\n b \n", json!(["a", "b"])),
            ("staff", "", json!(null)),
        ];
        for (claim, text, value) in table {
            assert_eq!(typed(profile.of_claim(claim).unwrap(), text), value, "{claim} {text}");
        }
        assert_eq!(text_of(Some(&json!(["a", "b"]))), "a\nb");
        assert_eq!((text_of(Some(&json!(12))).as_str(), text_of(None).as_str()), ("12", ""));
    }

    #[test]
    fn what_operators_write_has_the_type_too_and_may_leave_out_what_is_required() {
        let profile = profile(OWN);
        let claims = |value: Value| value.as_object().cloned().unwrap();
        assert_eq!(check(&profile, &claims(json!({"desks": 2, "birthdate": "1815-12-10", "else": []}))), Ok(()));
        let wrong = check(&profile, &claims(json!({"desks": "two"}))).unwrap_err();
        assert_eq!(wrong.to_string(), "the claim desks must be a whole number");
        for (name, value) in
            [("zoneinfo", "Mars/Base"), ("picture", "javascript:alert(1)"), ("birthdate", "10.12.1815")]
        {
            assert!(check(&profile, &claims(json!({name: value}))).is_err(), "{name}");
        }
        assert!(check(&profile, &claims(json!({"nickname#ja": "a\u{0}b"}))).is_err());
    }
}
