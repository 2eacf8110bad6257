//! The password: state, change, first password, removal.

use super::change::{self, Change, Outcome};
use super::removal::{self, Removal};
use crate::account::api::{Part, by, written};
use crate::account::caller::{Caller, FreshCaller};
use crate::model::credential;
use crate::platform::http::api::{Answer, Problem, done, object, quoted};
use crate::platform::secret::Secret;
use actix_web::http::Method;
use serde::{Deserialize, Serialize};
use utoipa::{OpenApi as _, ToSchema};

/// What this adds to the API.
pub fn part() -> Part {
    let endpoints = vec![(
        "/password",
        vec![by(Method::GET, password), by(Method::POST, change_password), by(Method::DELETE, remove_password)],
    )];
    Part { endpoints, description: Description::openapi() }
}

#[derive(utoipa::OpenApi)]
#[openapi(paths(password, change_password, remove_password))]
struct Description;

/// The password, without the password.
#[derive(Debug, Serialize, ToSchema)]
pub struct Password {
    /// Whether there is one.
    pub set: bool,
    /// RFC 3339; absent where there is none.
    pub changed_at: Option<String>,
    /// Whether it may be removed: the person has a passkey, and a way to recover if it is lost.
    pub removable: bool,
}

/// A change of the password.
#[derive(Deserialize, ToSchema)]
pub struct NewPassword {
    /// The current password; absent where there is none, which requires a sign-in within the last ten minutes instead.
    pub current_password: Option<String>,
    /// The new password.
    pub new_password: String,
    /// Whether applications lose their offline access (`offline_access`).
    #[serde(default)]
    pub end_offline_access: bool,
}

/// The state of the password. A change sends its ETag, even where there is no password.
#[utoipa::path(get, path = "/api/account/v1/password", responses((status = 200, body = Password)))]
pub async fn password(caller: Caller) -> Answer {
    let id = caller.user.id.clone();
    let removal = removal::may_go(&caller.op, &id).await?;
    let found = caller.op.db.read(move |connection| {
        let password = credential::store::find_password(connection, &id)?;
        Ok((password, credential::store::password_changed_at(connection, &id)?))
    });
    let (password, changed_at) = found.await?;
    let body =
        Password { set: password.is_some(), changed_at: changed_at.map(written), removable: removal == Removal::Fine };
    Ok(object(&body, Some(&quoted(&change::tag_of(password.as_ref())))))
}

/// Changes the password, or sets the first; every other session ends.
#[utoipa::path(
    post, path = "/api/account/v1/password", request_body = NewPassword, params(("If-Match" = String, Header)),
    responses((status = 204), (status = 401), (status = 403), (status = 412), (status = 422), (status = 428), (status = 429))
)]
pub async fn change_password(caller: Caller) -> Answer {
    let seen = caller.seen()?;
    let sent: NewPassword = caller.body("current_password and new_password")?;
    let owner = caller.owner();
    let is_first = removal::may_go(&caller.op, &caller.user.id).await? == Removal::NoPassword;
    let change = Change {
        current: Secret::new(sent.current_password.unwrap_or_default()),
        new: Secret::new(sent.new_password),
        owner: &owner,
        ends_offline: sent.end_offline_access,
        seen,
    };
    if !is_first {
        return judged(change::change(&caller.op, &change).await?);
    }
    // There is nothing else that could be asked for.
    caller.must_be_fresh()?;
    judged(change::set(&caller.op, &change).await?)
}

fn judged(outcome: Outcome) -> Answer {
    let problem = match outcome {
        Outcome::Changed(_) => return Ok(done()),
        Outcome::Wrong => Problem::new(403, "wrong_password", "wrong current password"),
        Outcome::Same => Problem::new(422, "same_password", "the new password is the same as the current one"),
        Outcome::Weak(weakness) => Problem::new(422, "weak_password", format!("the new password {weakness}")),
        Outcome::Wait(wait) => {
            Problem::new(429, "too_many_attempts", "too many failed attempts: wait").retry_after(wait.as_secs())
        }
        Outcome::Busy => Problem::new(503, "temporarily_unavailable", "try again shortly").retry_after(2),
        Outcome::Stale => Problem::stale(),
    };
    Err(problem.into())
}

/// Removes the password of a person who signs in with a passkey; every other session ends. Requires a sign-in within the
/// last ten minutes.
#[utoipa::path(
    delete, path = "/api/account/v1/password", params(("If-Match" = String, Header)),
    responses((status = 204), (status = 401), (status = 404), (status = 409), (status = 412), (status = 428))
)]
pub async fn remove_password(caller: FreshCaller) -> Answer {
    let seen = caller.seen()?;
    let why = match removal::remove(&caller.op, caller.owner(), seen).await? {
        Removal::Fine => return Ok(done()),
        Removal::NoPassword => Problem::not_found(),
        Removal::Stale => Problem::stale(),
        Removal::NoPasskey => Problem::new(409, "no_passkey", "you could not sign in without it: add a passkey first"),
        Removal::NoWayBack => {
            let why = "you could not recover from a lost passkey: create recovery codes first";
            Problem::new(409, "no_way_back", why)
        }
    };
    Err(why.into())
}
