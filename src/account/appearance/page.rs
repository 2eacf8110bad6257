//! `GET` and `POST /account/appearance`.

use super::choice::{Changed, change};
use super::view::AppearancePage;
use crate::account::view::Section;
use crate::account::visit::{ConsolePage, Shown, Visit, Who};
use crate::model::user::{Appearance, User};
use crate::op::page::see_other;
use crate::platform::brand::Theme;
use crate::platform::http::api::Seen;
use crate::platform::paths::{AccountPage, Below as _};
use crate::protocol::error::{ErrorCode, OAuthError};
use crate::protocol::params::Params;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::ServiceConfig;

pub fn routes(config: &mut ServiceConfig) {
    ConsolePage::at(AccountPage::Appearance).shows(Who::SignedIn, show).takes(Who::SignedIn, save).mount(config);
}

async fn show(visit: &Visit<'_>) -> Shown {
    Ok(render(visit, &visit.user, &visit.user.appearance, false))
}

fn render(visit: &Visit<'_>, user: &User, chosen: &Appearance, is_stale: bool) -> HttpResponse {
    let view = AppearancePage {
        page: visit.request.page(),
        console: visit.console(Section::Appearance),
        version: user.version,
        language: chosen.language.clone().unwrap_or_default(),
        theme: chosen.theme.unwrap_or_default().as_str(),
        is_saved: visit.is_done("saved") && !is_stale,
        is_stale,
    };
    visit.show_as(if is_stale { StatusCode::CONFLICT } else { StatusCode::OK }, &view)
}

async fn save(visit: &Visit<'_>, form: Params) -> Shown {
    let op = visit.op;
    let version = form.require("version")?.parse().map_err(|_| invalid("version must be a number"))?;
    let theme = form.require("theme")?;
    let language = form.find("language").filter(|language| !language.is_empty()).map(str::to_owned);
    let theme = Theme::from_word(theme).ok_or_else(|| invalid("theme must be system, light or dark"))?;
    let chosen = Appearance { language, theme: Some(theme) };
    Ok(match change(op, &visit.owner(), Seen::version(version), chosen.clone()).await? {
        Changed::Saved(user) => {
            // Where nobody is signed in, this browser looks the same from now on.
            let cookies = visit.request.appearance_cookies(&user.appearance);
            see_other(&op.path(AccountPage::Appearance.with("done", "saved")), cookies)
        }
        Changed::Stale(user) => render(visit, &user, &chosen, true),
        Changed::Unknown => return Err(invalid("pages are not available in this language")),
    })
}

fn invalid(why: &str) -> OAuthError {
    ErrorCode::InvalidRequest.because(why)
}
