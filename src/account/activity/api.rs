//! What happened to an account.

use crate::account::api::{Part, by, written};
use crate::account::caller::Caller;
use crate::account::store;
use crate::model::event::{Actor, Stored};
use crate::platform::http::api::{Answer, object};
use actix_web::http::Method;
use serde::Serialize;
use serde_json::Value;
use utoipa::{OpenApi as _, ToSchema};

/// Events per page.
const PART: i64 = 50;

/// What this adds to the API.
pub fn part() -> Part {
    let endpoints = vec![("/activity", vec![by(Method::GET, activity)])];
    Part { endpoints, description: Description::openapi() }
}

#[derive(utoipa::OpenApi)]
#[openapi(paths(activity))]
struct Description;

/// Something that happened.
#[derive(Debug, Serialize, ToSchema)]
pub struct Event {
    /// RFC 3339
    pub at: String,
    /// Such as `session.started`.
    pub kind: String,
    /// The application that it concerns.
    pub client_id: Option<String>,
    /// The session that it concerns.
    pub session_id: Option<String>,
    /// Whether an operator did it.
    pub by_operator: bool,
    /// Details.
    #[schema(value_type = Object)]
    pub detail: Value,
}

/// A page of events, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct Activity {
    /// At most 50.
    pub items: Vec<Event>,
    /// For `before`, where there is more.
    pub next: Option<i64>,
}

/// Events of the account, newest first.
#[utoipa::path(
    get, path = "/api/account/v1/activity", params(("before" = Option<i64>, Query)),
    responses((status = 200, body = Activity))
)]
pub async fn activity(caller: Caller) -> Answer {
    let before = caller.query("before").and_then(|text| text.parse().ok());
    let id = caller.user.id;
    let found = caller.op.db.read_long(move |connection| store::happened(connection, &id, before, PART)).await?;
    let is_full = i64::try_from(found.len()).is_ok_and(|count| count == PART);
    let next = found.last().filter(|_| is_full).map(|event| event.sequence);
    let items = found.into_iter().map(|event| Event {
        at: written(event.at),
        detail: serde_json::from_str(&event.detail).unwrap_or_default(),
        by_operator: event.actor == Stored::Known(Actor::Operator),
        kind: event.kind.to_string(),
        client_id: event.client_id,
        session_id: event.session_id,
    });
    Ok(object(&Activity { items: items.collect(), next }, None))
}
