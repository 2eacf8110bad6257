//! The browsers that are not asked for the second factor. Changes require a sign-in within the last ten minutes.

use crate::account::api::{Part, by, written};
use crate::account::authenticator::changes::Changed;
use crate::account::caller::{Caller, FreshCaller};
use crate::model::known_device::store::Remembered;
use crate::platform::http::api::{Answer, Problem, done, object, quoted};
use actix_web::http::Method;
use actix_web::web::Path;
use serde::Serialize;
use utoipa::{OpenApi as _, ToSchema};

/// What this adds to the API.
pub fn part() -> Part {
    let endpoints = vec![
        ("/remembered-browsers", vec![by(Method::GET, remembered_browsers), by(Method::DELETE, forget_browsers)]),
        ("/remembered-browsers/{id}", vec![by(Method::GET, remembered_browser), by(Method::DELETE, forget_browser)]),
    ];
    Part { endpoints, description: Description::openapi() }
}

#[derive(utoipa::OpenApi)]
#[openapi(paths(remembered_browsers, forget_browsers, remembered_browser, forget_browser))]
struct Description;

/// A browser that is not asked for the second factor.
#[derive(Debug, Serialize, ToSchema)]
pub struct RememberedBrowser {
    /// For the path.
    pub id: String,
    /// As the browser called itself.
    pub user_agent: String,
    /// An address prefix.
    pub network: String,
    /// RFC 3339
    pub remembered_until: String,
}

fn shown(known: &Remembered) -> RememberedBrowser {
    RememberedBrowser {
        id: known.id.clone(),
        user_agent: known.user_agent.clone(),
        network: known.network.clone(),
        remembered_until: written(known.remembered_until.unwrap_or_default()),
    }
}

fn judged(changed: Changed) -> Answer {
    match changed {
        Changed::Done => Ok(done()),
        Changed::Unknown => Err(Problem::not_found().into()),
        Changed::Stale => Err(Problem::stale().into()),
    }
}

/// All remembered browsers, the latest first.
#[utoipa::path(get, path = "/api/account/v1/remembered-browsers", responses((status = 200, body = [RememberedBrowser])))]
pub async fn remembered_browsers(caller: Caller) -> Answer {
    let held = super::list(&caller.op, &caller.user.id).await?;
    let tag = quoted(&super::tag_of_all(&held));
    Ok(object(&held.iter().map(shown).collect::<Vec<_>>(), Some(&tag)))
}

/// Forgets all of them: the second factor is required again.
#[utoipa::path(
    delete, path = "/api/account/v1/remembered-browsers", params(("If-Match" = String, Header)),
    responses((status = 204), (status = 401), (status = 412), (status = 428))
)]
pub async fn forget_browsers(caller: FreshCaller) -> Answer {
    let seen = caller.seen()?;
    judged(super::forget_all(&caller.op, caller.owner(), seen).await?)
}

/// One of them.
#[utoipa::path(
    get, path = "/api/account/v1/remembered-browsers/{id}", params(("id" = String, Path)),
    responses((status = 200, body = RememberedBrowser), (status = 404))
)]
pub async fn remembered_browser(caller: Caller, id: Path<String>) -> Answer {
    let held = super::list(&caller.op, &caller.user.id).await?;
    let found = held.iter().find(|known| known.id == *id).ok_or_else(Problem::not_found)?;
    Ok(object(&shown(found), Some(&quoted(&super::tag_of(found)))))
}

/// Forgets one of them: the second factor is required again.
#[utoipa::path(
    delete, path = "/api/account/v1/remembered-browsers/{id}", params(("id" = String, Path), ("If-Match" = String, Header)),
    responses((status = 204), (status = 401), (status = 404), (status = 412), (status = 428))
)]
pub async fn forget_browser(caller: FreshCaller, id: Path<String>) -> Answer {
    let seen = caller.seen()?;
    judged(super::forget(&caller.op, caller.owner(), id.to_string(), seen).await?)
}
