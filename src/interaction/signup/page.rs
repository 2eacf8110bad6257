//! `/signup/{interaction}` asks for the address, `…/code` takes the code, a name and a password, `/signup/link/{link}`
//! name and password alone, for invitations too.

use super::ENDPOINT;
use super::join::{self, Choice, Outcome, Problem, Proof};
use super::request::{self, Request};
use super::view::{Account, Ask, End};
use crate::model::one_time;
use crate::model::user::identifier::Identifier;
use crate::op::Op;
use crate::op::authorize::endpoint::prepared;
use crate::op::authorize::interaction::{BEFORE_SIGN_IN, Bound, Purpose};
use crate::op::page::{PageRequest, other_methods, see_other};
use crate::op::profile_form::{self, FormField};
use crate::op::proofs::{sign_in_url, too_many};
use crate::platform::config::Field;
use crate::platform::http::edge::Visit;
use crate::platform::http::page::{PagePolicy, respond};
use crate::platform::http::{form, origin};
use crate::platform::mail::is_address;
use crate::platform::secret::Secret;
use crate::protocol::error::{ErrorCode, OAuthError};
use crate::protocol::params::Params;
use crate::protocol::provider_metadata::ProviderMetadata;
use actix_web::http::{StatusCode, header};
use actix_web::web::{self, Data, Path, Payload, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};

/// Mounts the pages.
pub fn routes(config: &mut ServiceConfig) {
    config.service(web::resource("/signup").route(web::get().to(begin)).default_service(other_methods("GET")));
    let link = web::resource("/signup/link/{link}").route(web::get().to(by_link)).route(web::post().to(join_by_link));
    config.service(link.default_service(other_methods("GET, POST")));
    let ask = web::resource("/signup/{interaction}").route(web::get().to(ask)).route(web::post().to(asked));
    config.service(ask.default_service(other_methods("GET, POST")));
    let code =
        web::resource("/signup/{interaction}/code").route(web::get().to(by_code)).route(web::post().to(join_by_code));
    config.service(code.default_service(other_methods("GET, POST")));
}

/// What the feature adds to the metadata document (Initiating User Registration §4.1).
pub fn metadata(op: &Op, metadata: &mut ProviderMetadata) {
    if op.takes_sign_ups() {
        metadata.add("prompt_values_supported", ["create"]);
    }
}

async fn begin(op: Data<Op>, http: HttpRequest) -> HttpResponse {
    let request = PageRequest::new(&op, &http);
    match request.begin(Purpose::Home, BEFORE_SIGN_IN).await {
        Ok(begun) => {
            let cookies = request.interaction_cookies(&begun);
            see_other(&op.path(&format!("/signup/{}", begun.id)), cookies)
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
    /// # Errors
    /// The answer to give instead; for everybody, where only invited people may come.
    async fn set(op: &'a Op, http: &'a HttpRequest, id: &str) -> Result<Self, HttpResponse> {
        let request = PageRequest::new(op, http);
        if !op.takes_sign_ups() {
            let error = ErrorCode::InvalidRequest.because("people cannot sign up here by themselves").status(404);
            return Err(request.refuse(ENDPOINT, &error).await);
        }
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

    fn ask(&self, email: &str, is_wrong: bool) -> HttpResponse {
        let (action, sign_in_url) = (self.path("/signup", ""), self.path("/login", ""));
        let csrf = &self.bound.csrf;
        let view = Ask { page: self.request.page(), action: &action, csrf, email, is_wrong, sign_in_url: &sign_in_url };
        respond(StatusCode::OK, &PagePolicy::interaction(), &view)
    }

    fn code(&self, typed: &Params, problem: Option<Problem>) -> HttpResponse {
        let (action, again_url) = (self.path("/signup", "/code"), self.path("/signup", ""));
        let view = account(&self.request, typed, (&action, &again_url), None, problem);
        show(&Account { csrf: &self.bound.csrf, ..view })
    }
}

fn account<'a>(
    request: &'a PageRequest<'_>,
    typed: &'a Params,
    (action, again_url): (&'a str, &'a str),
    address: Option<&'a str>,
    problem: Option<Problem>,
) -> Account<'a> {
    let find = |name: &str| typed.find(name).unwrap_or_default();
    let minimum = request.op.config.password.minimum_length;
    let (code, name, username) = (find("code"), find("name"), find("username"));
    let wrong = match &problem {
        Some(Problem::Profile(wrong)) => wrong.as_slice(),
        _ => &[],
    };
    let field = |field: &'a Field| FormField {
        value: find(&field.name).to_owned(),
        theirs: None,
        wrong: wrong.iter().find(|(claim, _)| *claim == field.claim).map(|(_, wrong)| *wrong),
        field,
    };
    let fields = request.op.config.profile.at_sign_up().map(field).collect();
    let page = request.page();
    Account { page, action, csrf: "", address, code, name, username, fields, minimum, problem, again_url }
}

