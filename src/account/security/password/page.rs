//! `GET` and `POST /account/security/password`.

use super::view::NewPassword;
use crate::account::new_password::{Change, Outcome, change};
use crate::account::view::Section;
use crate::account::visit::Visit;
use crate::op::Op;
use crate::op::page::{identifier, other_methods, see_other};
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
    match Visit::set(&op, &http).await {
        Ok(visit) => render(&visit, None),
        Err(answer) => answer,
    }
}

fn render(visit: &Visit<'_>, problem: Option<Outcome>) -> HttpResponse {
    let view = NewPassword {
        page: visit.request.page(),
        console: visit.console(Section::Security),
        username: identifier(&visit.user),
        minimum: visit.request.op.config.password.minimum_length.into(),
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
    let visit = match Visit::set(&op, &http).await {
        Ok(visit) => visit,
        Err(answer) => return answer,
    };
    match attempt(&op, &visit, arrival, payload).await {
        Ok(answer) => answer,
        Err(error) => visit.refuse(&error).await,
    }
}

async fn attempt(
    op: &Op,
    visit: &Visit<'_>,
    arrival: edge::Visit,
    payload: Payload,
) -> Result<HttpResponse, OAuthError> {
    let form = visit.form(payload).await?;
    let typed = |name| Secret::new(form.find(name).unwrap_or_default().to_owned());
    let asked = Change {
        user: &visit.user,
        current: typed("current"),
        new: typed("new"),
        address: arrival.client.address(),
        place: visit.request.place(),
        kept_session: Some(visit.session.id.clone()),
        version: None,
    };
    match change(op, &asked).await? {
        Outcome::Changed(_) => Ok(see_other(&op.path("/account/security?done=changed"), [])),
        problem => Ok(render(visit, Some(problem))),
    }
}
