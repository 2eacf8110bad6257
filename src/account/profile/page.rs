//! `GET` and `POST /account/profile`.

use super::view::{Field, Profile};
use crate::account::profile_fields::{Changed, EDITABLE, Wrong, change};
use crate::account::view::Section;
use crate::account::visit::Visit;
use crate::model::user::User;
use crate::op::Op;
use crate::op::page::{other_methods, see_other};
use crate::protocol::claims::Claims;
use crate::protocol::error::{ErrorCode, OAuthError};
use crate::protocol::params::Params;
use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Payload, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};

/// Mounts the page.
pub fn routes(config: &mut ServiceConfig) {
    let page = web::resource("/account/profile").route(web::get().to(show)).route(web::post().to(submit));
    config.service(page.default_service(other_methods("GET, POST")));
}

async fn show(op: Data<Op>, http: HttpRequest) -> HttpResponse {
    match Visit::set(&op, &http).await {
        Ok(visit) => render(&visit, &visit.user, None, &[]),
        Err(answer) => answer,
    }
}

/// The page; with what was typed, where it was not saved.
fn render(visit: &Visit<'_>, user: &User, typed: Option<&Params>, wrong: &[(String, Wrong)]) -> HttpResponse {
    let field = |name: &'static str| {
        let held = user.text(name).unwrap_or_default().to_owned();
        let value = typed.map_or_else(|| held.clone(), |typed| text(typed, name));
        let is_stale = typed.is_some() && wrong.is_empty();
        Field {
            theirs: (is_stale && value != held).then_some(held),
            wrong: wrong.iter().find(|(claim, _)| claim == name).map(|(_, wrong)| *wrong),
            name,
            value,
        }
    };
    let is_stale = typed.is_some() && wrong.is_empty();
    let status = match (typed, is_stale) {
        (None, _) => StatusCode::OK,
        (Some(_), true) => StatusCode::CONFLICT,
        (Some(_), false) => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let view = Profile {
        page: visit.request.page(),
        console: visit.console(Section::Profile),
        version: user.version,
        fields: EDITABLE.map(field).into(),
        is_saved: visit.done() == Some("saved") && typed.is_none(),
        is_stale,
    };
    visit.show_as(status, &view)
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
    // An empty field is one that the person emptied.
    let sent = EDITABLE.into_iter().filter(|name| form.iter().any(|(sent, _)| sent == *name));
    let patch: Claims = sent.map(|name| (name.to_owned(), text(&form, name).into())).collect();
    Ok(match change(op, &visit.user.id, version, patch).await? {
        Changed::Saved(_) => see_other(&op.path("/account/profile?done=saved"), []),
        Changed::Stale(user) => render(visit, &user, Some(&form), &[]),
        Changed::Wrong(wrong) => render(visit, &visit.user, Some(&form), &wrong),
        Changed::NotEditable(name) => return Err(invalid(&format!("{name} can't be edited here"))),
    })
}

fn text(form: &Params, name: &str) -> String {
    form.find(name).unwrap_or_default().trim().to_owned()
}

fn invalid(why: &str) -> OAuthError {
    ErrorCode::InvalidRequest.because(why)
}
