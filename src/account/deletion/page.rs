//! `GET` and `POST /account/data/delete`.

use super::ask::{self, Outcome};
use super::view::{Asked, Delete, days};
use crate::account::view::Section;
use crate::account::visit::{ConsolePage, Shown, Visit, Who};
use crate::op::Op;
use crate::op::page::{identifier, see_other};
use crate::platform::http::api::Seen;
use crate::platform::http::cookies::SESSION;
use crate::platform::paths::{AccountPage, Location};
use crate::protocol::error::OAuthError;
use crate::protocol::params::Params;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::ServiceConfig;

pub fn routes(config: &mut ServiceConfig) {
    let page = ConsolePage::at(AccountPage::Deletion);
    page.shows(Who::SignedInLately, show).takes(Who::SignedInLately, delete).mount(config);
}

async fn show(visit: &Visit<'_>) -> Shown {
    Ok(render(visit, false))
}

fn render(visit: &Visit<'_>, is_wrong: bool) -> HttpResponse {
    let view = Delete {
        page: visit.request.page(),
        console: visit.console(Section::Data),
        confirm: identifier(&visit.user),
        days: days(visit.op.config.account.delete_after),
        is_wrong,
    };
    visit.show_as(if is_wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }, &view)
}

async fn delete(visit: &Visit<'_>, form: Params) -> Shown {
    let op = visit.op;
    let typed = form.find("confirm").unwrap_or_default();
    let at = match ask::delete(op, &visit.owner(), typed, Seen::whatever()).await? {
        Outcome::Asked(at) => at,
        Outcome::Unconfirmed => return Ok(render(visit, true)),
        // The form names no version: the page is shown again, whatever changed.
        Outcome::Stale => return Ok(see_other(&op.path(AccountPage::Data), [])),
    };
    let view = Asked { page: visit.request.page(), at, sign_in_url: op.path(Location::SignIn) };
    let mut answer = visit.show(&view);
    let cookies = [Some(forget(op, visit).await?), visit.request.browser_state_cookie(None)];
    for cookie in cookies.into_iter().flatten() {
        // Our cookies contain only characters that are valid in a header.
        let _ = answer.add_cookie(&cookie);
    }
    Ok(answer)
}

/// Removes the session from this browser; its others stay.
async fn forget(op: &Op, visit: &Visit<'_>) -> Result<actix_web::cookie::Cookie<'static>, OAuthError> {
    let mut browser = visit.browser.clone();
    browser.remove(&visit.session.id);
    let old = visit.request.session_cookie();
    if browser.sessions.is_empty() {
        if let Some(old) = old {
            op.browsers.forget(old).await?;
        }
        return Ok(op.cookies().remove(SESSION));
    }
    let secret = op.browsers.rotate(old, browser, op.now(), op.random.as_ref()).await?;
    Ok(op.cookies().set(SESSION, &secret, Some(op.config.session.absolute)))
}
