//! `/recovery/{interaction}` asks for the account, `…/code` takes the code and a new password, `/recovery/link/{link}`
//! a new password alone.

use super::ENDPOINT;
use super::request::{self, Request};
use super::reset::{self, Outcome, Proof};
use super::view::{Ask, End, NewPassword, Problem};
use crate::model::one_time;
use crate::op::Op;
use crate::op::authorize::endpoint::prepared;
use crate::op::authorize::interaction::{BEFORE_SIGN_IN, Bound, Purpose};
use crate::op::page::{PageRequest, other_methods, see_other};
use crate::op::proofs::{sign_in_url, too_many};
use crate::platform::http::edge::Visit;
use crate::platform::http::page::{PagePolicy, respond};
use crate::platform::http::{form, origin};
use crate::platform::secret::Secret;
use crate::protocol::error::{ErrorCode, OAuthError};
use actix_web::http::{StatusCode, header};
use actix_web::web::{self, Data, Path, Payload, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};

/// What is typed as a name may be so long.
const LONGEST_NAME: usize = 320;

/// Mounts the pages.
pub fn routes(config: &mut ServiceConfig) {
    config.service(web::resource("/recovery").route(web::get().to(begin)).default_service(other_methods("GET")));
    let link =
        web::resource("/recovery/link/{link}").route(web::get().to(by_link)).route(web::post().to(reset_by_link));
    config.service(link.default_service(other_methods("GET, POST")));
    let ask = web::resource("/recovery/{interaction}").route(web::get().to(ask)).route(web::post().to(asked));
    config.service(ask.default_service(other_methods("GET, POST")));
    let code = web::resource("/recovery/{interaction}/code")
        .route(web::get().to(by_code))
        .route(web::post().to(reset_by_code));
    config.service(code.default_service(other_methods("GET, POST")));
}

async fn begin(op: Data<Op>, http: HttpRequest) -> HttpResponse {
    let request = PageRequest::new(&op, &http);
    match request.begin(Purpose::Home, BEFORE_SIGN_IN).await {
        Ok(begun) => {
            let cookies = request.interaction_cookies(&begun);
            see_other(&op.path(&format!("/recovery/{}", begun.id)), cookies)
        }
        Err(error) => request.refuse(ENDPOINT, &error).await,
    }
}

/// The sign-in that the person comes from.
struct Scene<'a> {
    request: PageRequest<'a>,
    bound: Bound,
}

impl<'a> Scene<'a> {
    async fn set(op: &'a Op, http: &'a HttpRequest, id: &str) -> Result<Self, HttpResponse> {
        let request = PageRequest::new(op, http);
        let bound = match request.interaction(id).await {
            Ok(bound) => bound,
            Err(error) => return Err(request.refuse(ENDPOINT, &error).await),
        };
        let prepared = prepared(&request, &bound).await?;
        Ok(Self { request: request.asked_by(prepared.as_ref()), bound })
    }

    fn path(&self, start: &str, end: &str) -> String {
        self.request.op.path(&format!("{start}/{}{end}", self.bound.id))
    }

    fn ask(&self, username: &str, is_missing: bool) -> HttpResponse {
        let (action, sign_in_url) = (self.path("/recovery", ""), self.path("/login", ""));
        let csrf = &self.bound.csrf;
        let view =
            Ask { page: self.request.page(), action: &action, csrf, username, is_missing, sign_in_url: &sign_in_url };
        respond(StatusCode::OK, &PagePolicy::interaction(), &view)
    }

    fn code(&self, code: &str, problem: Option<Problem>) -> HttpResponse {
        let (action, again_url) = (self.path("/recovery", "/code"), self.path("/recovery", ""));
        show(&NewPassword {
            page: self.request.page(),
            action: &action,
            csrf: &self.bound.csrf,
            by_code: true,
            code,
            minimum: self.request.op.config.password.minimum_length,
            problem,
            again_url: &again_url,
        })
    }
}

fn show(view: &NewPassword<'_>) -> HttpResponse {
    if view.problem != Some(Problem::Busy) {
        return respond(StatusCode::OK, &PagePolicy::interaction(), view);
    }
    let mut answer = respond(StatusCode::SERVICE_UNAVAILABLE, &PagePolicy::interaction(), view);
    answer.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from_static("2"));
    answer
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
        return Ok(scene.ask(typed, true));
    }
    op.admit_letter_from(visit.client.address()).await.map_err(too_many)?;
    // A message takes its time: the page must be there when it has come.
    op.interactions.remember(&scene.bound).await?;
    let (typed, interaction) = (typed.to_owned(), scene.bound.id.clone());
    request::ask(op, &Request { typed, interaction, language: scene.request.texts.lang() }).await?;
    Ok(see_other(&scene.path("/recovery", "/code"), []))
}

