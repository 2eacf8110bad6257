//! Looking through people.

use super::Person;
use crate::admin::{Installation, Permit, Read, Users};
use crate::model::user::store;
use crate::platform::db::Connection;
use crate::platform::error::Unavailable;
use diesel::QueryResult;

/// People that are looked at in one query.
const PAGE: i64 = 1_000;

/// People in the order they came, after the id `after` (empty: from the first), at most `limit`: those whose user name, name or
/// one of whose addresses contains `text`, in any case; all, where it is empty.
///
/// # Errors
/// When the store does not answer.
pub async fn search(
    at: &Installation,
    _: &Permit<Read, Users>,
    text: &str,
    (after, limit): (&str, usize),
) -> Result<Vec<Person>, Unavailable> {
    let (wanted, after) = (text.to_lowercase(), after.to_owned());
    at.db.read(move |connection| look(connection, &wanted, after, limit)).await
}

/// The engines fold only ASCII, and not alike: here every letter is.
fn look(connection: &mut Connection, wanted: &str, mut after: String, limit: usize) -> QueryResult<Vec<Person>> {
    let mut found = Vec::new();
    loop {
        let page = if wanted.is_empty() { i64::try_from(limit).unwrap_or(PAGE) } else { PAGE };
        let users = store::list(connection, &after, page)?;
        let Some(last) = users.last() else { break };
        after.clone_from(&last.id);
        let is_last = i64::try_from(users.len()).is_ok_and(|count| count < page);
        found.extend(Person::of(connection, users)?.into_iter().filter(|person| is_meant(person, wanted)));
        if is_last || found.len() >= limit {
            break;
        }
    }
    found.truncate(limit);
    Ok(found)
}

fn is_meant(person: &Person, wanted: &str) -> bool {
    let held = person.identifiers.iter().map(|held| held.value.as_str());
    let names = ["name", "given_name", "family_name", "nickname", "preferred_username", "email"];
    held.chain(names.into_iter().filter_map(|claim| person.user.text(claim)))
        .any(|text| text.to_lowercase().contains(wanted))
}
