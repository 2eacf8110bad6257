//! `GET /account/security`.

use super::view::{Entry, Security};
use crate::account::safety::{Means, Safety};
use crate::account::view::Section;
use crate::account::visit::{ConsolePage, Shown, Visit, Who};
use crate::op::Op;
use crate::op::page::other_methods;
use crate::platform::i18n::{Texts, shown};
use crate::platform::paths::{AccountPage, Location};
use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::{self, Data, ServiceConfig};

pub fn routes(config: &mut ServiceConfig) {
    ConsolePage::at(AccountPage::Security).shows(Who::SignedIn, show).mount(config);
    root_routes(config, "");
}

/// Mounts what belongs at the root of the host, also where the issuer has a path: password managers look for it there (A
/// Well-Known URL for Changing Passwords).
pub fn root_routes(config: &mut ServiceConfig, _: &str) {
    let change = web::resource(Location::ChangePassword.to_string()).route(web::get().to(change_password));
    config.service(change.default_service(other_methods("GET")));
}

async fn change_password(op: Data<Op>) -> HttpResponse {
    let mut answer = HttpResponse::Found();
    answer.insert_header((header::LOCATION, op.path(AccountPage::Password)));
    answer.insert_header((header::CACHE_CONTROL, "no-store")).finish()
}

async fn show(visit: &Visit<'_>) -> Shown {
    let safety = Safety::of(visit.op, &visit.user).await?;
    let console = visit.console(Section::Security);
    let entries = entries(&visit.request.texts, &safety, Means::of(visit.op), |path| console.url(path));
    Ok(visit.show(&Security {
        page: visit.request.page(),
        console,
        entries,
        is_changed: visit.is_done("changed"),
        is_without_password: visit.is_done("password_removed"),
    }))
}

/// The rows of the page, in its order.
fn entries(texts: &Texts, safety: &Safety, means: Means, url: impl Fn(AccountPage) -> String) -> Vec<Entry> {
    let entry = |title, detail, at, path: AccountPage, action| Entry { title, detail, at, url: url(path), action };
    let (change, title) = (|| texts.get("security-change"), texts.get("security-password"));
    let (detail, action) = match safety.password_changed_at {
        Some(_) => (texts.get("security-password-changed"), change()),
        None => (texts.get("security-password-none"), texts.get("security-password-set")),
    };
    let mut entries = vec![entry(title, detail, safety.password_changed_at, AccountPage::Password, action)];
    if means.passkeys {
        let (detail, action) = match safety.passkeys {
            0 => (texts.get("passkeys-off"), texts.get("passkeys-set-up")),
            count => (texts.with("passkeys-count", "count", count), change()),
        };
        entries.push(entry(texts.get("passkeys-title"), detail, None, AccountPage::Passkeys, action));
    }
    if means.authenticator {
        let (detail, action) = match safety.authenticator_since {
            Some(_) => (texts.get("authenticator-since"), change()),
            None => (texts.get("authenticator-off"), texts.get("authenticator-set-up")),
        };
        let (title, at) = (texts.get("authenticator-title"), safety.authenticator_since);
        entries.push(entry(title, detail, at, AccountPage::Authenticator, action));
    }
    if let Some(left) = safety.codes_left {
        let (detail, action) = match left {
            0 => (texts.get("codes-none"), texts.get("codes-make")),
            left => (texts.with("codes-count", "count", left), change()),
        };
        entries.push(entry(texts.get("codes-title"), detail, None, AccountPage::RecoveryCodes, action));
    }
    let primary = safety.primary.as_ref();
    let detail = primary.map_or_else(|| texts.get("addresses-none"), |primary| shown(&primary.value));
    entries.push(entry(texts.get("addresses-title"), detail, None, AccountPage::Addresses, change()));
    entries
}