async fn by_code(op: Data<Op>, http: HttpRequest, id: Path<String>) -> HttpResponse {
    match Scene::set(&op, &http, &id).await {
        Ok(scene) => scene.code("", None),
        Err(answer) => answer,
    }
}

async fn reset_by_code(op: Data<Op>, http: HttpRequest, id: Path<String>, payload: Payload) -> HttpResponse {
    let scene = match Scene::set(&op, &http, &id).await {
        Ok(scene) => scene,
        Err(answer) => return answer,
    };
    match try_code(&scene, payload).await {
        Ok(answer) => answer,
        Err(error) => scene.request.refuse(ENDPOINT, &error).await,
    }
}

async fn try_code(scene: &Scene<'_>, payload: Payload) -> Result<HttpResponse, OAuthError> {
    let form = scene.request.form(&scene.bound, payload).await?;
    let typed = form.find("code").unwrap_or_default();
    if one_time::digits(typed).is_empty() {
        return Ok(scene.code("", Some(Problem::WrongCode)));
    }
    let password = Secret::new(form.find("password").unwrap_or_default().to_owned());
    let proof = Proof::Code { interaction: &scene.bound.id, typed };
    Ok(match reset::reset(scene.request.op, proof, &password).await? {
        Outcome::Done => end(&scene.request, true, &scene.path("/login", "")),
        Outcome::WrongCode => scene.code("", Some(Problem::WrongCode)),
        Outcome::Weak(weakness) => scene.code(typed, Some(Problem::Weak(weakness))),
        Outcome::Busy => scene.code(typed, Some(Problem::Busy)),
        Outcome::Over => end(&scene.request, false, &scene.path("/recovery", "")),
    })
}

async fn by_link(op: Data<Op>, http: HttpRequest, link: Path<String>) -> HttpResponse {
    let request = PageRequest::new(&op, &http);
    match reset::find_link(&op, &link).await {
        Ok(Some(_)) => ask_password(&request, &link, None),
        Ok(None) => end(&request, false, &op.path("/recovery")),
        Err(unavailable) => request.refuse(ENDPOINT, &unavailable.into()).await,
    }
}

fn ask_password(request: &PageRequest<'_>, link: &str, problem: Option<Problem>) -> HttpResponse {
    let (action, again_url) = (request.op.path(&format!("/recovery/link/{link}")), request.op.path("/recovery"));
    show(&NewPassword {
        page: request.page(),
        action: &action,
        csrf: "",
        by_code: false,
        code: "",
        minimum: request.op.config.password.minimum_length,
        problem,
        again_url: &again_url,
    })
}

async fn reset_by_link(op: Data<Op>, http: HttpRequest, link: Path<String>, payload: Payload) -> HttpResponse {
    let request = PageRequest::new(&op, &http);
    match try_link(&request, &link, payload).await {
        Ok(answer) => answer,
        Err(error) => request.refuse(ENDPOINT, &error).await,
    }
}

/// The link's secret stands in for a CSRF token: nobody else can name the page.
async fn try_link(request: &PageRequest<'_>, link: &str, payload: Payload) -> Result<HttpResponse, OAuthError> {
    let op = request.op;
    if !origin::is_ours(request.http.headers(), op.config.issuer.origin()) {
        let error = ErrorCode::InvalidRequest.because("the form was sent from another site");
        return Err(error.status(403).clause("RFC 9700 §4.7"));
    }
    let form = form::read(request.http, payload).await?;
    let password = Secret::new(form.find("password").unwrap_or_default().to_owned());
    let interaction = reset::find_link(op, link).await?.and_then(|one| one.binding);
    Ok(match reset::reset(op, Proof::Link(link), &password).await? {
        Outcome::Done => end(request, true, &sign_in_url(request, interaction.as_deref()).await),
        Outcome::Weak(weakness) => ask_password(request, link, Some(Problem::Weak(weakness))),
        Outcome::Busy => ask_password(request, link, Some(Problem::Busy)),
        Outcome::WrongCode | Outcome::Over => end(request, false, &op.path("/recovery")),
    })
}

fn end(request: &PageRequest<'_>, is_done: bool, next_url: &str) -> HttpResponse {
    let status = if is_done { StatusCode::OK } else { StatusCode::GONE };
    respond(status, &PagePolicy::interaction(), &End { page: request.page(), is_done, next_url })
}
