//! The profile.

use super::fields::{self, Changed};
use crate::account::api::{Part, by};
use crate::account::caller::Caller;
use crate::model::user::User;
use crate::op::Op;
use crate::platform::http::api::{Answer, Problem, object, versioned};
use actix_web::HttpResponse;
use actix_web::http::Method;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::{OpenApi as _, ToSchema};

/// What this adds to the API.
pub fn part() -> Part {
    let endpoints = vec![("/profile", vec![by(Method::GET, profile), by(Method::PATCH, change_profile)])];
    Part { endpoints, description: Description::openapi() }
}

#[derive(utoipa::OpenApi)]
#[openapi(paths(profile, change_profile))]
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
