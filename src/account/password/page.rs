//! `GET` and `POST /account/security/password`.

use super::change::{Change, Outcome, change, set};
use super::removal::{self, Removal};
use super::view::NewPassword;
use crate::account::view::Section;
use crate::account::visit::{ConsolePage, Shown, Visit, Who};
use crate::op::page::{identifier, see_other};
use crate::platform::config::FeatureName;
use crate::platform::http::api::Seen;
use crate::platform::paths::{AccountPage, Below as _};
use crate::platform::secret::Secret;
use crate::protocol::params::Params;
use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use actix_web::web::ServiceConfig;

pub fn routes(config: &mut ServiceConfig) {
    ConsolePage::at(AccountPage::Password).shows(Who::SignedIn, show).takes(Who::SignedIn, submit).mount(config);
}

async fn show(visit: &Visit<'_>) -> Shown {
    let removal = removal::may_go(visit.op, &visit.user.id).await?;
    if must_prove(visit, removal) {
        return Ok(visit.sign_in_again().await);
    }
    Ok(render(visit, removal, true, None))
}

/// A person without a password sets one after a fresh sign-in, because there is no current one to ask for.
fn must_prove(visit: &Visit<'_>, removal: Removal) -> bool {
    removal == Removal::NoPassword && !visit.is_fresh()
}

fn render(visit: &Visit<'_>, removal: Removal, ends_offline: bool, problem: Option<Outcome>) -> HttpResponse {
    let view = NewPassword {
        page: visit.request.page(),
        console: visit.console(Section::Security),
        username: identifier(&visit.user),
        removal,
        offers_passkeys: visit.op.has_feature(FeatureName::Passkeys),
        minimum: visit.op.config.password.minimum_length.into(),
        ends_offline,
        problem,
    };
    let (status, wait) = match problem {
        None => (StatusCode::OK, None),
        Some(Outcome::Wait(wait)) => (StatusCode::TOO_MANY_REQUESTS, Some(wait.as_secs())),
        Some(Outcome::Busy) => (StatusCode::SERVICE_UNAVAILABLE, Some(2)),
        Some(Outcome::Stale) => (StatusCode::CONFLICT, None),
        Some(_) => (StatusCode::UNPROCESSABLE_ENTITY, None),
    };
    let mut answer = visit.show_as(status, &view);
    if let Some(seconds) = wait {
        answer.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from(seconds));
    }
    answer
}

async fn submit(visit: &Visit<'_>, form: Params) -> Shown {
    let (op, removal) = (visit.op, removal::may_go(visit.op, &visit.user.id).await?);
    if must_prove(visit, removal) {
        return Ok(visit.sign_in_again().await);
    }
    if form.find("action") == Some("remove") {
        return remove(visit).await;
    }
    let typed = |name| Secret::new(form.find(name).unwrap_or_default().to_owned());
    let asked = Change {
        owner: &visit.owner(),
        ends_offline: form.find("end_offline").is_some(),
        current: typed("current"),
        new: typed("new"),
        seen: Seen::whatever(),
    };
    let outcome = match removal {
        Removal::NoPassword => set(op, &asked).await?,
        _ => change(op, &asked).await?,
    };
    match outcome {
        Outcome::Changed(_) => Ok(see_other(&op.path(AccountPage::Security.with("done", "changed")), [])),
        problem => Ok(render(visit, removal, asked.ends_offline, Some(problem))),
    }
}

/// Removes the password, after a fresh sign-in, as for every change of factors.
async fn remove(visit: &Visit<'_>) -> Shown {
    if !visit.is_fresh() {
        return Ok(visit.sign_in_again().await);
    }
    match removal::remove(visit.op, visit.owner(), Seen::whatever()).await? {
        Removal::Fine => Ok(see_other(&visit.op.path(AccountPage::Security.with("done", "password_removed")), [])),
        refused => Ok(render(visit, refused, true, None)),
    }
}
