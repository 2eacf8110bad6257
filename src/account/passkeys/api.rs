//! A person's passkeys. Changes require a sign-in within the last ten minutes.

use super::changes::{self, Changed};
use crate::account::api::{NewName, Part, by};
use crate::account::caller::{Caller, FreshCaller};
use crate::model::credential::passkey;
use crate::platform::clock::Time;
use crate::platform::http::api::{Answer, Problem, Stop, done, object, versioned};
use actix_web::http::Method;
use actix_web::web::Path;
use serde::Serialize;
use utoipa::{OpenApi as _, ToSchema};

/// What this adds to the API.
pub fn part() -> Part {
    let endpoints = vec![
        ("/passkeys", vec![by(Method::GET, passkeys)]),
        (
            "/passkeys/{id}",
            vec![by(Method::GET, passkey), by(Method::PATCH, rename_passkey), by(Method::DELETE, remove_passkey)],
        ),
    ];
    Part { endpoints, description: Description::openapi() }
}

#[derive(utoipa::OpenApi)]
#[openapi(paths(passkeys, passkey, rename_passkey, remove_passkey))]
struct Description;

/// A passkey, without the key.
#[derive(Debug, Serialize, ToSchema)]
pub struct Passkey {
    /// For the path.
    pub id: String,
    /// The name that the person gave it.
    pub name: String,
    /// The AAGUID that the authenticator claims; zeros where it gives none.
    pub aaguid: String,
    /// Its maker, if known.
    pub maker: Option<&'static str>,
    /// Whether the key can be synchronised.
    pub backup_eligible: bool,
    /// Whether it has.
    pub backed_up: bool,
    /// RFC 3339
    pub created_at: String,
    /// RFC 3339; absent before the first sign-in.
    pub last_used_at: Option<String>,
    /// What `If-Match` must say.
    #[serde(skip)]
    pub version: i64,
}

fn shown(held: passkey::Passkey) -> Passkey {
    Passkey {
        maker: held.maker().map(|maker| maker.name),
        id: held.id,
        name: held.name,
        aaguid: held.aaguid,
        backup_eligible: held.backup_eligible,
        backed_up: held.backup_state,
        created_at: held.created_at.rfc3339(),
        last_used_at: held.last_used_at.map(Time::rfc3339),
        version: held.version,
    }
}

async fn passkeys_of(caller: &Caller) -> Result<Vec<Passkey>, Stop> {
    Ok(changes::list(&caller.op, &caller.user.id).await?.into_iter().map(shown).collect())
}

async fn one(caller: &Caller, id: &str) -> Result<Passkey, Stop> {
    let found = passkeys_of(caller).await?.into_iter().find(|passkey| passkey.id == id);
    Ok(found.ok_or_else(Problem::not_found)?)
}

fn judged(changed: Changed) -> Result<(), Stop> {
    match changed {
        Changed::Done => Ok(()),
        Changed::Unknown => Err(Problem::not_found().into()),
        Changed::Stale => Err(Problem::stale().into()),
        Changed::Last => {
            let why = "you could not sign in without it, since you have no password: add another passkey or set a password first";
            Err(Problem::new(409, "last_passkey", why).into())
        }
    }
}

/// The person's passkeys, oldest first.
#[utoipa::path(get, path = "/api/account/v1/passkeys", responses((status = 200, body = [Passkey])))]
pub async fn passkeys(caller: Caller) -> Answer {
    Ok(object(&passkeys_of(&caller).await?, None))
}

/// One passkey. Its ETag does not change with use.
#[utoipa::path(
    get, path = "/api/account/v1/passkeys/{id}", params(("id" = String, Path)),
    responses((status = 200, body = Passkey), (status = 404))
)]
pub async fn passkey(caller: Caller, id: Path<String>) -> Answer {
    let found = one(&caller, &id).await?;
    Ok(object(&found, Some(&versioned(found.version))))
}

/// Renames a passkey. Requires a sign-in within the last ten minutes.
#[utoipa::path(
    patch, path = "/api/account/v1/passkeys/{id}", request_body = NewName,
    params(("id" = String, Path), ("If-Match" = String, Header)),
    responses((status = 200, body = Passkey), (status = 401), (status = 404), (status = 412), (status = 422), (status = 428))
)]
pub async fn rename_passkey(caller: FreshCaller, id: Path<String>) -> Answer {
    let seen = caller.seen()?;
    let sent: NewName = caller.body("name")?;
    let nothing = || Problem::new(422, "invalid_name", "the name must be one line of 1 to 64 characters");
    let name = passkey::name(&sent.name).ok_or_else(nothing)?;
    let asked = (id.to_string(), seen);
    judged(changes::rename(&caller.op, caller.owner(), asked, name).await?)?;
    let found = one(&caller, &id).await?;
    Ok(object(&found, Some(&versioned(found.version))))
}

/// Removes a passkey; every other session ends. Requires a sign-in within the last ten minutes.
#[utoipa::path(
    delete, path = "/api/account/v1/passkeys/{id}", params(("id" = String, Path), ("If-Match" = String, Header)),
    responses((status = 204), (status = 401), (status = 404), (status = 409), (status = 412), (status = 428))
)]
pub async fn remove_passkey(caller: FreshCaller, id: Path<String>) -> Answer {
    let seen = caller.seen()?;
    judged(changes::remove(&caller.op, caller.owner(), id.to_string(), seen).await?)?;
    Ok(done())
}
