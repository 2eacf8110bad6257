//! An authenticator app. Every change asks for a sign-in of the last ten minutes (AUT-06).

use super::changes::{self, Changed};
use super::offer::{self, Offered};
use crate::account::api::{NewName, Part, by};
use crate::account::caller::{Caller, FreshCaller};
use crate::model::credential::passkey;
use crate::model::factor;
use crate::op::page::identifier;
use crate::platform::clock::Time;
use crate::platform::config::FeatureName;
use crate::platform::http::api::{Answer, Problem, Stop, done, object, quoted};
use crate::platform::secret::Secret;
use actix_web::http::Method;
use serde::{Deserialize, Serialize};
use utoipa::{OpenApi as _, ToSchema};

/// What this adds to the API.
pub fn part() -> Part {
    let endpoints = vec![
        (
            "/authenticator",
            vec![
                by(Method::GET, authenticator),
                by(Method::POST, enrol_authenticator),
                by(Method::PATCH, rename_authenticator),
                by(Method::DELETE, remove_authenticator),
            ],
        ),
        ("/authenticator/offer", vec![by(Method::POST, offer_authenticator)]),
    ];
    Part { endpoints, description: Description::openapi() }
}

#[derive(utoipa::OpenApi)]
#[openapi(paths(authenticator, enrol_authenticator, rename_authenticator, remove_authenticator, offer_authenticator))]
struct Description;

/// An authenticator app, without its secret.
#[derive(Debug, Serialize, ToSchema)]
pub struct Authenticator {
    /// The name that the person gave it.
    pub name: String,
    /// RFC 3339
    pub created_at: String,
    /// RFC 3339; absent before the first sign-in with it.
    pub last_used_at: Option<String>,
}

/// A secret for an authenticator app. It is not stored until a code confirms it.
#[derive(Serialize, ToSchema)]
pub struct AuthenticatorOffer {
    /// To be sent back with the code. It is bound to the person and the session of the token.
    pub offer: String,
    /// Base32, for typing into an app.
    pub secret: String,
    /// `otpauth:` URI, for a QR code.
    pub uri: String,
    /// Seconds until the offer is over.
    pub expires_in: u64,
}

/// Confirms that the app shows the right codes.
#[derive(Deserialize, ToSchema)]
pub struct NewAuthenticator {
    /// The offer, unchanged.
    pub offer: String,
    /// The code that the app shows now.
    pub code: String,
    /// The person's name for it; cut to 64 characters.
    pub name: Option<String>,
}

/// The app, and recovery codes, which are shown only once.
#[derive(Serialize, ToSchema)]
pub struct Enrolled {
    /// The app.
    pub authenticator: Authenticator,
    /// Each works once.
    pub recovery_codes: Vec<String>,
}

fn shown(held: &factor::Authenticator) -> Authenticator {
    Authenticator {
        name: held.name.clone(),
        created_at: held.created_at.rfc3339(),
        last_used_at: held.last_used_at.map(Time::rfc3339),
    }
}

async fn held(caller: &Caller) -> Result<factor::Authenticator, Stop> {
    Ok(changes::find(&caller.op, &caller.user.id).await?.ok_or_else(Problem::not_found)?)
}

fn must_be_on(caller: &Caller) -> Result<(), Problem> {
    if caller.op.has_feature(FeatureName::Authenticator) { Ok(()) } else { Err(Problem::not_found()) }
}

fn offered(caller: &Caller) -> Offered<'_> {
    Offered { person_id: &caller.user.id, session_id: caller.session_id.as_deref().unwrap_or_default() }
}

fn judged(changed: Changed) -> Result<(), Stop> {
    match changed {
        Changed::Done => Ok(()),
        Changed::Unknown => Err(Problem::not_found().into()),
        Changed::Stale => Err(Problem::stale().into()),
    }
}

/// The app. Its ETag does not change with use.
#[utoipa::path(
    get, path = "/api/account/v1/authenticator", responses((status = 200, body = Authenticator), (status = 404))
)]
pub async fn authenticator(caller: Caller) -> Answer {
    must_be_on(&caller)?;
    let held = held(&caller).await?;
    Ok(object(&shown(&held), Some(&quoted(&changes::tag_of(&held)))))
}

