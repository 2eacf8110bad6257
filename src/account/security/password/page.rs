//! `GET` and `POST /account/security/password`.

use super::view::NewPassword;
use crate::account::new_password::{Change, Outcome, change, set};
use crate::account::seen::Seen;
use crate::account::view::Section;
use crate::account::visit::Visit;
use crate::account::without_password::{self, Removal};
use crate::op::Op;
use crate::op::page::{identifier, other_methods, see_other};
use crate::platform::config::FeatureName;
use crate::platform::http::edge;
use crate::platform::secret::Secret;
use crate::protocol::error::OAuthError;
use actix_web::http::{StatusCode, header};
use actix_web::web::{self, Data, Payload, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};

/// Mounts the page.
pub fn routes(config: &mut ServiceConfig) {
    let page = web::resource("/account/security/password").route(web::get().to(show)).route(web::post().to(submit));
    config.service(page.default_service(other_methods("GET, POST")));
}

async fn show(op: Data<Op>, http: HttpRequest) -> HttpResponse {
    let (visit, removal) = match arrive(&op, &http).await {
        Ok(arrived) => arrived,
        Err(answer) => return answer,
    };
    render(&visit, removal, true, None)
}

/// Whoever comes here, and whether their password may go. Who has none sets one after a fresh sign-in, there being no
/// other that could be asked for.
async fn arrive<'a>(op: &'a Op, http: &'a HttpRequest) -> Result<(Visit<'a>, Removal), HttpResponse> {
    let visit = Visit::set(op, http).await?;
    match without_password::may_go(op, &visit.user.id).await {
        Ok(Removal::NoPassword) => Ok((Visit::fresh(op, http).await?, Removal::NoPassword)),
        Ok(removal) => Ok((visit, removal)),
        Err(unavailable) => Err(visit.refuse(&unavailable.into()).await),
    }
}

fn render(visit: &Visit<'_>, removal: Removal, ends_offline: bool, problem: Option<Outcome>) -> HttpResponse {
    let view = NewPassword {
        page: visit.request.page(),
        console: visit.console(Section::Security),
        username: identifier(&visit.user),
        removal,
        offers_passkeys: visit.request.op.has_feature(FeatureName::Passkeys),
        minimum: visit.request.op.config.password.minimum_length.into(),
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

async fn submit(op: Data<Op>, http: HttpRequest, arrival: edge::Visit, payload: Payload) -> HttpResponse {
    let (visit, removal) = match arrive(&op, &http).await {
        Ok(arrived) => arrived,
        Err(answer) => return answer,
    };
    match attempt(&op, (&visit, removal), arrival, payload).await {
        Ok(answer) => answer,
        Err(error) => visit.refuse(&error).await,
    }
}

async fn attempt(
    op: &Op,
    (visit, removal): (&Visit<'_>, Removal),
    arrival: edge::Visit,
    payload: Payload,
) -> Result<HttpResponse, OAuthError> {
    let form = visit.form(payload).await?;
    if form.find("action") == Some("remove") {
        return remove(op, visit).await;
    }
    let typed = |name| Secret::new(form.find(name).unwrap_or_default().to_owned());
    let asked = Change {
        user: &visit.user,
        current: typed("current"),
        new: typed("new"),
        address: arrival.client.address(),
        place: visit.request.place(),
        kept_session: Some(visit.session.id.clone()),
        ends_offline: form.find("end_offline").is_some(),
        seen: Seen::whatever(),
    };
    let outcome = match removal {
        Removal::NoPassword => set(op, &asked).await?,
        _ => change(op, &asked).await?,
    };
    match outcome {
        Outcome::Changed(_) => Ok(see_other(&op.path("/account/security?done=changed"), [])),
        problem => Ok(render(visit, removal, asked.ends_offline, Some(problem))),
    }
}

/// The person does without a password: after a fresh sign-in, as every factor that comes or goes.
async fn remove(op: &Op, visit: &Visit<'_>) -> Result<HttpResponse, OAuthError> {
    if !visit.is_fresh() {
        return Ok(visit.request.sign_in_for(op.path("/account/security/password")).await);
    }
    match without_password::remove(op, visit.owner(), Seen::whatever()).await? {
        Removal::Fine => Ok(see_other(&op.path("/account/security?done=password_removed"), [])),
        refused => Ok(render(visit, refused, true, None)),
    }
}
