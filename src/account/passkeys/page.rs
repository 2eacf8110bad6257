//! `GET` and `POST /account/security/passkeys`; the field `action` of a form says what is wanted. `POST …/options` is
//! what the page's script requests before it creates a key.

use super::changes::{self, Added, Changed};
use super::view::{Passkeys, Row};
use crate::account::codes::{self, Replaced};
use crate::account::owner::Owner;
use crate::account::view::{Codes, Section};
use crate::account::visit::{ConsolePage, Shown, Visit, Who};
use crate::model::credential::passkey::{self, Passkey, Refusal, store};
use crate::model::factor;
use crate::op::Op;
use crate::op::page::{identifier, see_other};
use crate::platform::device::Device;
use crate::platform::http::api::Seen;
use crate::platform::paths::{AccountPage, Below as _};
use crate::platform::secret::Secret;
use crate::protocol::error::{ErrorCode, OAuthError};
use crate::protocol::params::Params;
use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::ServiceConfig;

pub fn routes(config: &mut ServiceConfig) {
    ConsolePage::at(AccountPage::PasskeyOptions).takes(Who::SignedInLately, options).mount(config);
    ConsolePage::at(AccountPage::Passkeys)
        .shows(Who::SignedInLately, show)
        .takes(Who::SignedInLately, act)
        .mount(config);
}

async fn show(visit: &Visit<'_>) -> Shown {
    let (op, done) = (visit.op, visit.query("done"));
    let id = visit.user.id.clone();
    let held = op.db.read(move |connection| {
        let any = factor::store::means(connection, &id)?.any();
        let left = codes::left(connection, &id)?;
        Ok((store::list(connection, &id)?, any.then_some(left)))
    });
    let (passkeys, left) = held.await?;
    let rp_id = op.config.rp_id().unwrap_or_default();
    Ok(visit.show(&Passkeys {
        page: visit.request.page(),
        console: visit.console(Section::Security),
        action: &op.path(AccountPage::Passkeys),
        options_url: &op.path(AccountPage::PasskeyOptions),
        passkeys: passkeys.into_iter().map(|passkey| Row::of(passkey, rp_id)).collect(),
        codes_left: left.map(|left| u64::try_from(left).unwrap_or_default()),
        done: done.as_deref(),
    }))
}

async fn options(visit: &Visit<'_>, _: Params) -> Shown {
    let op = visit.op;
    let passkeys = offered(op)?;
    let (author, fresh) = (visit.owner(), passkey::Passkeys::handle(op.random.as_ref()));
    let known = author.change(op, Who::SignedInLately, move |tx, owner| {
        Ok((store::handle(tx, owner.id(), &fresh)?, store::list(tx, owner.id())?))
    });
    let (handle, held) = known.await?;
    let names = (identifier(&visit.user), visit.user.display_name());
    let options = passkeys.create(&visit.session.id, (&visit.user.id, &handle), names, &held).await?;
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(options))
}

fn offered(op: &Op) -> Result<&passkey::Passkeys, OAuthError> {
    op.passkeys.as_ref().ok_or_else(|| ErrorCode::InvalidRequest.because("passkeys are not available here"))
}

async fn act(visit: &Visit<'_>, form: Params) -> Shown {
    let op = visit.op;
    let (owner, id) = (visit.owner(), form.find("passkey").unwrap_or_default().to_owned());
    let (changed, word) = match form.find("action").unwrap_or_default() {
        "add" => return add(op, visit, owner, &form).await,
        "codes" => {
            return Ok(match codes::replace(op, owner, Seen::whatever()).await? {
                Replaced::By(codes) => show_codes(op, visit, &codes),
                Replaced::NoFactor | Replaced::Stale => back(op, ""),
            });
        }
        "rename" => match passkey::name(form.find("name").unwrap_or_default()) {
            Some(name) => (changes::rename(op, owner, (id, Seen::whatever()), name).await?, "renamed"),
            None => return Ok(back(op, "")),
        },
        "remove" => (changes::remove(op, owner, id, Seen::whatever()).await?, "removed"),
        other => {
            let error = ErrorCode::InvalidRequest.because("action is not one of this page's actions");
            return Err(error.sent(other, "add, codes, rename, remove"));
        }
    };
    Ok(match changed {
        Changed::Done => back(op, word),
        Changed::Last => back(op, "last"),
        Changed::Unknown | Changed::Stale => back(op, ""),
    })
}

async fn add(op: &Op, visit: &Visit<'_>, owner: Owner, form: &Params) -> Shown {
    let sent = form.find("credential").unwrap_or_default();
    let made = (op.new_id(), op.now());
    let created = offered(op)?.created(&visit.session.id, &visit.user.id, sent, made).await?;
    let new = match created {
        Ok(passkey) => Passkey { name: name(visit, &passkey), ..passkey },
        Err(Refusal::Expired) => return Ok(back(op, "expired")),
        Err(Refusal::Unverified) => return Ok(back(op, "unverified")),
        Err(Refusal::Known | Refusal::Copied | Refusal::Invalid) => return Ok(back(op, "failed")),
    };
    Ok(match changes::add(op, owner, new).await? {
        Added::Kept(Some(codes)) => show_codes(op, visit, &codes),
        Added::Kept(None) => back(op, "added"),
        Added::Known => back(op, "known"),
        Added::TooMany => back(op, "many"),
    })
}

/// The default name of a new key: its maker, else the browser.
fn name(visit: &Visit<'_>, passkey: &Passkey) -> String {
    let place = visit.request.place();
    let device = Device::of(&place.user_agent);
    let texts = &visit.request.texts;
    match (passkey.maker(), device.browser, device.system) {
        (Some(maker), ..) => maker.name.to_owned(),
        (None, "", _) | (None, _, "") => texts.get("passkeys-default-name"),
        (None, browser, system) => texts.with_two("account-device", "browser", browser, "system", system),
    }
}

fn show_codes(op: &Op, visit: &Visit<'_>, codes: &[Secret<String>]) -> HttpResponse {
    visit.show(&Codes {
        page: visit.request.page(),
        console: visit.console(Section::Security),
        codes,
        next: &op.path(AccountPage::Passkeys),
    })
}

fn back(op: &Op, word: &str) -> HttpResponse {
    let page = AccountPage::Passkeys;
    see_other(&if word.is_empty() { op.path(page) } else { op.path(page.with("done", word)) }, [])
}
