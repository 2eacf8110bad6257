//! `GET` and `POST /account/appearance`.

use super::view::AppearancePage;
use crate::account::appearance_choice::{Changed, change};
use crate::account::view::Section;
use crate::account::visit::Visit;
use crate::model::user::{Appearance, User};
use crate::op::Op;
use crate::op::page::{other_methods, see_other};
use crate::platform::http::page::Theme;
use crate::protocol::error::{ErrorCode, OAuthError};
use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Payload, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};

/// Mounts the page.
pub fn routes(config: &mut ServiceConfig) {
    let page = web::resource("/account/appearance").route(web::get().to(show)).route(web::post().to(submit));
    config.service(page.default_service(other_methods("GET, POST")));
}

async fn show(op: Data<Op>, http: HttpRequest) -> HttpResponse {
    match Visit::set(&op, &http).await {
        Ok(visit) => render(&visit, &visit.user, &visit.user.appearance, false),
        Err(answer) => answer,
    }
}

fn render(visit: &Visit<'_>, user: &User, chosen: &Appearance, is_stale: bool) -> HttpResponse {
    let view = AppearancePage {
        page: visit.request.page(),
        console: visit.console(Section::Appearance),
        version: user.version,
        language: chosen.language.clone().unwrap_or_default(),
        theme: chosen.theme.unwrap_or_default().as_str(),
        is_saved: visit.done() == Some("saved") && !is_stale,
        is_stale,
    };
    visit.show_as(if is_stale { StatusCode::CONFLICT } else { StatusCode::OK }, &view)
}

async fn submit(op: Data<Op>, http: HttpRequest, payload: Payload) -> HttpResponse {
    let visit = match Visit::set(&op, &http).await {
        Ok(visit) => visit,
        Err(answer) => return answer,
    };
    match save(&op, &visit, payload).await {
        Ok(answer) => answer,
        Err(error) => visit.refuse(&error).await,
    }
}

async fn save(op: &Op, visit: &Visit<'_>, payload: Payload) -> Result<HttpResponse, OAuthError> {
    let form = visit.form(payload).await?;
    let version = form.require("version")?.parse().map_err(|_| invalid("version must be a number"))?;
    let theme = form.require("theme")?;
    let language = form.find("language").filter(|language| !language.is_empty()).map(str::to_owned);
    let theme = Theme::from_word(theme).ok_or_else(|| invalid("theme must be system, light or dark"))?;
    let chosen = Appearance { language, theme: Some(theme) };
    Ok(match change(op, &visit.user.id, version, chosen.clone()).await? {
        Changed::Saved(user) => {
            // Where nobody is signed in, this browser looks the same from now on.
            let cookies = visit.request.appearance_cookies(&user.appearance);
            see_other(&op.path("/account/appearance?done=saved"), cookies)
        }
        Changed::Stale(user) => render(visit, &user, &chosen, true),
        Changed::Unknown => return Err(invalid("this language is none that pages have")),
    })
}

fn invalid(why: &str) -> OAuthError {
    ErrorCode::InvalidRequest.because(why)
}
