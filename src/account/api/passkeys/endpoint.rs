//! The endpoints.

use crate::account::api::bearer::Bearer;
use crate::account::api::endpoint::{Stop, answered, bearer, body, owner};
use crate::account::api::schema::{NewName, Passkey};
use crate::account::api::view::{Problem, done, if_match, named_version, object, versioned};
use crate::account::passkey_changes::{self, Changed};
use crate::model::credential::passkey;
use crate::op::Op;
use crate::platform::clock::Time;
use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse};

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

async fn passkeys_of(op: &Op, bearer: &Bearer) -> Result<Vec<Passkey>, Stop> {
    Ok(passkey_changes::list(op, &bearer.user.id).await?.into_iter().map(shown).collect())
}

async fn one(op: &Op, bearer: &Bearer, id: &str) -> Result<Passkey, Stop> {
    let found = passkeys_of(op, bearer).await?.into_iter().find(|passkey| passkey.id == id);
    Ok(found.ok_or_else(Problem::not_found)?)
}

fn judged(changed: Changed) -> Result<(), Stop> {
    match changed {
        Changed::Done => Ok(()),
        Changed::Unknown => Err(Problem::not_found().into()),
        Changed::Stale => Err(Problem::stale().into()),
        Changed::Last => {
            let why = "it is the only way in of somebody without a password: add another or set a password first";
            Err(Problem::new(409, "last_passkey", why).into())
        }
    }
}

/// The person's passkeys, oldest first.
#[utoipa::path(get, path = "/api/account/v1/passkeys", responses((status = 200, body = [Passkey])))]
pub async fn passkeys(op: Data<Op>, http: HttpRequest) -> HttpResponse {
    let answer = async {
        let bearer = bearer(&op, &http).await?;
        Ok(object(&passkeys_of(&op, &bearer).await?, None))
    }
    .await;
    answered(&op, answer).await
}

/// One passkey. Its ETag does not move with use.
#[utoipa::path(
    get, path = "/api/account/v1/passkeys/{id}", params(("id" = String, Path)),
    responses((status = 200, body = Passkey), (status = 404))
)]
pub async fn passkey(op: Data<Op>, http: HttpRequest, id: Path<String>) -> HttpResponse {
    let answer = async {
        let bearer = bearer(&op, &http).await?;
        let found = one(&op, &bearer, &id).await?;
        Ok(object(&found, Some(&versioned(found.version))))
    }
    .await;
    answered(&op, answer).await
}

/// Names a passkey anew. Asks for a sign-in of the last ten minutes.
#[utoipa::path(
    patch, path = "/api/account/v1/passkeys/{id}", request_body = NewName,
    params(("id" = String, Path), ("If-Match" = String, Header)),
    responses((status = 200, body = Passkey), (status = 401), (status = 404), (status = 412), (status = 422), (status = 428))
)]
pub async fn rename_passkey(op: Data<Op>, http: HttpRequest, id: Path<String>, payload: Payload) -> HttpResponse {
    let answer = async {
        let bearer = bearer(&op, &http).await?;
        let version = named_version(&if_match(http.headers())?).unwrap_or(-1);
        bearer.must_be_fresh(op.now())?;
        let sent: NewName = body(&http, payload, "name").await?;
        let nothing = || Problem::new(422, "invalid_name", "the name must be a line of 1 to 64 characters");
        let name = passkey::name(&sent.name).ok_or_else(nothing)?;
        let asked = (id.to_string(), Some(version));
        judged(passkey_changes::rename(&op, owner(&op, &http, &bearer), asked, name).await?)?;
        let found = one(&op, &bearer, &id).await?;
        Ok(object(&found, Some(&versioned(found.version))))
    }
    .await;
    answered(&op, answer).await
}

/// Takes a passkey away; every other session ends. Asks for a sign-in of the last ten minutes.
#[utoipa::path(
    delete, path = "/api/account/v1/passkeys/{id}", params(("id" = String, Path), ("If-Match" = String, Header)),
    responses((status = 204), (status = 401), (status = 404), (status = 409), (status = 412), (status = 428))
)]
pub async fn remove_passkey(op: Data<Op>, http: HttpRequest, id: Path<String>) -> HttpResponse {
    let answer = async {
        let bearer = bearer(&op, &http).await?;
        let version = named_version(&if_match(http.headers())?).unwrap_or(-1);
        bearer.must_be_fresh(op.now())?;
        judged(passkey_changes::remove(&op, owner(&op, &http, &bearer), id.to_string(), Some(version)).await?)?;
        Ok(done())
    }
    .await;
    answered(&op, answer).await
}
