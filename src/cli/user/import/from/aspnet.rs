//! ASP.NET Core Identity: the table `AspNetUsers` (`IdentityUser`), as a database client writes it.

use super::{Members, Note, Person, Record};
use crate::platform::clock::Time;
use serde_json::{Map, Value};

const ABOUT: [&str; 6] = [
    "normalizedusername",
    "normalizedemail",
    "securitystamp",
    "concurrencystamp",
    "accessfailedcount",
    "discriminator",
];
/// Columns that projects often add.
const CLAIMS: [(&str, &[&str]); 4] = [
    ("given_name", &["givenname", "firstname"]),
    ("family_name", &["familyname", "lastname", "surname"]),
    ("name", &["name", "fullname", "displayname"]),
    ("phone_number", &["phonenumber"]),
];

pub(super) fn read(record: Map<String, Value>, now: Time) -> Record {
    person(Members(folded(record)), now).map_or_else(Record::Wrong, Record::Person)
}

/// Database engines differ in the case of names, and some clients write NULL for empty values.
fn folded(record: Map<String, Value>) -> Map<String, Value> {
    let is_null = |value: &Value| value.as_str().is_some_and(|text| text == "NULL" || text == "\\N");
    let members = record.into_iter().filter(|(_, value)| !is_null(value));
    members.map(|(name, value)| (name.to_ascii_lowercase(), value)).collect()
}

fn person(mut record: Members, now: Time) -> Result<Person, String> {
    let mut person = Person::default();
    for (name, member) in
        [("sub", "id"), ("username", "username"), ("email", "email"), ("password_hash", "passwordhash")]
    {
        person.text(name, &mut record, member);
    }
    for (claim, members) in CLAIMS {
        members.iter().for_each(|member| person.text(claim, &mut record, member));
    }
    for (claim, of, member) in [
        ("email_verified", "email", "emailconfirmed"),
        ("phone_number_verified", "phone_number", "phonenumberconfirmed"),
    ] {
        if let Some(confirmed) = record.switch(member)?.filter(|_| person.fields.contains_key(of)) {
            person.set(claim, confirmed);
        }
    }
    let can_be_locked = record.switch("lockoutenabled")? != Some(false);
    if let Some(end) = record.text("lockoutend").filter(|_| can_be_locked) {
        match ended(&end, now) {
            Some(true) => {}
            Some(false) => {
                person.warnings.push(format!("is locked out until {end}: disabled here until `latchkey user enable`"));
                person.block();
            }
            None => {
                person.warnings.push(format!("cannot parse LockoutEnd {end}: imported as disabled"));
                person.block();
            }
        }
    }
    if record.switch("twofactorenabled")? == Some(true) {
        person.notes.push(Note::Factor("second factor".to_owned()));
    }
    record.forget(&ABOUT);
    person.notes.extend(record.left());
    Ok(person)
}

/// Whether a `DateTimeOffset`, as an engine writes it, is in the past. `MaxValue` means a lockout without an end;
/// PostgreSQL calls it infinity.
fn ended(text: &str, now: Time) -> Option<bool> {
    match text {
        "infinity" => return Some(false),
        "-infinity" => return Some(true),
        text if text.starts_with("9999-") => return Some(false),
        _ => {}
    }
    let zoned = text.replace(" +", "+").replace(" -", "-");
    // Without an offset it is UTC, as Identity writes it.
    let parsed = zoned.parse::<jiff::Timestamp>().or_else(|_| format!("{zoned}Z").parse());
    parsed.ok().map(|end| end.as_second() <= now.seconds())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lockout_ends_when_its_engine_says_so() {
        let now = Time::from_seconds(1_764_400_000);
        for (text, over) in [
            ("2020-01-01 00:00:00.0000000 +00:00", Some(true)),
            ("2020-01-01T00:00:00+02:00", Some(true)),
            ("2020-01-01 00:00:00+00", Some(true)),
            ("2020-01-01 00:00:00", Some(true)),
            ("2099-12-31T23:59:59.9999999+00:00", Some(false)),
            ("9999-12-31 23:59:59.9999999 +00:00", Some(false)),
            ("infinity", Some(false)),
            ("-infinity", Some(true)),
            ("tomorrow", None),
        ] {
            assert_eq!(ended(text, now), over, "{text}");
        }
    }
}
