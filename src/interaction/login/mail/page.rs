//! `/login/mail/{interaction}` takes the name, `…/code` the code, `/login/mail/link/{link}` the click of who came by
//! the link.

use super::ENDPOINT;
use super::request::{self, Request};
use super::view::{Ask, ByLink, Code, Standing};
use crate::interaction::login::entry::page::Entry;
use crate::model::one_time::{Purpose, Tried};
use crate::model::session::AuthenticationMethod;
use crate::op::Op;
use crate::op::authorize::Prepared;
use crate::op::authorize::endpoint::prepared;
use crate::op::authorize::interaction::Bound;
use crate::op::page::{PageRequest, application, other_methods, policy, see_other};
use crate::op::proofs::too_many;
use crate::platform::http::edge::Visit;
use crate::platform::http::page::{PagePolicy, respond};
use crate::protocol::error::OAuthError;
use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Path, Payload, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};

/// What is typed as a name may be so long.
const LONGEST_NAME: usize = 320;

/// Mounts the pages.
pub fn routes(config: &mut ServiceConfig) {
    let link = web::resource("/login/mail/link/{link}").route(web::get().to(by_link)).route(web::post().to(clicked));
    config.service(link.default_service(other_methods("GET, POST")));
    let ask = web::resource("/login/mail/{interaction}").route(web::get().to(ask)).route(web::post().to(asked));
    config.service(ask.default_service(other_methods("GET, POST")));
    let code =
        web::resource("/login/mail/{interaction}/code").route(web::get().to(by_code)).route(web::post().to(typed));
    config.service(code.default_service(other_methods("GET, POST")));
}

/// The sign-in that the person comes from.
struct Scene<'a> {
    request: PageRequest<'a>,
    bound: Bound,
    prepared: Option<Prepared>,
}

impl<'a> Scene<'a> {
    async fn set(op: &'a Op, http: &'a HttpRequest, id: &str) -> Result<Self, HttpResponse> {
        let request = PageRequest::new(op, http);
        let bound = match request.interaction(id).await {
            Ok(bound) => bound,
            Err(error) => return Err(request.refuse(ENDPOINT, &error).await),
        };
        let prepared = prepared(&request, &bound).await?;
        Ok(Self { request: request.asked_by(prepared.as_ref()), bound, prepared })
    }

    fn path(&self, start: &str, end: &str) -> String {
        self.request.op.path(&format!("{start}/{}{end}", self.bound.id))
    }

    fn ask(&self, username: &str, is_missing: bool) -> HttpResponse {
        let (action, sign_in_url) = (self.path("/login/mail", ""), self.path("/login", ""));
        let csrf = &self.bound.csrf;
        let view =
            Ask { page: self.request.page(), action: &action, csrf, username, is_missing, sign_in_url: &sign_in_url };
        respond(StatusCode::OK, &PagePolicy::interaction(), &view)
    }

    fn code(&self, is_wrong: bool) -> HttpResponse {
        let (action, again_url) = (self.path("/login/mail", "/code"), self.path("/login/mail", ""));
        let host = self.prepared.as_ref().map(|prepared| prepared.return_to.host()).unwrap_or_default();
        let view = Code {
            page: self.request.page(),
            action: &action,
            csrf: &self.bound.csrf,
            application: self.prepared.as_ref().map(|prepared| application(self.request.op, prepared, &host)),
            is_wrong,
            again_url: &again_url,
            sign_in_url: &self.path("/login", ""),
        };
        respond(StatusCode::OK, &policy(view.application.as_ref()), &view)
    }
}

async fn ask(op: Data<Op>, http: HttpRequest, id: Path<String>) -> HttpResponse {
    match Scene::set(&op, &http, &id).await {
        Ok(scene) => scene.ask("", false),
        Err(answer) => answer,
    }
}

async fn asked(op: Data<Op>, http: HttpRequest, id: Path<String>, visit: Visit, payload: Payload) -> HttpResponse {
    let scene = match Scene::set(&op, &http, &id).await {
        Ok(scene) => scene,
        Err(answer) => return answer,
    };
    match take_request(&scene, visit, payload).await {
        Ok(answer) => answer,
        Err(error) => scene.request.refuse(ENDPOINT, &error).await,
    }
}

