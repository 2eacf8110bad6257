//! `GET /account/security`.

use super::view::{Entry, Security};
use crate::account::address_book;
use crate::account::passkey_changes;
use crate::account::view::Section;
use crate::account::visit::Visit;
use crate::model::credential::store;
use crate::model::factor;
use crate::op::Op;
use crate::op::page::other_methods;
use crate::platform::clock::Time;
use crate::platform::config::FeatureName;
use crate::platform::error::Unavailable;
use crate::platform::i18n::shown;
use actix_web::http::header;
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};

/// Mounts the pages.
pub fn routes(config: &mut ServiceConfig) {
    config.service(web::resource("/account/security").route(web::get().to(show)).default_service(other_methods("GET")));
    super::password::page::routes(config);
    root_routes(config, "");
}

/// Mounts what belongs at the root of the host, also where the issuer has a path: password managers look for it there (A
/// Well-Known URL for Changing Passwords).
pub fn root_routes(config: &mut ServiceConfig, _: &str) {
    let change = web::resource("/.well-known/change-password").route(web::get().to(change_password));
    config.service(change.default_service(other_methods("GET")));
}

async fn change_password(op: Data<Op>) -> HttpResponse {
    let mut answer = HttpResponse::Found();
    answer.insert_header((header::LOCATION, op.path("/account/security/password")));
    answer.insert_header((header::CACHE_CONTROL, "no-store")).finish()
}

async fn show(op: Data<Op>, http: HttpRequest) -> HttpResponse {
    let visit = match Visit::set(&op, &http).await {
        Ok(visit) => visit,
        Err(answer) => return answer,
    };
    match entries(&op, &visit).await {
        Ok(entries) => visit.show(&Security {
            page: visit.request.page(),
            console: visit.console(Section::Security),
            entries,
            is_changed: visit.done() == Some("changed"),
            is_without_password: visit.done() == Some("password_removed"),
        }),
        Err(unavailable) => visit.refuse(&unavailable.into()).await,
    }
}

/// The rows of the page, in its order.
async fn entries(op: &Op, visit: &Visit<'_>) -> Result<Vec<Entry>, Unavailable> {
    let mut entries = Vec::new();
    entries.push(password(op, visit).await?);
    if op.has_feature(FeatureName::Passkeys) {
        entries.push(passkeys(op, visit).await?);
    }
    entries.push(addresses(op, visit).await?);
    if op.has_feature(FeatureName::Authenticator) {
        entries.push(authenticator(op, visit).await?);
    }
    Ok(entries)
}

async fn passkeys(op: &Op, visit: &Visit<'_>) -> Result<Entry, Unavailable> {
    let held = passkey_changes::list(op, &visit.user.id).await?;
    let texts = &visit.request.texts;
    let (detail, action) = match held.len() {
        0 => (texts.get("passkeys-off"), texts.get("passkeys-set-up")),
        count => (
            texts.with("passkeys-count", "count", u64::try_from(count).unwrap_or_default()),
            texts.get("security-change"),
        ),
    };
    let (title, url) = (texts.get("passkeys-title"), op.path("/account/security/passkeys"));
    Ok(Entry { title, detail, at: None, url, action })
}

async fn password(op: &Op, visit: &Visit<'_>) -> Result<Entry, Unavailable> {
    let id = visit.user.id.clone();
    let changed_at = op.db.read(move |connection| store::password_changed_at(connection, &id)).await?;
    let texts = &visit.request.texts;
    let (detail, action) = match changed_at {
        Some(_) => (texts.get("security-password-changed"), texts.get("security-change")),
        None => (texts.get("security-password-none"), texts.get("security-password-set")),
    };
    Ok(Entry {
        title: texts.get("security-password"),
        detail,
        at: changed_at.map(Time::from_millis),
        url: op.path("/account/security/password"),
        action,
    })
}

async fn addresses(op: &Op, visit: &Visit<'_>) -> Result<Entry, Unavailable> {
    let held = address_book::list(op, &visit.user).await?;
    let texts = &visit.request.texts;
    let primary = held.iter().find(|address| address.is_primary);
    let detail = primary.map_or_else(|| texts.get("addresses-none"), |primary| shown(&primary.value));
    Ok(Entry {
        title: texts.get("addresses-title"),
        detail,
        at: None,
        url: op.path("/account/addresses"),
        action: texts.get("security-change"),
    })
}

async fn authenticator(op: &Op, visit: &Visit<'_>) -> Result<Entry, Unavailable> {
    let id = visit.user.id.clone();
    let found = op.db.read(move |connection| factor::store::find_authenticator(connection, &id)).await?;
    let texts = &visit.request.texts;
    let (detail, action) = match &found {
        Some(_) => (texts.get("authenticator-since"), texts.get("security-change")),
        None => (texts.get("authenticator-off"), texts.get("authenticator-set-up")),
    };
    Ok(Entry {
        title: texts.get("authenticator-title"),
        detail,
        at: found.map(|found| found.created_at),
        url: op.path("/account/security/authenticator"),
        action,
    })
}
