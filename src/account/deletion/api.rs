//! The deletion of an account.

use super::ask::{self, Outcome};
use crate::account::api::{Part, by};
use crate::account::caller::{Caller, FreshCaller};
use crate::op::page::identifier;
use crate::platform::http::api::{Answer, Problem, object, versioned};
use actix_web::http::Method;
use serde::{Deserialize, Serialize};
use utoipa::{OpenApi as _, ToSchema};

/// What this adds to the API.
pub fn part() -> Part {
    let endpoints = vec![("/deletion", vec![by(Method::GET, deletion), by(Method::POST, ask_deletion)])];
    Part { endpoints, description: Description::openapi() }
}

#[derive(utoipa::OpenApi)]
#[openapi(paths(deletion, ask_deletion))]
struct Description;

/// How an account is deleted.
#[derive(Debug, Serialize, ToSchema)]
pub struct Deletion {
    /// The required value of `confirm`: what the person signs in with.
    pub confirm: String,
    /// Seconds in which the person can cancel by signing in.
    pub grace: u64,
}

/// A request for deletion.
#[derive(Deserialize, ToSchema)]
pub struct AskedDeletion {
    /// What the person signs in with, in upper or lower case.
    pub confirm: String,
}

/// The account is disabled: every session and token ended, including that of the request.
#[derive(Debug, Serialize, ToSchema)]
pub struct AskedFor {
    /// RFC 3339: when the account is deleted for good.
    pub delete_at: String,
}

/// The requirements of a deletion. Its ETag is that of the profile.
#[utoipa::path(get, path = "/api/account/v1/deletion", responses((status = 200, body = Deletion)))]
pub async fn deletion(caller: Caller) -> Answer {
    let user = &caller.user;
    let grace = caller.op.config.account.delete_after.as_secs();
    let body = Deletion { confirm: identifier(user).to_owned(), grace };
    Ok(object(&body, Some(&versioned(user.version))))
}

/// Requests the deletion of the account: it is disabled at once, and deleted after the grace period. Requires a sign-in
/// of the last ten minutes.
#[utoipa::path(
    post, path = "/api/account/v1/deletion", request_body = AskedDeletion, params(("If-Match" = String, Header)),
    responses((status = 200, body = AskedFor), (status = 401), (status = 412), (status = 422), (status = 428))
)]
pub async fn ask_deletion(caller: FreshCaller) -> Answer {
    let seen = caller.seen()?;
    let sent: AskedDeletion = caller.body("confirm")?;
    match ask::delete(&caller.op, &caller.owner(), &sent.confirm, seen).await? {
        Outcome::Asked(at) => Ok(object(&AskedFor { delete_at: at.rfc3339() }, None)),
        Outcome::Stale => Err(Problem::stale().into()),
        Outcome::Unconfirmed => {
            let why = "confirm must be the name that you sign in with";
            Err(Problem::new(422, "unconfirmed", why).into())
        }
    }
}
