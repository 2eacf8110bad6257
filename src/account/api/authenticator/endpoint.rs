//! An authenticator app. Every change asks for a sign-in of the last ten minutes (AUT-06).

use crate::account::api::bearer::Bearer;
use crate::account::api::endpoint::{Stop, answered, bearer, body, owner};
use crate::account::api::schema::{Authenticator, AuthenticatorOffer, Enrolled, NewAuthenticator, NewName};
use crate::account::api::view::{Problem, done, object, quoted, seen};
use crate::account::authenticator_changes::{self as changes, Changed};
use crate::account::authenticator_offer::{self as offers, Offered};
use crate::model::factor;
use crate::op::Op;
use crate::op::page::{PageRequest, identifier};
use crate::platform::clock::Time;
use crate::platform::config::FeatureName;
use crate::platform::secret::Secret;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};

fn shown(held: &factor::Authenticator) -> Authenticator {
    Authenticator {
        name: held.name.clone(),
        created_at: held.created_at.rfc3339(),
        last_used_at: held.last_used_at.map(Time::rfc3339),
    }
}

async fn held(op: &Op, bearer: &Bearer) -> Result<factor::Authenticator, Stop> {
    Ok(changes::find(op, &bearer.user.id).await?.ok_or_else(Problem::not_found)?)
}

/// A person, where this provider has authenticator apps.
async fn arrived(op: &Op, http: &HttpRequest) -> Result<Bearer, Stop> {
    let bearer = bearer(op, http).await?;
    if op.has_feature(FeatureName::Authenticator) { Ok(bearer) } else { Err(Problem::not_found().into()) }
}

/// The same, lately enough after a sign-in.
async fn to_change(op: &Op, http: &HttpRequest) -> Result<Bearer, Stop> {
    let bearer = arrived(op, http).await?;
    bearer.must_be_fresh(op.now())?;
    Ok(bearer)
}

fn offered(bearer: &Bearer) -> Offered<'_> {
    Offered { person_id: &bearer.user.id, session_id: bearer.session_id.as_deref().unwrap_or_default() }
}

fn judged(changed: Changed) -> Result<(), Stop> {
    match changed {
        Changed::Done => Ok(()),
        Changed::Unknown => Err(Problem::not_found().into()),
        Changed::Stale => Err(Problem::stale().into()),
    }
}

/// The app. Its ETag does not move with use.
#[utoipa::path(
    get, path = "/api/account/v1/authenticator", responses((status = 200, body = Authenticator), (status = 404))
)]
pub async fn authenticator(op: Data<Op>, http: HttpRequest) -> HttpResponse {
    let answer = async {
        let bearer = arrived(&op, &http).await?;
        let held = held(&op, &bearer).await?;
        Ok(object(&shown(&held), Some(&quoted(&changes::tag_of(&held)))))
    }
    .await;
    answered(&op, answer).await
}

/// Offers a secret for an app, to be confirmed by a code within half an hour.
#[utoipa::path(
    post, path = "/api/account/v1/authenticator/offer",
    responses((status = 200, body = AuthenticatorOffer), (status = 401), (status = 409))
)]
pub async fn offer_authenticator(op: Data<Op>, http: HttpRequest) -> HttpResponse {
    let answer = async {
        let bearer = to_change(&op, &http).await?;
        if changes::find(&op, &bearer.user.id).await?.is_some() {
            return Err(already().into());
        }
        let pending = offers::fresh(&op, offered(&bearer));
        let uri = pending.seed.uri(&op.config.branding.name, identifier(&bearer.user));
        let body = AuthenticatorOffer {
            secret: pending.seed.base32().expose().clone(),
            uri: uri.expose().clone(),
            offer: pending.sealed,
            expires_in: offers::LIFETIME.as_secs(),
        };
        Ok(object(&body, None))
    }
    .await;
    answered(&op, answer).await
}

fn already() -> Problem {
    Problem::new(409, "already_enrolled", "there is an authenticator app: remove it first")
}

/// Enrols the app that shows the right code, and gives new recovery codes; every other session ends.
#[utoipa::path(
    post, path = "/api/account/v1/authenticator", request_body = NewAuthenticator,
    responses((status = 200, body = Enrolled), (status = 401), (status = 409), (status = 422))
)]
pub async fn enrol_authenticator(op: Data<Op>, http: HttpRequest, payload: Payload) -> HttpResponse {
    let answer = async {
        let bearer = to_change(&op, &http).await?;
        let sent: NewAuthenticator = body(&http, payload, "offer and code").await?;
        let over = || Problem::new(422, "invalid_offer", "it was not offered here, or too long ago: ask for another");
        let pending = offers::read(&op, offered(&bearer), &sent.offer).ok_or_else(over)?;
        let wrong = || Problem::new(422, "wrong_code", "it is not the code that the app shows now");
        let step = pending.seed.step_of(&sent.code, op.now()).ok_or_else(wrong)?;
        let named = sent.name.as_deref().and_then(changes::name);
        let name = named.unwrap_or_else(|| PageRequest::new(&op, &http).texts.get("authenticator-default-name"));
        let codes = changes::enrol(&op, owner(&op, &http, &bearer), &pending.seed, step, name).await?;
        let codes = codes.ok_or_else(already)?;
        let held = held(&op, &bearer).await?;
        let recovery_codes = codes.iter().map(Secret::expose).cloned().collect();
        let enrolled = Enrolled { authenticator: shown(&held), recovery_codes };
        Ok(object(&enrolled, Some(&quoted(&changes::tag_of(&held)))))
    }
    .await;
    answered(&op, answer).await
}

/// Names the app anew.
#[utoipa::path(
    patch, path = "/api/account/v1/authenticator", request_body = NewName, params(("If-Match" = String, Header)),
    responses((status = 200, body = Authenticator), (status = 401), (status = 404), (status = 412), (status = 422), (status = 428))
)]
pub async fn rename_authenticator(op: Data<Op>, http: HttpRequest, payload: Payload) -> HttpResponse {
    let answer = async {
        let bearer = to_change(&op, &http).await?;
        let seen = seen(http.headers())?;
        let sent: NewName = body(&http, payload, "name").await?;
        let nothing = || Problem::new(422, "invalid_name", "the name must be a line of 1 to 64 characters");
        let name = changes::name(&sent.name).ok_or_else(nothing)?;
        judged(changes::rename(&op, owner(&op, &http, &bearer), name, seen).await?)?;
        let held = held(&op, &bearer).await?;
        Ok(object(&shown(&held), Some(&quoted(&changes::tag_of(&held)))))
    }
    .await;
    answered(&op, answer).await
}

/// Takes the app away; every other session ends.
#[utoipa::path(
    delete, path = "/api/account/v1/authenticator", params(("If-Match" = String, Header)),
    responses((status = 204), (status = 401), (status = 404), (status = 412), (status = 428))
)]
pub async fn remove_authenticator(op: Data<Op>, http: HttpRequest) -> HttpResponse {
    let answer = async {
        let bearer = to_change(&op, &http).await?;
        let seen = seen(http.headers())?;
        judged(changes::remove(&op, owner(&op, &http, &bearer), seen).await?)?;
        Ok(done())
    }
    .await;
    answered(&op, answer).await
}