fn show(view: &Account<'_>) -> HttpResponse {
    if !matches!(view.problem, Some(Problem::Busy)) {
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

/// The same answer for every address: whether it has an account is looked at later.
async fn take_request(scene: &Scene<'_>, visit: Visit, payload: Payload) -> Result<HttpResponse, OAuthError> {
    let op = scene.request.op;
    let form = scene.request.form(&scene.bound, payload).await?;
    let typed = form.find("email").unwrap_or_default().trim();
    if !Identifier::email(typed).is_ok_and(|found| is_address(&found.value)) {
        return Ok(scene.ask(typed, true));
    }
    op.admit_letter_from(visit.client.address()).await.map_err(too_many)?;
    // A message takes its time: the page must be there when it has come.
    op.interactions.remember(&scene.bound).await?;
    let (address, interaction) = (typed.to_owned(), scene.bound.id.clone());
    request::ask(op, &Request { address, interaction, language: scene.request.texts.lang() }).await?;
    Ok(see_other(&scene.path("/signup", "/code"), []))
}

async fn by_code(op: Data<Op>, http: HttpRequest, id: Path<String>) -> HttpResponse {
    match Scene::set(&op, &http, &id).await {
        Ok(scene) => scene.code(&Params::default(), None),
        Err(answer) => answer,
    }
}

async fn join_by_code(op: Data<Op>, http: HttpRequest, id: Path<String>, payload: Payload) -> HttpResponse {
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
        return Ok(scene.code(&form, Some(Problem::WrongCode)));
    }
    let proof = Proof::Code { interaction: &scene.bound.id, typed };
    Ok(match join::join(scene.request.op, proof, &choice(scene.request.op, &form)).await? {
        Outcome::Done => end(&scene.request, true, &scene.path("/login", "")),
        Outcome::Again(problem) => scene.code(&form, Some(problem)),
        Outcome::Over => end(&scene.request, false, &scene.path("/signup", "")),
    })
}

fn choice(op: &Op, form: &Params) -> Choice {
    let find = |name: &str| form.find(name).unwrap_or_default();
    Choice {
        name: find("name").trim().to_owned(),
        username: find("username").trim().to_owned(),
        password: Secret::new(find("password").to_owned()),
        profile: profile_form::sent(op.config.profile.at_sign_up(), form),
    }
}

async fn by_link(op: Data<Op>, http: HttpRequest, link: Path<String>) -> HttpResponse {
    let request = PageRequest::new(&op, &http);
    match join::find_link(&op, &link).await {
        Ok(Some((_, remembered))) => ask_account(&request, &link, &Params::default(), &remembered.address, None),
        Ok(None) => end(&request, false, &again_url(&op)),
        Err(unavailable) => request.refuse(ENDPOINT, &unavailable.into()).await,
    }
}

/// Where to begin anew: the home page, where nobody can come uninvited.
fn again_url(op: &Op) -> String {
    op.path(if op.takes_sign_ups() { "/signup" } else { "/" })
}

fn ask_account(
    request: &PageRequest<'_>,
    link: &str,
    typed: &Params,
    address: &str,
    problem: Option<Problem>,
) -> HttpResponse {
    let (action, again_url) = (request.op.path(&format!("/signup/link/{link}")), again_url(request.op));
    show(&account(request, typed, (&action, &again_url), Some(address), problem))
}

async fn join_by_link(op: Data<Op>, http: HttpRequest, link: Path<String>, payload: Payload) -> HttpResponse {
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
    let Some((one, remembered)) = join::find_link(op, link).await? else {
        return Ok(end(request, false, &again_url(op)));
    };
    Ok(match join::join(op, Proof::Link(link), &choice(op, &form)).await? {
        Outcome::Done => end(request, true, &sign_in_url(request, one.binding.as_deref()).await),
        Outcome::Again(problem) => ask_account(request, link, &form, &remembered.address, Some(problem)),
        Outcome::Over => end(request, false, &again_url(op)),
    })
}

fn end(request: &PageRequest<'_>, is_done: bool, next_url: &str) -> HttpResponse {
    let status = if is_done { StatusCode::OK } else { StatusCode::GONE };
    respond(status, &PagePolicy::interaction(), &End { page: request.page(), is_done, next_url })
}
