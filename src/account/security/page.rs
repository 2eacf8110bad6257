//! `GET /account/security`.

use super::view::{Entry, Security};
use crate::account::safety::{Means, Safety};
use crate::account::view::Section;
use crate::account::visit::{ConsolePage, Shown, Visit, Who};
use crate::platform::i18n::{Texts, shown};
use actix_web::web::ServiceConfig;

/// Mounts the page.
pub fn routes(config: &mut ServiceConfig) {
    ConsolePage::at("/account/security").shows(Who::SignedIn, show).mount(config);
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
fn entries(texts: &Texts, safety: &Safety, means: Means, url: impl Fn(&str) -> String) -> Vec<Entry> {
    let entry = |title: &str, detail: String, at, path: &str, action: &str| Entry {
        title: texts.get(title),
        detail,
        at,
        url: url(path),
        action: texts.get(action),
    };
    let (detail, action) = match safety.password_changed_at {
        Some(_) => ("security-password-changed", "security-change"),
        None => ("security-password-none", "security-password-set"),
    };
    let at = safety.password_changed_at;
    let mut entries = vec![entry("security-password", texts.get(detail), at, "/account/security/password", action)];
    if means.passkeys {
        let (detail, action) = match safety.passkeys {
            0 => (texts.get("passkeys-off"), "passkeys-set-up"),
            count => (texts.with("passkeys-count", "count", count), "security-change"),
        };
        entries.push(entry("passkeys-title", detail, None, "/account/security/passkeys", action));
    }
    if means.authenticator {
        let (detail, action) = match safety.authenticator_since {
            Some(_) => ("authenticator-since", "security-change"),
            None => ("authenticator-off", "authenticator-set-up"),
        };
        let at = safety.authenticator_since;
        entries.push(entry("authenticator-title", texts.get(detail), at, "/account/security/authenticator", action));
    }
    if let Some(left) = safety.codes_left {
        let (detail, action) = match left {
            0 => (texts.get("codes-none"), "codes-make"),
            left => (texts.with("codes-count", "count", left), "security-change"),
        };
        entries.push(entry("codes-title", detail, None, "/account/security/recovery-codes", action));
    }
    let primary = safety.primary.as_ref();
    let detail = primary.map_or_else(|| texts.get("addresses-none"), |primary| shown(&primary.value));
    entries.push(entry("addresses-title", detail, None, "/account/addresses", "security-change"));
    entries
}
