//! The browsers in which a person need not prove the second factor. A change asks for a sign-in of the last ten minutes.

use crate::account::api::bearer::Bearer;
use crate::account::api::endpoint::{Answer, Stop, answered, bearer, owner};
use crate::account::api::schema::{RememberedBrowser, written};
use crate::account::api::view::{Problem, done, object, quoted, seen};
use crate::account::authenticator_changes::{self as changes, Changed};
use crate::model::known_device::store::Remembered;
use crate::op::Op;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};

fn shown(known: &Remembered) -> RememberedBrowser {
    RememberedBrowser {
        id: known.id.clone(),
        user_agent: known.user_agent.clone(),
        network: known.network.clone(),
        remembered_until: written(known.remembered_until.unwrap_or_default()),
    }
}

async fn to_change(op: &Op, http: &HttpRequest) -> Result<Bearer, Stop> {
    let bearer = bearer(op, http).await?;
    bearer.must_be_fresh(op.now())?;
    Ok(bearer)
}

fn judged(changed: Changed) -> Answer {
    match changed {
        Changed::Done => Ok(done()),
        Changed::Unknown => Err(Problem::not_found().into()),
        Changed::Stale => Err(Problem::stale().into()),
    }
}

/// Every one, the one seen last first.
#[utoipa::path(get, path = "/api/account/v1/remembered-browsers", responses((status = 200, body = [RememberedBrowser])))]
pub async fn remembered_browsers(op: Data<Op>, http: HttpRequest) -> HttpResponse {
    let answer = async {
        let bearer = bearer(&op, &http).await?;
        let held = changes::remembered(&op, &bearer.user.id).await?;
        let tag = quoted(&changes::tag_of_browsers(&held));
        Ok(object(&held.iter().map(shown).collect::<Vec<_>>(), Some(&tag)))
    }
    .await;
    answered(&op, answer).await
}

/// Asks for the second factor again in all of them.
#[utoipa::path(
    delete, path = "/api/account/v1/remembered-browsers", params(("If-Match" = String, Header)),
    responses((status = 204), (status = 401), (status = 412), (status = 428))
)]
pub async fn forget_browsers(op: Data<Op>, http: HttpRequest) -> HttpResponse {
    let answer = async {
        let bearer = to_change(&op, &http).await?;
        let seen = seen(http.headers())?;
        judged(changes::stop_remembering_all(&op, owner(&op, &http, &bearer), seen).await?)
    }
    .await;
    answered(&op, answer).await
}

/// One of them.
#[utoipa::path(
    get, path = "/api/account/v1/remembered-browsers/{id}", params(("id" = String, Path)),
    responses((status = 200, body = RememberedBrowser), (status = 404))
)]
pub async fn remembered_browser(op: Data<Op>, http: HttpRequest, id: Path<String>) -> HttpResponse {
    let answer = async {
        let bearer = bearer(&op, &http).await?;
        let held = changes::remembered(&op, &bearer.user.id).await?;
        let found = held.iter().find(|known| known.id == *id).ok_or_else(Problem::not_found)?;
        Ok(object(&shown(found), Some(&quoted(&changes::tag_of_browser(found)))))
    }
    .await;
    answered(&op, answer).await
}

/// Asks for the second factor again in one of them.
#[utoipa::path(
    delete, path = "/api/account/v1/remembered-browsers/{id}", params(("id" = String, Path), ("If-Match" = String, Header)),
    responses((status = 204), (status = 401), (status = 404), (status = 412), (status = 428))
)]
pub async fn forget_browser(op: Data<Op>, http: HttpRequest, id: Path<String>) -> HttpResponse {
    let answer = async {
        let bearer = to_change(&op, &http).await?;
        let seen = seen(http.headers())?;
        judged(changes::stop_remembering(&op, owner(&op, &http, &bearer), id.to_string(), seen).await?)
    }
    .await;
    answered(&op, answer).await
}
