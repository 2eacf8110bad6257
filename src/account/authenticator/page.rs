//! `GET` and `POST /account/security/authenticator`; the field `action` of a form says what is wanted.

use super::offer::{self, Offered, Pending};
use super::view::{Enrol, Enrolled, Remembered};
use super::{browsers, changes, qr};
use crate::account::codes::{self, Replaced};
use crate::account::owner::Owner;
use crate::account::view::{Codes, Section};
use crate::account::visit::{ConsolePage, Shown, Visit, Who};
use crate::model::credential::passkey;
use crate::model::factor::{self, Authenticator};
use crate::model::known_device;
use crate::op::Op;
use crate::op::page::{identifier, see_other};
use crate::platform::clock::Time;
use crate::platform::device::Device;
use crate::platform::http::api::Seen;
use crate::platform::paths::{AccountPage, Below as _};
use crate::platform::secret::Secret;
use crate::protocol::error::ErrorCode;
use crate::protocol::params::Params;
use actix_web::HttpResponse;
use actix_web::web::ServiceConfig;

pub fn routes(config: &mut ServiceConfig) {
    ConsolePage::at(AccountPage::Authenticator)
        .shows(Who::SignedInLately, show)
        .takes(Who::SignedInLately, act)
        .mount(config);
}

async fn show(visit: &Visit<'_>) -> Shown {
    let op = visit.op;
    let (id, now) = (visit.user.id.clone(), op.now());
    let held = op.db.read(move |connection| {
        let authenticator = factor::store::find_authenticator(connection, &id)?;
        let codes_left = codes::left(connection, &id)?;
        Ok((authenticator, codes_left, known_device::store::list_remembered(connection, &id, now)?))
    });
    let (authenticator, codes_left, remembered) = held.await?;
    Ok(match authenticator {
        Some(authenticator) => show_enrolled(op, visit, &authenticator, codes_left, remembered),
        None => show_offer(op, visit, &offer::fresh(op, offered(visit)), "", false),
    })
}

fn show_enrolled(
    op: &Op,
    visit: &Visit<'_>,
    authenticator: &Authenticator,
    codes_left: i64,
    remembered: Vec<known_device::store::Remembered>,
) -> HttpResponse {
    let browser = |known: known_device::store::Remembered| Remembered {
        device: Device::of(&known.user_agent),
        until: Time::from_millis(known.remembered_until.unwrap_or_default()),
        id: known.id,
        network: known.network,
    };
    visit.show(&Enrolled {
        page: visit.request.page(),
        console: visit.console(Section::Security),
        action: &op.path(AccountPage::Authenticator),
        name: &authenticator.name,
        created_at: authenticator.created_at,
        last_used_at: authenticator.last_used_at,
        codes_left: u64::try_from(codes_left).unwrap_or_default(),
        remembered: remembered.into_iter().map(browser).collect(),
        is_changed: visit.is_done("changed"),
    })
}

fn show_offer(op: &Op, visit: &Visit<'_>, pending: &Pending, name: &str, is_wrong: bool) -> HttpResponse {
    let uri = pending.seed.uri(&op.config.branding.name, identifier(&visit.user));
    visit.show(&Enrol {
        page: visit.request.page(),
        console: visit.console(Section::Security),
        action: &op.path(AccountPage::Authenticator),
        sealed: &pending.sealed,
        secret: &pending.seed.base32(),
        picture: qr::draw(uri.expose()).unwrap_or_default(),
        name,
        is_wrong,
    })
}

fn offered<'a>(visit: &'a Visit<'_>) -> Offered<'a> {
    Offered { person_id: &visit.user.id, session_id: &visit.session.id }
}

async fn act(visit: &Visit<'_>, form: Params) -> Shown {
    let op = visit.op;
    let owner = visit.owner();
    let _: changes::Changed = match form.find("action").unwrap_or_default() {
        "enrol" => return enrol(op, visit, owner, &form).await,
        "codes" => {
            return Ok(match codes::replace(op, owner, Seen::whatever()).await? {
                Replaced::By(codes) => show_codes(op, visit, &codes),
                Replaced::NoFactor | Replaced::Stale => back(op),
            });
        }
        "rename" => changes::rename(op, owner, name(visit, &form), Seen::whatever()).await?,
        "remove" => changes::remove(op, owner, Seen::whatever()).await?,
        "forget" => {
            let device = form.find("device").unwrap_or_default().to_owned();
            browsers::forget(op, owner, device, Seen::whatever()).await?
        }
        other => {
            let error = ErrorCode::InvalidRequest.because("action is not one of this page's actions");
            return Err(error.sent(other, "enrol, codes, rename, remove, forget"));
        }
    };
    // Already removed counts as done.
    Ok(back(op))
}

async fn enrol(op: &Op, visit: &Visit<'_>, owner: Owner, form: &Params) -> Shown {
    let sent = form.find("seed").unwrap_or_default();
    let Some(pending) = offer::read(op, offered(visit), sent) else { return Ok(back(op)) };
    let name = name(visit, form);
    let Some(step) = pending.seed.step_of(form.find("code").unwrap_or_default(), op.now()) else {
        return Ok(show_offer(op, visit, &pending, form.find("name").unwrap_or_default(), true));
    };
    let codes = changes::enrol(op, owner, &pending.seed, step, name).await?;
    Ok(codes.map_or_else(|| back(op), |codes| show_codes(op, visit, &codes)))
}

fn show_codes(op: &Op, visit: &Visit<'_>, codes: &[Secret<String>]) -> HttpResponse {
    visit.show(&Codes {
        page: visit.request.page(),
        console: visit.console(Section::Security),
        codes,
        next: &op.path(AccountPage::Authenticator),
    })
}

fn back(op: &Op) -> HttpResponse {
    see_other(&op.path(AccountPage::Authenticator.with("done", "changed")), [])
}

/// The typed name in one line; a default where there is none.
fn name(visit: &Visit<'_>, form: &Params) -> String {
    let typed = passkey::name(form.find("name").unwrap_or_default());
    typed.unwrap_or_else(|| visit.request.texts.get("authenticator-default-name"))
}
