//! Firebase Authentication: `firebase auth:export` (firebase.google.com/docs/cli/auth, "File format").

use super::{Members, Note, Person, Record};
use serde_json::{Map, Value, json};

/// A CSV file has no header.
pub(super) const COLUMNS: [&str; 28] = [
    "localId",
    "email",
    "emailVerified",
    "passwordHash",
    "salt",
    "displayName",
    "photoUrl",
    "google.com",
    "google.com email",
    "google.com displayName",
    "google.com photoUrl",
    "facebook.com",
    "facebook.com email",
    "facebook.com displayName",
    "facebook.com photoUrl",
    "twitter.com",
    "twitter.com email",
    "twitter.com displayName",
    "twitter.com photoUrl",
    "github.com",
    "github.com email",
    "github.com displayName",
    "github.com photoUrl",
    "createdAt",
    "lastSignedInAt",
    "phoneNumber",
    "disabled",
    "customAttributes",
];
const PROVIDERS: [&str; 4] = ["google.com", "facebook.com", "twitter.com", "github.com"];
/// `REDACTED` in Base64: replaces hashes when the exporting account may not read them.
const REDACTED: &str = "UkVEQUNURUQ=";

pub(super) fn read(record: Map<String, Value>) -> Record {
    person(Members(record)).map_or_else(Record::Wrong, Record::Person)
}

fn person(mut record: Members) -> Result<Person, String> {
    let mut person = Person::default();
    let id = record.text("localId").ok_or("has no localId")?;
    let email = record.text("email");
    // Firebase has no user names: people sign in with the address. Those without one get the id.
    person.set("username", email.clone().unwrap_or_else(|| id.clone()));
    person.set("sub", id);
    if let Some(verified) = record.switch("emailVerified")?.filter(|_| email.is_some()) {
        person.set("email_verified", verified);
    }
    person.set("email", email);
    person.text("name", &mut record, "displayName");
    person.text("picture", &mut record, "photoUrl");
    if let Some(phone) = record.text("phoneNumber") {
        // Firebase stores only phone numbers that were verified.
        person.set("phone_number", phone);
        person.set("phone_number_verified", true);
    }
    if record.switch("disabled")? == Some(true) {
        person.block();
    }
    match (record.text("passwordHash"), record.text("salt")) {
        (Some(hash), _) if hash == REDACTED => {
            return Err("has REDACTED instead of its hash: export as an owner of the project, or with the permission firebaseauth.configs.getHashConfig".to_owned());
        }
        (Some(hash), salt) => {
            person.set("password_hash", json!({"passwordHash": hash, "salt": salt.unwrap_or_default()}));
        }
        (None, _) => {}
    }
    providers(&mut person, &mut record);
    if record.take("customAttributes").is_some_and(|value| !matches!(value.as_str(), Some("" | "{}"))) {
        person.notes.push(Note::Rights);
    }
    if record.take("mfaInfo").is_some_and(|factors| factors.as_array().is_some_and(|list| !list.is_empty())) {
        person.notes.push(Note::Factor("second factor".to_owned()));
    }
    record.forget(&["createdAt", "lastSignedInAt", "lastLoginAt", "validSince", "passwordUpdatedAt", "version"]);
    person.notes.extend(record.left());
    Ok(person)
}

fn providers(person: &mut Person, record: &mut Members) {
    if let Some(Value::Array(providers)) = record.take("providerUserInfo") {
        let ids = providers.iter().filter_map(|info| info.get("providerId").and_then(Value::as_str));
        let others = ids.filter(|id| !matches!(*id, "password" | "phone"));
        person.notes.extend(others.map(|id| Note::Elsewhere(id.to_owned())));
    }
    for provider in PROVIDERS {
        if record.text(provider).is_some() {
            person.notes.push(Note::Elsewhere(provider.to_owned()));
        }
        record.forget(
            &["email", "displayName", "photoUrl"]
                .map(|member| format!("{provider} {member}"))
                .each_ref()
                .map(String::as_str),
        );
    }
}
