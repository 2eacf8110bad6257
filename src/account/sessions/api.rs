//! A person's sessions.

use crate::account::api::{Part, by, written};
use crate::account::caller::Caller;
use crate::model::session;
use crate::platform::error::Unavailable;
use crate::platform::http::api::{Answer, Problem, Stop, done, object, quoted, tag};
use crate::tokens::ending::Which;
use actix_web::http::Method;
use actix_web::web::Path;
use serde::Serialize;
use utoipa::{OpenApi as _, ToSchema};

/// What this adds to the API.
pub fn part() -> Part {
    let endpoints = vec![
        ("/sessions", vec![by(Method::GET, sessions), by(Method::DELETE, end_other_sessions)]),
        ("/sessions/{id}", vec![by(Method::GET, session), by(Method::DELETE, end_session)]),
    ];
    Part { endpoints, description: Description::openapi() }
}

#[derive(utoipa::OpenApi)]
#[openapi(paths(sessions, end_other_sessions, session, end_session))]
struct Description;

/// A session of the person.
#[derive(Debug, Serialize, ToSchema)]
pub struct Session {
    /// For the path.
    pub id: String,
    /// RFC 3339
    pub created_at: String,
    /// RFC 3339
    pub expires_at: String,
    /// As the browser called itself.
    pub user_agent: String,
    /// An address prefix.
    pub network: String,
    /// Whether it is the session of the access token.
    pub current: bool,
}

async fn sessions_of(caller: &Caller) -> Result<Vec<Session>, Unavailable> {
    let (id, now) = (caller.user.id.clone(), caller.op.now());
    let listed = caller.op.db.read_long(move |connection| session::store::list(connection, &id, now)).await?;
    let session = |listed: session::store::Listed| Session {
        created_at: written(listed.created_at),
        expires_at: written(listed.expires_at),
        user_agent: listed.user_agent,
        network: listed.network,
        current: caller.session_id.as_ref() == Some(&listed.id),
        id: listed.id,
    };
    Ok(listed.into_iter().map(session).collect())
}

/// The person's sessions.
#[utoipa::path(get, path = "/api/account/v1/sessions", responses((status = 200, body = [Session])))]
pub async fn sessions(caller: Caller) -> Answer {
    let sessions = sessions_of(&caller).await?;
    Ok(object(&sessions, Some(&quoted(&tag(&sessions)))))
}

/// Signs out everywhere else, if the list of sessions has not changed meanwhile.
#[utoipa::path(
    delete, path = "/api/account/v1/sessions", params(("If-Match" = String, Header)),
    responses((status = 204), (status = 412), (status = 428))
)]
pub async fn end_other_sessions(caller: Caller) -> Answer {
    let seen = caller.seen()?;
    if !seen.is(&tag(&sessions_of(&caller).await?)) {
        return Err(Problem::stale().into());
    }
    let which = caller.session_id.clone().map_or(Which::All, Which::AllBut);
    super::end(&caller.op, &caller.owner(), which).await?;
    Ok(done())
}

async fn one_session(caller: &Caller, id: &str) -> Result<Session, Stop> {
    let found = sessions_of(caller).await?.into_iter().find(|session| session.id == id);
    Ok(found.ok_or_else(Problem::not_found)?)
}

/// One session.
#[utoipa::path(
    get, path = "/api/account/v1/sessions/{id}", params(("id" = String, Path)),
    responses((status = 200, body = Session), (status = 404))
)]
pub async fn session(caller: Caller, id: Path<String>) -> Answer {
    let session = one_session(&caller, &id).await?;
    Ok(object(&session, Some(&quoted(&tag(&session)))))
}

/// Signs one session out.
#[utoipa::path(
    delete, path = "/api/account/v1/sessions/{id}", params(("id" = String, Path), ("If-Match" = String, Header)),
    responses((status = 204), (status = 404), (status = 412), (status = 428))
)]
pub async fn end_session(caller: Caller, id: Path<String>) -> Answer {
    let seen = caller.seen()?;
    let session = one_session(&caller, &id).await?;
    if !seen.is(&tag(&session)) {
        return Err(Problem::stale().into());
    }
    let ended = super::end(&caller.op, &caller.owner(), Which::Only(session.id)).await?;
    if ended.is_empty() { Err(Problem::not_found().into()) } else { Ok(done()) }
}
