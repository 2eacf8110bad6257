//! Django's `dumpdata` of the user model (docs.djangoproject.com, "Serializing Django objects"), or its table.

use super::{Members, Note, Person, Record};
use serde_json::{Map, Value};

const ABOUT: [&str; 5] = ["id", "pk", "last_login", "date_joined", "user_permissions"];
/// `set_unusable_password` writes this and random characters.
const UNUSABLE: char = '!';

pub(super) fn read(mut record: Map<String, Value>) -> Record {
    let Some(model) = record.get("model").and_then(Value::as_str).map(str::to_owned) else {
        return person(Members(record)).map_or_else(Record::Wrong, Record::Person);
    };
    match record.remove("fields") {
        // Whatever the model's name is: a project may have its own.
        Some(Value::Object(fields)) if fields.contains_key("password") => {
            person(Members(fields)).map_or_else(Record::Wrong, Record::Person)
        }
        _ => Record::Other(format!("records of {model}")),
    }
}

fn person(mut record: Members) -> Result<Person, String> {
    let mut person = Person::default();
    let (username, email) = (record.text("username"), record.text("email"));
    // A project's own model may identify people by address only.
    person.set("username", username.or_else(|| email.clone()));
    person.set("email", email);
    person.text("given_name", &mut record, "first_name");
    person.text("family_name", &mut record, "last_name");
    if let Some(hash) = record.text("password").filter(|hash| !hash.starts_with(UNUSABLE)) {
        person.set("password_hash", hash);
    }
    if record.switch("is_active")? == Some(false) {
        person.block();
    }
    if record.switch("is_superuser")? == Some(true) || record.switch("is_staff")? == Some(true) {
        person.notes.push(Note::Rights);
    }
    record.forget(&ABOUT);
    record.forget(&["is_staff"]);
    person.notes.extend(record.left());
    Ok(person)
}