/// The same answer for every name: whether there is such an account is looked at later.
async fn take_request(scene: &Scene<'_>, visit: Visit, payload: Payload) -> Result<HttpResponse, OAuthError> {
    let op = scene.request.op;
    let form = scene.request.form(&scene.bound, payload).await?;
    let typed = form.find("username").unwrap_or_default().trim();
    if typed.is_empty() || typed.len() > LONGEST_NAME {
        return Ok(scene.ask(typed, !typed.is_empty()));
    }
    op.admit_letter_from(visit.client.address()).await.map_err(too_many)?;
    // A message takes its time: the page must be there when it has come.
    op.interactions.remember(&scene.bound).await?;
    let (typed, interaction) = (typed.to_owned(), scene.bound.id.clone());
    request::ask(op, &Request { typed, interaction, language: scene.request.texts.lang() }).await?;
    Ok(see_other(&scene.path("/login/mail", "/code"), []))
}

async fn by_code(op: Data<Op>, http: HttpRequest, id: Path<String>) -> HttpResponse {
    match Scene::set(&op, &http, &id).await {
        Ok(scene) => scene.code(false),
        Err(answer) => answer,
    }
}

async fn typed(op: Data<Op>, http: HttpRequest, id: Path<String>, visit: Visit, payload: Payload) -> HttpResponse {
    let scene = match Scene::set(&op, &http, &id).await {
        Ok(scene) => scene,
        Err(answer) => return answer,
    };
    match try_code(&scene, visit, payload).await {
        Ok(answer) => answer,
        Err(error) => scene.request.refuse(ENDPOINT, &error).await,
    }
}

/// One text for a wrong code and for one that is good no more: which it is would tell whether there is an account.
async fn try_code(scene: &Scene<'_>, visit: Visit, payload: Payload) -> Result<HttpResponse, OAuthError> {
    let (request, bound) = (&scene.request, &scene.bound);
    let form = request.form(bound, payload).await?;
    let code = form.find("code").unwrap_or_default();
    let Tried::Right(one) = request.op.try_code(Purpose::SignIn, &bound.id, code).await? else {
        return Ok(scene.code(true));
    };
    match request::spend(request.op, one).await? {
        Some(user) => Entry { request, bound, visit }.first_factor(user, AuthenticationMethod::EmailCode).await,
        None => Ok(scene.code(true)),
    }
}

async fn by_link(op: Data<Op>, http: HttpRequest, link: Path<String>) -> HttpResponse {
    let request = PageRequest::new(&op, &http);
    match op.find_link(Purpose::SignIn, &link).await {
        Ok(Some(one)) => match bound(&request, one.binding.as_deref()).await {
            Some(bound) => {
                let action = op.path(&format!("/login/mail/link/{}", *link));
                show_link(&request, Standing::Here { action: &action, csrf: &bound.csrf })
            }
            None => show_link(&request, Standing::Elsewhere),
        },
        Ok(None) => show_link(&request, Standing::Over),
        Err(unavailable) => request.refuse(ENDPOINT, &unavailable.into()).await,
    }
}

/// The interaction that asked, where this is its browser.
async fn bound(request: &PageRequest<'_>, interaction: Option<&str>) -> Option<Bound> {
    request.interaction(interaction?).await.ok()
}

fn show_link(request: &PageRequest<'_>, standing: Standing<'_>) -> HttpResponse {
    let status = if matches!(standing, Standing::Over) { StatusCode::GONE } else { StatusCode::OK };
    let view = ByLink { page: request.page(), standing, sign_in_url: &request.op.path("/login") };
    respond(status, &PagePolicy::interaction(), &view)
}

async fn clicked(op: Data<Op>, http: HttpRequest, link: Path<String>, visit: Visit, payload: Payload) -> HttpResponse {
    let request = PageRequest::new(&op, &http);
    match enter(&request, &link, visit, payload).await {
        Ok(answer) => answer,
        Err(error) => request.refuse(ENDPOINT, &error).await,
    }
}

async fn enter(
    request: &PageRequest<'_>,
    link: &str,
    visit: Visit,
    payload: Payload,
) -> Result<HttpResponse, OAuthError> {
    let op = request.op;
    let Some(one) = op.find_link(Purpose::SignIn, link).await? else {
        return Ok(show_link(request, Standing::Over));
    };
    let Some(bound) = bound(request, one.binding.as_deref()).await else {
        return Ok(show_link(request, Standing::Elsewhere));
    };
    request.form(&bound, payload).await?;
    match request::spend(op, one).await? {
        Some(user) => Entry { request, bound: &bound, visit }.first_factor(user, AuthenticationMethod::EmailCode).await,
        None => Ok(show_link(request, Standing::Over)),
    }
}
