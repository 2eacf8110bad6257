//! The applications with access to a person's account.

use super::take_back::{self, Taken};
use crate::account::api::{Part, by};
use crate::account::caller::Caller;
use crate::platform::clock::Time;
use crate::platform::error::Unavailable;
use crate::platform::http::api::{Answer, Problem, done, object, versioned};
use actix_web::http::Method;
use actix_web::web::Path;
use serde::Serialize;
use utoipa::{OpenApi as _, ToSchema};

/// What this adds to the API.
pub fn part() -> Part {
    let endpoints = vec![
        ("/applications", vec![by(Method::GET, applications)]),
        ("/applications/{client_id}", vec![by(Method::GET, application), by(Method::DELETE, revoke)]),
    ];
    Part { endpoints, description: Description::openapi() }
}

#[derive(utoipa::OpenApi)]
#[openapi(paths(applications, application, revoke))]
struct Description;

/// An application with access to the account.
#[derive(Debug, Serialize, ToSchema)]
pub struct Application {
    /// For the path.
    pub client_id: String,
    /// Its name.
    pub name: String,
    /// Space separated.
    pub scope: String,
    /// Claims that were allowed by name.
    pub claims: Vec<String>,
    /// APIs (RFC 8707).
    pub resources: Vec<String>,
    /// RFC 3339
    pub since: String,
    /// RFC 3339; absent without valid tokens.
    pub last_used_at: Option<String>,
    /// Whether it has offline access.
    pub offline: bool,
    /// What `If-Match` must say.
    #[serde(skip)]
    pub version: i64,
}

async fn applications_of(caller: &Caller) -> Result<Vec<Application>, Unavailable> {
    let mut found = Vec::new();
    for access in take_back::list(&caller.op, &caller.user.id).await? {
        let client = caller.op.clients.find(&access.client_id).await?;
        found.push(Application {
            name: client.map_or_else(|| access.client_id.clone(), |client| client.name().to_owned()),
            client_id: access.client_id,
            scope: access.allowed.scope.to_string(),
            claims: access.allowed.claims,
            resources: access.allowed.resources,
            since: access.since.rfc3339(),
            last_used_at: access.used_at.map(Time::rfc3339),
            offline: access.is_offline,
            version: access.version,
        });
    }
    Ok(found)
}

/// The applications with access to the account.
#[utoipa::path(get, path = "/api/account/v1/applications", responses((status = 200, body = [Application])))]
pub async fn applications(caller: Caller) -> Answer {
    Ok(object(&applications_of(&caller).await?, None))
}

/// One application. Its ETag changes with the consent, not with use.
#[utoipa::path(
    get, path = "/api/account/v1/applications/{client_id}", params(("client_id" = String, Path)),
    responses((status = 200, body = Application), (status = 404))
)]
pub async fn application(caller: Caller, id: Path<String>) -> Answer {
    let found = applications_of(&caller).await?.into_iter().find(|application| application.client_id == *id);
    let found = found.ok_or_else(Problem::not_found)?;
    Ok(object(&found, Some(&versioned(found.version))))
}

/// Withdraws an application's access: its tokens are revoked.
#[utoipa::path(
    delete, path = "/api/account/v1/applications/{client_id}",
    params(("client_id" = String, Path), ("If-Match" = String, Header)),
    responses((status = 204), (status = 404), (status = 412), (status = 428))
)]
pub async fn revoke(caller: Caller, id: Path<String>) -> Answer {
    let seen = caller.seen()?;
    match take_back::take_back(&caller.op, &caller.owner(), &id, seen).await? {
        Taken::Back => Ok(done()),
        Taken::Unknown => Err(Problem::not_found().into()),
        Taken::Stale => Err(Problem::stale().into()),
    }
}
