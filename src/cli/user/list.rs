//! Listing and showing people.

use super::{Answer, Failure, Person, Site, fields, find_person, person_json, table};
use crate::admin::{Read, Users, people};
use crate::model::address::{self, Address};
use crate::model::credential::{self, passkey::Passkey};
use crate::model::session;
use crate::platform::clock::Time;
use serde_json::{Value, json};

#[derive(clap::Args)]
pub(in crate::cli) struct List {
    /// The maximum number of rows
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(i64).range(1..=100_000))]
    limit: i64,
    /// Only people whose user name, name or an address contains this text, in any case
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    search: String,
    /// Continue after this id
    #[arg(long, value_name = "ID", default_value = "", hide_default_value = true)]
    after: String,
}

pub(in crate::cli) async fn list(site: &Site, arguments: &List) -> Result<Answer, Failure> {
    let (text, limit) = (arguments.search.as_str(), usize::try_from(arguments.limit).unwrap_or(usize::MAX));
    let people = people::search(site, &site.permit::<Read, Users>()?, text, (&arguments.after, limit)).await?;
    let rows: Vec<_> = people.iter().map(row).collect();
    let more = people.last().filter(|_| people.len() == limit);
    let more = more.map(|last| format!("there may be more rows: add --after {}", last.user.id));
    let text = match (rows.is_empty(), text, arguments.after.as_str()) {
        (true, "", "") => "There are no people. `latchkey user create NAME` adds one.".to_owned(),
        (true, "", _) => "There are no more people.".to_owned(),
        (true, text, _) => format!("Nobody has {text} in their user name, name or an address."),
        (false, ..) => table(&["USERNAME", "EMAIL", "NAME", "STATUS", "SUB"], &rows),
    };
    Ok(Answer::new(text, people.iter().map(person_json).collect()).warn(more))
}

fn row(person: &Person) -> Vec<String> {
    let held = |kind| person.identifier(kind).map_or("-", |held| held.value.as_str());
    let name = person.user.text("name").unwrap_or("-");
    [held("username"), held("email"), name, person.user.status.as_str(), &person.user.sub].map(str::to_owned).to_vec()
}

pub(in crate::cli) async fn show(site: &Site, named: &str) -> Result<Answer, Failure> {
    let person = find_person(site, named).await?;
    let (id, now) = (person.user.id.clone(), site.now());
    let user = person.user.clone();
    let (has_password, passkeys, sessions, addresses) = site
        .read(move |connection| {
            let password = credential::store::find_password(connection, &id)?.is_some();
            let passkeys = credential::passkey::store::list(connection, &id)?;
            let sessions = session::store::list(connection, &id, now)?.len();
            Ok((password, passkeys, sessions, address::store::list(connection, &user)?))
        })
        .await?;
    let mut json = person_json(&person);
    if let Some(object) = json.as_object_mut() {
        object.insert("has_password".to_owned(), has_password.into());
        object.insert("passkeys".to_owned(), passkeys.iter().map(Passkey::described).collect());
        object.insert("sessions".to_owned(), json!(sessions));
        let addresses = addresses.iter().map(|address| {
            json!({
                "address": address.value, "primary": address.is_primary,
                "verified_at": address.verified_at.map(Time::rfc3339),
            })
        });
        object.insert("addresses".to_owned(), addresses.collect());
    }
    Ok(Answer::new(described(&person, has_password, sessions, (&addresses, &passkeys)), json))
}

fn described(
    person: &Person,
    has_password: bool,
    sessions: usize,
    (addresses, passkeys): (&[Address], &[Passkey]),
) -> String {
    let held = |kind| person.identifier(kind).map(|held| held.value.clone()).unwrap_or_default();
    let mut pairs = vec![
        ("username", held("username")),
        ("email", held("email")),
        ("status", person.user.status.as_str().to_owned()),
        ("sub", person.user.sub.clone()),
        ("id", person.user.id.clone()),
        ("password", if has_password { "set" } else { "none: `latchkey user set-password`" }.to_owned()),
        ("sessions", sessions.to_string()),
    ];
    let verified = |address: &Address| if address.is_verified() { "verified" } else { "not verified" };
    let more = addresses.iter().filter(|address| !address.is_primary);
    pairs.extend(more.map(|address| ("address", format!("{} ({})", address.value, verified(address)))));
    pairs.extend(passkeys.iter().map(|passkey| ("passkey", one_line(passkey))));
    let claims: Vec<_> =
        person.user.claims.iter().map(|(name, value)| (format!("claim {name}"), plain(value))).collect();
    pairs.extend(claims.iter().map(|(name, value)| (name.as_str(), value.clone())));
    fields(&pairs)
}

fn one_line(passkey: &Passkey) -> String {
    let used = passkey.last_used_at.map_or_else(|| "never used".to_owned(), |at| format!("last used {}", at.rfc3339()));
    format!("{}, added {}, {used}", passkey.name, passkey.created_at.rfc3339())
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
