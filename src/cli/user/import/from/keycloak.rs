//! Keycloak's realm export: `UserRepresentation` and `CredentialRepresentation` of its Admin REST API.

use super::{Members, Note, Person, Record};
use serde_json::{Map, Value, json};

/// The claims that Keycloak's default client scopes make of attributes.
const ATTRIBUTES: [(&str, &str); 11] = [
    ("middleName", "middle_name"),
    ("nickname", "nickname"),
    ("profile", "profile"),
    ("picture", "picture"),
    ("website", "website"),
    ("gender", "gender"),
    ("birthdate", "birthdate"),
    ("zoneinfo", "zoneinfo"),
    ("locale", "locale"),
    ("phoneNumber", "phone_number"),
    ("phoneNumberVerified", "phone_number_verified"),
];
const ADDRESS: [(&str, &str); 6] = [
    ("street", "street_address"),
    ("locality", "locality"),
    ("region", "region"),
    ("postal_code", "postal_code"),
    ("country", "country"),
    ("formatted", "formatted"),
];
/// Members that are dropped: roles and groups are not supported yet, the rest describes the record.
const ABOUT: [&str; 13] = [
    "createdTimestamp",
    "notBefore",
    "totp",
    "disableableCredentialTypes",
    "access",
    "origin",
    "self",
    "userProfileMetadata",
    "clientConsents",
    "applicationRoles",
    "socialLinks",
    "federationLink",
    "enabled",
];

pub(super) fn read(record: Map<String, Value>) -> Record {
    if record.contains_key("realm") && record.contains_key("users") {
        return Record::Wrong(
            "is a realm, not a person: export one realm per file (kc.sh export --realm NAME)".to_owned(),
        );
    }
    let mut record = Members(record);
    if record.text("serviceAccountClientId").is_some() {
        return Record::Other("service accounts".to_owned());
    }
    match person(record) {
        Ok(person) => Record::Person(person),
        Err(why) => Record::Wrong(why),
    }
}

fn person(mut record: Members) -> Result<Person, String> {
    let mut person = Person::default();
    for (name, member) in [
        ("username", "username"),
        ("sub", "id"),
        ("email", "email"),
        ("given_name", "firstName"),
        ("family_name", "lastName"),
    ] {
        person.text(name, &mut record, member);
    }
    if let Some(verified) = record.switch("emailVerified")?.filter(|_| person.fields.contains_key("email")) {
        person.set("email_verified", verified);
    }
    if record.switch("enabled")? == Some(false) {
        person.block();
    }
    if record.text("federationLink").is_some() {
        person.notes.push(Note::Elsewhere("a user federation".to_owned()));
    }
    let actions = list(record.take("requiredActions"));
    let actions: Vec<&str> = actions.iter().filter_map(Value::as_str).collect();
    credentials(&mut person, list(record.take("credentials")), actions.contains(&"UPDATE_PASSWORD"));
    let told = actions.iter().filter(|action| !matches!(**action, "UPDATE_PASSWORD" | "VERIFY_EMAIL"));
    person.notes.extend(told.map(|action| Note::Action((*action).to_owned())));
    for link in list(record.take("federatedIdentities")) {
        let provider = link.get("identityProvider").and_then(Value::as_str).unwrap_or("another provider");
        person.notes.push(Note::Elsewhere(provider.to_owned()));
    }
    attributes(&mut person, record.take("attributes"));
    record.forget(&ABOUT);
    person.notes.extend(record.left());
    Ok(person)
}

/// A password that must be changed at the next sign-in was set by an administrator. Here the person chooses one by
/// recovery.
fn credentials(person: &mut Person, credentials: Vec<Value>, is_temporary: bool) {
    for credential in credentials {
        let Value::Object(credential) = credential else { continue };
        match credential.get("type").and_then(Value::as_str) {
            Some("password") if is_temporary || credential.get("temporary") == Some(&Value::Bool(true)) => {
                person.notes.push(Note::Temporary);
            }
            Some("password") => match credential.get("value").filter(|value| value.is_string()) {
                Some(plain) => person.set("password", plain.clone()),
                None => person.set("password_hash", hash(credential)),
            },
            Some(kind) => person.notes.push(Note::Factor(kind.to_owned())),
            None => {}
        }
    }
}

/// Before Keycloak 8 the hash was in members of the credential itself.
fn hash(credential: Map<String, Value>) -> Value {
    let Some(value) = credential.get("hashedSaltedValue") else { return Value::Object(credential) };
    let member = |name: &str| credential.get(name).cloned().unwrap_or_default();
    json!({
        "secretData": {"value": value, "salt": member("salt")},
        "credentialData": {"hashIterations": member("hashIterations"), "algorithm": member("algorithm")},
    })
}

/// Attributes are lists of strings; old exports have plain strings.
fn attributes(person: &mut Person, attributes: Option<Value>) {
    let Some(Value::Object(attributes)) = attributes else { return };
    let mut address = Map::new();
    for (name, value) in attributes {
        let Some(first) = first(&value).filter(|first| !first.is_empty()) else { continue };
        let known = |table: &[(&str, &'static str)]| table.iter().find(|(from, _)| *from == name).map(|(_, to)| *to);
        if let Some(claim) = known(&ATTRIBUTES) {
            let switch = super::switch::read(&Value::from(first)).filter(|_| claim.ends_with("_verified"));
            person.set(claim, switch.map_or_else(|| first.into(), Value::from));
        } else if let Some(member) = known(&ADDRESS) {
            address.insert(member.to_owned(), first.into());
        } else {
            person.notes.push(Note::Attribute(name, value));
        }
    }
    if !address.is_empty() {
        person.set("address", address);
    }
}

fn first(value: &Value) -> Option<&str> {
    value.as_str().or_else(|| value.get(0).and_then(Value::as_str)).map(str::trim)
}

fn list(value: Option<Value>) -> Vec<Value> {
    if let Some(Value::Array(items)) = value { items } else { Vec::new() }
}
