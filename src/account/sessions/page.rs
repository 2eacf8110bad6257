//! `GET` and `POST /account/sessions`.

use super::view::{Session, Sessions};
use crate::account::device::Device;
use crate::account::take_back;
use crate::account::view::Section;
use crate::account::visit::Visit;
use crate::model::session::store;
use crate::op::Op;
use crate::op::page::{other_methods, see_other};
use crate::platform::clock::Time;
use crate::platform::error::Unavailable;
use crate::protocol::error::{ErrorCode, OAuthError};
use crate::tokens::ending::Which;
use actix_web::web::{self, Data, Payload, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};

/// Mounts the page.
pub fn routes(config: &mut ServiceConfig) {
    let page = web::resource("/account/sessions").route(web::get().to(show)).route(web::post().to(submit));
    config.service(page.default_service(other_methods("GET, POST")));
}

async fn show(op: Data<Op>, http: HttpRequest) -> HttpResponse {
    let visit = match Visit::set(&op, &http).await {
        Ok(visit) => visit,
        Err(answer) => return answer,
    };
    match sessions(&op, &visit).await {
        Ok(sessions) => visit.show(&Sessions {
            page: visit.request.page(),
            console: visit.console(Section::Sessions),
            sessions,
            is_done: visit.done() == Some("ended"),
        }),
        Err(unavailable) => visit.refuse(&unavailable.into()).await,
    }
}

async fn sessions(op: &Op, visit: &Visit<'_>) -> Result<Vec<Session>, Unavailable> {
    let (id, now) = (visit.user.id.clone(), op.now());
    let found = op.db.read_long(move |connection| store::list(connection, &id, now)).await?;
    let session = |listed: store::Listed| Session {
        device: Device::of(&listed.user_agent),
        network: listed.network,
        since: Time::from_millis(listed.created_at),
        until: Time::from_millis(listed.expires_at),
        is_here: listed.id == visit.session.id,
        id: listed.id,
    };
    let mut sessions: Vec<Session> = found.into_iter().map(session).collect();
    sessions.sort_by_key(|session| !session.is_here);
    Ok(sessions)
}

async fn submit(op: Data<Op>, http: HttpRequest, payload: Payload) -> HttpResponse {
    let visit = match Visit::set(&op, &http).await {
        Ok(visit) => visit,
        Err(answer) => return answer,
    };
    match end(&op, &visit, payload).await {
        Ok(answer) => answer,
        Err(error) => visit.refuse(&error).await,
    }
}

async fn end(op: &Op, visit: &Visit<'_>, payload: Payload) -> Result<HttpResponse, OAuthError> {
    let form = visit.form(payload).await?;
    let which = match form.require("end")? {
        "others" => Which::AllBut(visit.session.id.clone()),
        // The page at hand leaves by `/logout`, which also tells the frames of applications.
        here if here == visit.session.id => return Ok(see_other(&op.path("/logout"), [])),
        id => Which::Only(id.to_owned()),
    };
    let one = matches!(which, Which::Only(_));
    let ended = take_back::sessions(op, &visit.user.id, which).await?;
    if one && ended.is_empty() {
        return Err(ErrorCode::InvalidRequest.because("you have no such session").status(404));
    }
    Ok(see_other(&op.path("/account/sessions?done=ended"), []))
}
