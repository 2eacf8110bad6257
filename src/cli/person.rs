//! Finds the person that an operator names.

use super::{Failure, Site, word};
use crate::admin::people::{self, Found, NameKind, Person};
use crate::admin::{Read, Users};
use serde_json::{Value, json};

/// A person, as an argument names them.
pub(super) const NAMES: &str = "User name, email, sub or id; be exact with username:…, email:…, sub:… or id:…";

/// For programs.
pub(super) fn person_json(person: &Person) -> Value {
    let value = |kind| person.identifier(kind).map(|held| held.value.clone());
    let user = &person.user;
    json!({
        "id": user.id, "sub": user.sub, "status": user.status.as_str(),
        "username": value("username"), "email": value("email"), "claims": user.claims,
    })
}

/// The named person; an ambiguous name is an error.
pub(super) async fn find_person(site: &Site, named: &str) -> Result<Person, Failure> {
    match people::find(site, &site.permit::<Read, Users>()?, named).await? {
        Found::One(person) => Ok(*person),
        Found::Nobody => {
            let failure = Failure::new(format!("there is no person with the user name, email, sub or id {named}"));
            Err(failure.fix("`latchkey user list --search TEXT` looks for people"))
        }
        Found::Several(found) => Err(several(named, &found)),
    }
}

fn several(named: &str, found: &[(NameKind, Person)]) -> Failure {
    let is = |(kind, person): &(NameKind, Person)| {
        format!("the {} of {} (id {})", kind.as_str(), person.name(), person.user.id)
    };
    let all: Vec<_> = found.iter().map(is).collect();
    let kinds: Vec<_> = found.iter().map(|(kind, _)| word(&format!("{}:{named}", kind.as_str()))).collect();
    Failure::new(format!("{named} matches more than one person: {}; nothing was done", all.join(", and ")))
        .fix(format!("say which: {}", kinds.join(" or ")))
}
