//! `GET` and `POST /account/sessions`.

use super::view::{Session, Sessions};
use crate::account::view::Section;
use crate::account::visit::{ConsolePage, Shown, Visit, Who};
use crate::model::session::store;
use crate::op::page::see_other;
use crate::platform::clock::Time;
use crate::platform::device::Device;
use crate::platform::error::Unavailable;
use crate::platform::paths::{AccountPage, Below as _, Location};
use crate::protocol::error::{Cause, ErrorCode};
use crate::protocol::params::Params;
use crate::tokens::ending::Which;
use actix_web::web::ServiceConfig;

pub fn routes(config: &mut ServiceConfig) {
    ConsolePage::at(AccountPage::Sessions).shows(Who::SignedIn, show).takes(Who::SignedIn, end).mount(config);
}

async fn show(visit: &Visit<'_>) -> Shown {
    Ok(visit.show(&Sessions {
        page: visit.request.page(),
        console: visit.console(Section::Sessions),
        sessions: sessions(visit).await?,
        is_done: visit.is_done("ended"),
    }))
}

async fn sessions(visit: &Visit<'_>) -> Result<Vec<Session>, Unavailable> {
    let (id, now) = (visit.user.id.clone(), visit.op.now());
    let found = visit.op.db.read_long(move |connection| store::list(connection, &id, now)).await?;
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

async fn end(visit: &Visit<'_>, form: Params) -> Shown {
    let which = match form.require("end")? {
        "others" => Which::AllBut(visit.session.id.clone()),
        // The present session ends at `/logout`, which also loads the logout frames of applications.
        here if here == visit.session.id => return Ok(see_other(&visit.op.path(Location::Logout), [])),
        id => Which::Only(id.to_owned()),
    };
    let one = matches!(which, Which::Only(_));
    let ended = super::end(visit.op, &visit.owner(), which).await?;
    if one && ended.is_empty() {
        return Err(ErrorCode::InvalidRequest
            .because("this session does not exist or is not yours")
            .page(Cause::NotFound));
    }
    Ok(see_other(&visit.op.path(AccountPage::Sessions.with("done", "ended")), []))
}
