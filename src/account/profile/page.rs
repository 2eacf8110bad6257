//! `GET` and `POST /account/profile`.

use super::fields::{Changed, change};
use super::picture;
use super::view::Profile;
use crate::account::view::Section;
use crate::account::visit::{ConsolePage, Shown, Visit, Who};
use crate::model::picture::CLAIM;
use crate::model::user::User;
use crate::model::user::schema::{self, Wrong};
use crate::op::page::see_other;
use crate::pages::profile_form::{self, FormField};
use crate::platform::config::{self, Field};
use crate::platform::http::api::Seen;
use crate::platform::http::upload::Sent;
use crate::platform::paths::{AccountPage, Below as _};
use crate::platform::picture::{LONGEST, Refusal};
use crate::protocol::error::{ErrorCode, OAuthError};
use crate::protocol::params::Params;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::ServiceConfig;

pub fn routes(config: &mut ServiceConfig) {
    ConsolePage::at(AccountPage::Profile).shows(Who::SignedIn, show).takes(Who::SignedIn, save).mount(config);
    let picture = ConsolePage::at(AccountPage::Picture).shows(Who::SignedIn, back);
    picture.takes_file(Who::SignedIn, LONGEST, take_picture).mount(config);
}

/// Whoever signed in again on the way to uploading a picture chooses it again.
async fn back(visit: &Visit<'_>) -> Shown {
    Ok(see_other(&visit.op.path(AccountPage::Profile), []))
}

async fn show(visit: &Visit<'_>) -> Shown {
    Ok(render(visit, &visit.user, &Typed::default()))
}

/// What was sent and not saved.
#[derive(Clone, Copy, Default)]
struct Typed<'a> {
    form: Option<&'a Params>,
    wrong: &'a [(String, Wrong)],
    refused: Option<Refusal>,
}

async fn take_picture(visit: &Visit<'_>, sent: Option<Sent>) -> Shown {
    if !picture::is_offered(visit.op) {
        return Err(invalid("pictures are not taken here"));
    }
    let refuse = |refusal| Ok(render(visit, &visit.user, &Typed { refused: Some(refusal), ..Typed::default() }));
    let Some(sent) = sent else { return refuse(Refusal::TooLong) };
    let (owner, seen) = (visit.owner(), Seen::whatever());
    let changed = match sent.fields.find("action") {
        Some("remove") => picture::remove(visit.op, &owner, seen).await?,
        _ => picture::set(visit.op, &owner, seen, sent.file).await?,
    };
    match changed {
        picture::Changed::Saved(_) => Ok(see_other(&visit.op.path(AccountPage::Profile.with("done", "saved")), [])),
        picture::Changed::Stale => Err(ErrorCode::InvalidRequest.because("the profile changed meanwhile").status(409)),
        picture::Changed::Refused(refusal) => refuse(refusal),
    }
}

/// The page, with the typed values where they were not saved.
fn render(visit: &Visit<'_>, user: &User, typed: &Typed<'_>) -> HttpResponse {
    let Typed { form, wrong, refused } = *typed;
    let is_stale = form.is_some() && wrong.is_empty();
    let status = match (form, is_stale) {
        (None, _) if refused.is_none() => StatusCode::OK,
        (Some(_), true) => StatusCode::CONFLICT,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let takes_picture = picture::is_offered(visit.op);
    let field = |field| form_field(user, field, form, wrong);
    let seen = visit.op.config.profile.fields.iter().filter(|field| field.view == config::Who::Person);
    let (fields, kept): (Vec<_>, Vec<_>) =
        seen.filter(|field| !takes_picture || field.claim != CLAIM).partition(|field| field.is_editable());
    let (fields, more) = fields.into_iter().map(field).partition(FormField::is_common);
    let view = Profile {
        page: visit.request.page(),
        console: visit.console(Section::Profile),
        version: user.version,
        fields,
        more,
        kept: kept.into_iter().map(|field| form_field(user, field, None, &[])).collect(),
        takes_picture,
        refused,
        is_saved: visit.is_done("saved") && form.is_none() && refused.is_none(),
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
        Changed::Saved(_) => see_other(&op.path(AccountPage::Profile.with("done", "saved")), []),
        Changed::Stale(user) => render(visit, &user, &Typed { form: Some(&form), ..Typed::default() }),
        Changed::Wrong(wrong) => {
            render(visit, &visit.user, &Typed { form: Some(&form), wrong: &wrong, ..Typed::default() })
        }
        Changed::NotEditable(name) => return Err(invalid(&format!("{name} can't be edited here"))),
    })
}

fn text(form: &Params, name: &str) -> String {
    form.find(name).unwrap_or_default().trim().to_owned()
}

fn invalid(why: &str) -> OAuthError {
    ErrorCode::InvalidRequest.because(why)
}