/// Offers a secret for an app, to be confirmed with a code within half an hour.
#[utoipa::path(
    post, path = "/api/account/v1/authenticator/offer",
    responses((status = 200, body = AuthenticatorOffer), (status = 401), (status = 409))
)]
pub async fn offer_authenticator(caller: FreshCaller) -> Answer {
    must_be_on(&caller)?;
    if changes::find(&caller.op, &caller.user.id).await?.is_some() {
        return Err(already().into());
    }
    let pending = offer::fresh(&caller.op, offered(&caller));
    let uri = pending.seed.uri(&caller.op.config.branding.name, identifier(&caller.user));
    let body = AuthenticatorOffer {
        secret: pending.seed.base32().expose().clone(),
        uri: uri.expose().clone(),
        offer: pending.sealed,
        expires_in: offer::LIFETIME.as_secs(),
    };
    Ok(object(&body, None))
}

fn already() -> Problem {
    Problem::new(409, "already_enrolled", "there is already an authenticator app: remove it first")
}

/// Enrols the app that shows the right code, and returns new recovery codes; every other session ends.
#[utoipa::path(
    post, path = "/api/account/v1/authenticator", request_body = NewAuthenticator,
    responses((status = 200, body = Enrolled), (status = 401), (status = 409), (status = 422))
)]
pub async fn enrol_authenticator(caller: FreshCaller) -> Answer {
    must_be_on(&caller)?;
    let sent: NewAuthenticator = caller.body("offer and code")?;
    let over = || {
        Problem::new(422, "invalid_offer", "the offer is not valid for this session or has expired: request another")
    };
    let pending = offer::read(&caller.op, offered(&caller), &sent.offer).ok_or_else(over)?;
    let wrong = || Problem::new(422, "wrong_code", "wrong or expired code");
    let step = pending.seed.step_of(&sent.code, caller.op.now()).ok_or_else(wrong)?;
    let named = sent.name.as_deref().and_then(passkey::name);
    let name = named.unwrap_or_else(|| caller.texts().get("authenticator-default-name"));
    let codes = changes::enrol(&caller.op, caller.owner(), &pending.seed, step, name).await?;
    let codes = codes.ok_or_else(already)?;
    let held = held(&caller).await?;
    let recovery_codes = codes.iter().map(Secret::expose).cloned().collect();
    let enrolled = Enrolled { authenticator: shown(&held), recovery_codes };
    Ok(object(&enrolled, Some(&quoted(&changes::tag_of(&held)))))
}

/// Renames the app.
#[utoipa::path(
    patch, path = "/api/account/v1/authenticator", request_body = NewName, params(("If-Match" = String, Header)),
    responses((status = 200, body = Authenticator), (status = 401), (status = 404), (status = 412), (status = 422), (status = 428))
)]
pub async fn rename_authenticator(caller: FreshCaller) -> Answer {
    must_be_on(&caller)?;
    let seen = caller.seen()?;
    let sent: NewName = caller.body("name")?;
    let nothing = || Problem::new(422, "invalid_name", "the name must be one line of 1 to 64 characters");
    let name = passkey::name(&sent.name).ok_or_else(nothing)?;
    judged(changes::rename(&caller.op, caller.owner(), name, seen).await?)?;
    let held = held(&caller).await?;
    Ok(object(&shown(&held), Some(&quoted(&changes::tag_of(&held)))))
}

/// Removes the app; every other session ends.
#[utoipa::path(
    delete, path = "/api/account/v1/authenticator", params(("If-Match" = String, Header)),
    responses((status = 204), (status = 401), (status = 404), (status = 412), (status = 428))
)]
pub async fn remove_authenticator(caller: FreshCaller) -> Answer {
    must_be_on(&caller)?;
    let seen = caller.seen()?;
    judged(changes::remove(&caller.op, caller.owner(), seen).await?)?;
    Ok(done())
}
