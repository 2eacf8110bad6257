//! `GET` and `POST /account/profile`.

use super::fields::{Changed, change};
use super::view::Profile;
use crate::account::view::Section;
use crate::account::visit::{ConsolePage, Shown, Visit, Who};
use crate::model::user::User;
use crate::model::user::schema::{self, Wrong};
use crate::op::page::see_other;
use crate::op::profile_form::{self, FormField};
use crate::platform::config::{self, Field};
use crate::platform::http::api::Seen;
use crate::protocol::error::{ErrorCode, OAuthError};
use crate::protocol::params::Params;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::ServiceConfig;

pub fn routes(config: &mut ServiceConfig) {
    ConsolePage::at("/account/profile").shows(Who::SignedIn, show).takes(Who::SignedIn, save).mount(config);
}

async fn show(visit: &Visit<'_>) -> Shown {
    Ok(render(visit, &visit.user, None, &[]))
}

/// The page, with the typed values where they were not saved.
fn render(visit: &Visit<'_>, user: &User, typed: Option<&Params>, wrong: &[(String, Wrong)]) -> HttpResponse {
    let is_stale = typed.is_some() && wrong.is_empty();
    let status = match (typed, is_stale) {
        (None, _) => StatusCode::OK,
        (Some(_), true) => StatusCode::CONFLICT,
        (Some(_), false) => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let field = |field| form_field(user, field, typed, wrong);
    let seen = visit.op.config.profile.fields.iter().filter(|field| field.view == config::Who::Person);
    let (fields, kept): (Vec<_>, Vec<_>) = seen.partition(|field| field.is_editable());
    let view = Profile {
        page: visit.request.page(),
        console: visit.console(Section::Profile),
        version: user.version,
        fields: fields.into_iter().map(field).collect(),
        kept: kept.into_iter().map(|field| form_field(user, field, None, &[])).collect(),
        is_saved: visit.is_done("saved") && typed.is_none(),
        is_stale,
    };
    visit.show_as(status, &view)
}

fn form_field<'a>(user: &User, field: &'a Field, typed: Option<&Params>, wrong: &[(String, Wrong)]) -> FormField<'a> {
    let held = schema::text_of(user.claims.get(&field.claim));
    let value = typed.map_or_else(|| held.clone(), |typed| text(typed, &field.name));
    let is_stale = typed.is_some() && wrong.is_empty();
    FormField {
        theirs: (is_stale && value != held).then_some(held),
        wrong: wrong.iter().find(|(claim, _)| *claim == field.claim).map(|(_, wrong)| *wrong),
        field,
        value,
    }
}

async fn save(visit: &Visit<'_>, form: Params) -> Shown {
    let op = visit.op;
    let version = form.require("version")?.parse().map_err(|_| invalid("version must be a number"))?;
    let patch = profile_form::sent(op.config.profile.fields.iter().filter(|field| field.is_editable()), &form);
    Ok(match change(op, &visit.owner(), Seen::version(version), patch).await? {
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
