//! `GET` and `POST /account/data` and `/account/data/delete`.

use super::view::{Delete, Left, YourData};
use crate::account::departure::{self, Outcome};
use crate::account::export::export;
use crate::account::seen::Seen;
use crate::account::view::Section;
use crate::account::visit::Visit;
use crate::op::Op;
use crate::op::page::{identifier, other_methods, see_other};
use crate::platform::http::cookies::SESSION;
use crate::protocol::error::OAuthError;
use actix_web::http::{StatusCode, header};
use actix_web::web::{self, Data, Payload, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};

/// Mounts the pages.
pub fn routes(config: &mut ServiceConfig) {
    let page = web::resource("/account/data").route(web::get().to(show)).route(web::post().to(copy));
    config.service(page.default_service(other_methods("GET, POST")));
    let page = web::resource("/account/data/delete").route(web::get().to(ask)).route(web::post().to(delete));
    config.service(page.default_service(other_methods("GET, POST")));
}

async fn show(op: Data<Op>, http: HttpRequest) -> HttpResponse {
    match Visit::set(&op, &http).await {
        Ok(visit) => visit.show(&YourData { page: visit.request.page(), console: visit.console(Section::Data) }),
        Err(answer) => answer,
    }
}

async fn copy(op: Data<Op>, http: HttpRequest, payload: Payload) -> HttpResponse {
    let visit = match Visit::fresh(&op, &http).await {
        Ok(visit) => visit,
        Err(answer) => return answer,
    };
    match file(&op, &visit, payload).await {
        Ok(answer) => answer,
        Err(error) => visit.refuse(&error).await,
    }
}

async fn file(op: &Op, visit: &Visit<'_>, payload: Payload) -> Result<HttpResponse, OAuthError> {
    visit.form(payload).await?;
    let document = export(op, &visit.user.id).await?;
    let mut answer = HttpResponse::Ok();
    answer
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::CONTENT_DISPOSITION, "attachment; filename=\"account.json\""));
    Ok(answer.content_type("application/json").body(format!("{document:#}")))
}

async fn ask(op: Data<Op>, http: HttpRequest) -> HttpResponse {
    match Visit::fresh(&op, &http).await {
        Ok(visit) => render(&visit, false),
        Err(answer) => answer,
    }
}

fn render(visit: &Visit<'_>, is_wrong: bool) -> HttpResponse {
    let view = Delete {
        page: visit.request.page(),
        console: visit.console(Section::Data),
        confirm: identifier(&visit.user),
        days: visit.request.op.config.account.delete_after.as_secs().div_ceil(86_400),
        is_wrong,
    };
    visit.show_as(if is_wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }, &view)
}

async fn delete(op: Data<Op>, http: HttpRequest, payload: Payload) -> HttpResponse {
    let visit = match Visit::fresh(&op, &http).await {
        Ok(visit) => visit,
        Err(answer) => return answer,
    };
    match leave(&op, &visit, payload).await {
        Ok(answer) => answer,
        Err(error) => visit.refuse(&error).await,
    }
}

async fn leave(op: &Op, visit: &Visit<'_>, payload: Payload) -> Result<HttpResponse, OAuthError> {
    let form = visit.form(payload).await?;
    let typed = form.find("confirm").unwrap_or_default();
    let at = match departure::leave(op, &visit.user, typed, Seen::whatever()).await? {
        Outcome::Leaving(at) => at,
        Outcome::Unconfirmed => return Ok(render(visit, true)),
        // Somebody else ended the session meanwhile: there is nobody here any more.
        Outcome::Stale => return Ok(see_other(&op.path("/account/data"), [])),
    };
    let view = Left { page: visit.request.page(), at, sign_in_url: op.path("/login") };
    let mut answer = visit.show(&view);
    let cookies = [Some(forget(op, visit).await?), visit.request.browser_state_cookie(None)];
    for cookie in cookies.into_iter().flatten() {
        // Our own cookies are made of characters that a header takes.
        let _ = answer.add_cookie(&cookie);
    }
    Ok(answer)
}

/// Takes the session out of this browser; others of it stay.
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
