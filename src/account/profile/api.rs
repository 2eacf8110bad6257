//! The profile.

use super::fields::{self, Changed};
use super::picture;
use crate::account::api::{Part, by};
use crate::account::caller::Caller;
use crate::model::user::User;
use crate::op::Op;
use crate::platform::http::api::{Answer, Problem, Seen, object, versioned};
use crate::platform::picture::LONGEST;
use actix_web::HttpResponse;
use actix_web::http::Method;
use actix_web::web::Payload;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::{OpenApi as _, ToSchema};

/// What this adds to the API.
pub fn part() -> Part {
    let endpoints = vec![
        ("/profile", vec![by(Method::GET, profile), by(Method::PATCH, change_profile)]),
        ("/profile/picture", vec![by(Method::PUT, set_picture), by(Method::DELETE, remove_picture)]),
    ];
    Part { endpoints, description: Description::openapi() }
}

#[derive(utoipa::OpenApi)]
#[openapi(paths(profile, change_profile, set_picture, remove_picture))]
struct Description;

/// A person's profile: every claim that they may see.
#[derive(Debug, Serialize, ToSchema)]
pub struct Profile {
    /// The person's `sub`, which never changes.
    pub sub: String,
    /// Standard claims (OpenID Connect Core §5.1) and those of the operator's own.
    #[schema(value_type = Object)]
    pub claims: Value,
    /// The claims that may be changed here.
    pub editable: Vec<String>,
}

fn shown(op: &Op, user: &User) -> HttpResponse {
    let profile = &op.config.profile;
    let seen = user.claims.iter().filter(|(name, _)| !profile.is_hidden(name));
    let claims = seen.map(|(name, value)| (name.clone(), value.clone())).collect();
    let editable = profile.fields.iter().filter(|field| field.is_editable()).map(|field| field.claim.clone());
    let body = Profile { sub: user.sub.clone(), claims: Value::Object(claims), editable: editable.collect() };
    object(&body, Some(&versioned(user.version)))
}

/// The profile.
#[utoipa::path(get, path = "/api/account/v1/profile", responses((status = 200, body = Profile)))]
pub async fn profile(caller: Caller) -> Answer {
    Ok(shown(&caller.op, &caller.user))
}

/// Changes editable claims: members replace, `null` removes (RFC 7396).
#[utoipa::path(
    patch, path = "/api/account/v1/profile", request_body(content = Object, content_type = "application/merge-patch+json"),
    params(("If-Match" = String, Header)),
    responses((status = 200, body = Profile), (status = 412), (status = 422), (status = 428))
)]
pub async fn change_profile(caller: Caller) -> Answer {
    let (seen, patch) = (caller.seen()?, caller.patch()?);
    match fields::change(&caller.op, &caller.owner(), seen, patch).await? {
        Changed::Saved(user) => Ok(shown(&caller.op, &user)),
        Changed::Stale(_) => Err(Problem::stale().into()),
        Changed::NotEditable(name) => {
            Err(Problem::new(422, "not_editable", format!("{name} cannot be changed here")).into())
        }
        Changed::Wrong(wrong) => {
            let errors = wrong.iter().map(|(name, wrong)| json!({ "claim": name, "detail": wrong.as_str() }));
            let problem = Problem::new(422, "invalid_claims", "some values are invalid");
            Err(problem.with("errors", errors.collect()).into())
        }
    }
}

/// Uploads a picture in place of the one before: a PNG, JPEG or WebP of at most 5 MiB, which does not move. It is made small
/// and encoded again; `picture` in the answer is where it is served. `If-Match` is that of the profile.
#[utoipa::path(
    put, path = "/api/account/v1/profile/picture", request_body(content = Vec<u8>, content_type = "image/*"),
    params(("If-Match" = String, Header)),
    responses((status = 200, body = Profile), (status = 412), (status = 413), (status = 415), (status = 422), (status = 428))
)]
pub async fn set_picture(caller: Caller, payload: Payload) -> Answer {
    let seen = offered(&caller)?;
    let file = caller.file(payload, picture::TYPES, LONGEST).await?;
    picture_changed(&caller, picture::set(&caller.op, &caller.owner(), seen, file).await?)
}

/// Deletes the picture, and the claim with it.
#[utoipa::path(
    delete, path = "/api/account/v1/profile/picture", params(("If-Match" = String, Header)),
    responses((status = 200, body = Profile), (status = 412), (status = 422), (status = 428))
)]
pub async fn remove_picture(caller: Caller) -> Answer {
    let seen = offered(&caller)?;
    picture_changed(&caller, picture::remove(&caller.op, &caller.owner(), seen).await?)
}

fn offered(caller: &Caller) -> Result<Seen, Problem> {
    if picture::is_offered(&caller.op) {
        caller.seen()
    } else {
        Err(Problem::new(422, "not_editable", "picture cannot be changed here"))
    }
}

fn picture_changed(caller: &Caller, changed: picture::Changed) -> Answer {
    match changed {
        picture::Changed::Saved(user) => Ok(shown(&caller.op, &user)),
        picture::Changed::Stale => Err(Problem::stale().into()),
        picture::Changed::Refused(refusal) => Err(Problem::new(422, "invalid_picture", refusal.to_string()).into()),
    }
}
