//! The standard claims that a person may edit themselves, and what each may hold (OpenID Connect Core §5.1).

use crate::model::user::User;
use crate::op::Op;
use crate::platform::error::Unavailable;
use crate::protocol::claims::Claims;
use serde_json::Value;

/// Addresses and user name are not among them: they are what a person signs in with.
pub const EDITABLE: [&str; 13] = [
    "name",
    "given_name",
    "family_name",
    "middle_name",
    "nickname",
    "gender",
    "birthdate",
    "phone_number",
    "website",
    "profile",
    "picture",
    "zoneinfo",
    "locale",
];

const LONGEST: usize = 200;
const LONGEST_URL: usize = 1000;

/// Why a value is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// Over 200 characters, or 1000 of an address.
    TooLong,
    /// Characters that no line of text has.
    Characters,
    /// Not `http://` or `https://`.
    Url,
    /// Not `YYYY-MM-DD`; the year alone, or 0000 for none, will do (§5.1).
    Date,
    /// Not a name such as `Europe/Berlin`.
    Zone,
    /// Not a tag of BCP 47.
    Locale,
    /// No telephone number.
    Phone,
}

impl Wrong {
    /// For programs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TooLong => "is too long",
            Self::Characters => "holds characters that no line of text has",
            Self::Url => "must be an address that begins with https://",
            Self::Date => "must be a date such as 1990-12-31",
            Self::Zone => "must be a time zone such as Europe/Berlin",
            Self::Locale => "must be a language tag such as en-GB",
            Self::Phone => "must be a telephone number such as +44 20 7946 0000",
        }
    }
}

/// Judges one value; an empty one takes the claim away.
///
/// # Errors
/// The rule that it breaks.
pub fn judge(claim: &str, value: &str) -> Result<(), Wrong> {
    let longest = if matches!(claim, "website" | "profile" | "picture") { LONGEST_URL } else { LONGEST };
    let fits = |fits: bool, wrong| if fits { Ok(()) } else { Err(wrong) };
    match claim {
        _ if value.is_empty() => Ok(()),
        _ if value.chars().count() > longest => Err(Wrong::TooLong),
        _ if value.chars().any(char::is_control) => Err(Wrong::Characters),
        "website" | "profile" | "picture" => fits(is_web(value), Wrong::Url),
        "birthdate" => fits(is_date(value), Wrong::Date),
        "zoneinfo" => fits(is_zone(value), Wrong::Zone),
        "locale" => fits(value.parse::<unic_langid::LanguageIdentifier>().is_ok(), Wrong::Locale),
        "phone_number" => fits(is_phone(value), Wrong::Phone),
        _ => Ok(()),
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
    value.len() <= 64 && value.bytes().all(known) && value.starts_with(|c: char| c.is_ascii_alphabetic())
}

fn is_phone(value: &str) -> bool {
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let known = |c: char| c.is_ascii_digit() || " ()-./".contains(c);
    let (first, rest) = value.split_at_checked(1).unwrap_or(("", ""));
    (3..=20).contains(&digits) && (first == "+" || first.chars().all(known)) && rest.chars().all(known)
}

/// What came of a change.
#[derive(Debug)]
pub enum Changed {
    /// The person as they are now.
    Saved(Box<User>),
    /// Somebody changed the person since that version: as they are now.
    Stale(Box<User>),
    /// These values are not taken.
    Wrong(Vec<(String, Wrong)>),
    /// Only claims of [`EDITABLE`] may be changed.
    NotEditable(String),
}

/// Changes claims of a person at `version`: texts replace, `null` and empty texts remove.
///
/// # Errors
/// When the store does not answer.
pub async fn change(op: &Op, person: &str, version: i64, patch: Claims) -> Result<Changed, Unavailable> {
    if let Some(name) = patch.keys().find(|name| !EDITABLE.contains(&name.as_str())) {
        return Ok(Changed::NotEditable(name.clone()));
    }
    let wrong: Vec<(String, Wrong)> = patch
        .iter()
        .filter_map(|(name, value)| {
            let judged = match value {
                Value::Null => Ok(()),
                Value::String(text) => judge(name, text),
                _ => Err(Wrong::Characters),
            };
            judged.err().map(|wrong| (name.clone(), wrong))
        })
        .collect();
    if !wrong.is_empty() {
        return Ok(Changed::Wrong(wrong));
    }
    let (person, now) = (person.to_owned(), op.now());
    let emptied = |value: Value| if value.as_str().is_some_and(str::is_empty) { Value::Null } else { value };
    let patch: Claims = patch.into_iter().map(|(name, value)| (name, emptied(value))).collect();
    let saved = op.db.write(move |tx| super::store::save_profile(tx, &person, version, &patch, now)).await?;
    Ok(match saved {
        (user, true) => Changed::Saved(Box::new(user)),
        (user, false) => Changed::Stale(Box::new(user)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn oidc_core_5_1_a_value_has_the_form_of_its_claim() {
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
            assert_eq!(judge(claim, value), Ok(()), "{claim} {value}");
        }
        let bad = [
            ("birthdate", "1815-13-10", Wrong::Date),
            ("birthdate", "10.12.1815", Wrong::Date),
            ("website", "javascript:alert(1)", Wrong::Url),
            ("picture", "ftp://x.example/p.png", Wrong::Url),
            ("zoneinfo", "here and there", Wrong::Zone),
            ("locale", "english please", Wrong::Locale),
            ("phone_number", "call me", Wrong::Phone),
            ("nickname", "a\u{0}b", Wrong::Characters),
        ];
        for (claim, value, wrong) in bad {
            assert_eq!(judge(claim, value), Err(wrong), "{claim} {value}");
        }
        assert_eq!(judge("name", &"a".repeat(201)), Err(Wrong::TooLong));
    }
}
