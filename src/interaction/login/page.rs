//! `GET` and `POST /login/{interaction}`; `GET /login` begins one for our own home page.

use super::accounts::page as accounts;
use super::code::page as code;
use super::leaving::page::{self as leaving, Proven};
use super::passkey::view::{Asked, Offer, SWITCH};
use super::sign_in::{self, Outcome, Typed};
use super::view::{OtherWays, Problem, SignIn};
use crate::model::user::User;
use crate::op::Op;
use crate::op::authorize::Asking;
use crate::op::authorize::endpoint::{asking, deny};
use crate::op::authorize::interaction::{BEFORE_SIGN_IN, Bound, Purpose};
use crate::op::page::{PageRequest, application, identifier, other_methods, person, see_other};
use crate::op::refusal::EndpointName;
use crate::op::sign_in::Entry;
use crate::pages::page::{PagePolicy, respond};
use crate::platform::device::Sender;
use crate::platform::http::edge::Visit;
use crate::platform::http::query;
use crate::platform::paths::{Below as _, INTERACTION, Location, Screen};
use crate::platform::secret::Secret;
use crate::protocol::error::OAuthError;
use crate::protocol::params::Params;
use actix_web::http::{StatusCode, header};
use actix_web::web::{self, Data, Path, Payload, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};

const ENDPOINT: EndpointName = EndpointName::Login;

pub fn routes(config: &mut ServiceConfig) {
    config.service(
        web::resource(Location::SignIn.to_string()).route(web::get().to(begin)).default_service(other_methods("GET")),
    );
    let accounts = web::resource(Screen::Accounts.at(INTERACTION).to_string())
        .route(web::get().to(accounts::show))
        .route(web::post().to(accounts::submit));
    config.service(accounts.default_service(other_methods("GET, POST")));
    let leaving = web::resource(Screen::Leaving.at(INTERACTION).to_string()).route(web::post().to(leaving::keep));
    config.service(leaving.default_service(other_methods("POST")));
    let code = web::resource(Screen::SecondFactor.at(INTERACTION).to_string())
        .route(web::get().to(code::show))
        .route(web::post().to(code::submit));
    config.service(code.default_service(other_methods("GET, POST")));
    let page = web::resource(Screen::SignIn.at(INTERACTION).to_string())
        .route(web::get().to(show))
        .route(web::post().to(submit));
    config.service(page.default_service(other_methods("GET, POST")));
}

async fn begin(op: Data<Op>, http: HttpRequest) -> HttpResponse {
    let request = PageRequest::new(&op, &http);
    match request.begin(Purpose::Home, BEFORE_SIGN_IN).await {
        Ok(begun) => {
            let cookies = request.interaction_cookies(&begun);
            see_other(&op.path(Screen::SignIn.at(&begun.id)), cookies)
        }
        Err(error) => request.refuse(ENDPOINT, &error).await,
    }
}

/// Everything that the page shows.
struct Scene<'a> {
    request: PageRequest<'a>,
    bound: Bound,
    asking: Option<Asking>,
    person: Option<User>,
}

impl<'a> Scene<'a> {
    async fn set(op: &'a Op, http: &'a HttpRequest, id: &str) -> Result<Self, HttpResponse> {
        let request = PageRequest::new(op, http);
        let bound = match request.interaction(id).await {
            Ok(bound) => bound,
            Err(error) => return Err(request.refuse(ENDPOINT, &error).await),
        };
        let asking = asking(&request, &bound).await?;
        let request = request.asked_by(asking.as_ref());
        let person = match known_person(&request, &bound, asking.as_ref()).await {
            Ok(person) => person,
            Err(error) => return Err(request.refuse(ENDPOINT, &error).await),
        };
        let request = match &person {
            Some(person) => request.for_person(person),
            None => request,
        };
        Ok(Self { request, bound, asking, person })
    }

    fn render(&self, username: &str, problem: Option<Problem>) -> HttpResponse {
        let here = Screen::SignIn.at(&self.bound.id);
        let (path, switch_url) = (self.request.op.path(here), self.request.op.path(here.with(SWITCH, 1)));
        let op = self.request.op;
        let ways = OtherWays::of(
            (|feature| op.has_feature(feature), op.takes_sign_ups()),
            self.person.is_some(),
            |screen| op.path(screen.at(&self.bound.id)),
            |action| Offer::new(action, Asked::by(self.request.http), &self.request.texts),
        );
        // A person who typed another name signs in as somebody else, and must be able to correct it.
        let known = self.person.as_ref().filter(|user| identifier(user) == username);
        let view = SignIn {
            page: self.request.page(),
            action: &path,
            csrf: &self.bound.csrf,
            application: self.asking.as_ref().map(|asking| application(self.request.op, asking)),
            username,
            person: known.map(|known| person(op, known)),
            switch_url: known.map(|_| switch_url.as_str()),
            problem,
            ways,
        };
        let (status, wait) = match problem {
            Some(Problem::Throttled { seconds }) => (StatusCode::TOO_MANY_REQUESTS, Some(seconds)),
            Some(Problem::Busy) => (StatusCode::SERVICE_UNAVAILABLE, Some(2)),
            Some(_) | None => (StatusCode::OK, None),
        };
        let mut answer = respond(status, &PagePolicy::interaction(), &view);
        if let Some(seconds) = wait {
            answer.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from(seconds));
        }
        answer
    }

    /// The initial user name: the known person's, or the hint's.
    fn suggested(&self) -> String {
        let known = self.person.as_ref().map(|user| identifier(user).to_owned());
        let hint = || self.asking.as_ref().and_then(|asking| asking.request.login_hint.clone());
        known.or_else(hint).unwrap_or_default()
    }
}

/// The signed-in person who must authenticate again, unless another account is wanted.
async fn known_person(
    request: &PageRequest<'_>,
    bound: &Bound,
    asking: Option<&Asking>,
) -> Result<Option<User>, OAuthError> {
    let switch = query::is_set(request.http, SWITCH);
    if switch || bound.interaction.purpose == Purpose::Home {
        return Ok(None);
    }
    let browser = request.browser().await?;
    let signed_in = request.op.signed_in(browser.as_ref(), asking.map(Asking::asked_by)).await?;
    let hint = asking.and_then(|asking| asking.request.hint_sub.as_ref());
    let is_meant = |sub: Option<&String>| hint.is_none() || hint == sub;
    Ok(signed_in.filter(|signed_in| is_meant(signed_in.sub.as_ref())).map(|signed_in| signed_in.user))
}

async fn show(op: Data<Op>, http: HttpRequest, id: Path<String>) -> HttpResponse {
    match Scene::set(&op, &http, &id).await {
        Ok(scene) => scene.render(&scene.suggested(), None),
        Err(answer) => answer,
    }
}

async fn submit(op: Data<Op>, http: HttpRequest, id: Path<String>, visit: Visit, payload: Payload) -> HttpResponse {
    let scene = match Scene::set(&op, &http, &id).await {
        Ok(scene) => scene,
        Err(answer) => return answer,
    };
    match attempt(&scene, visit, payload).await {
        Ok(answer) => answer,
        Err(error) => scene.request.refuse(ENDPOINT, &error).await,
    }
}

async fn attempt(scene: &Scene<'_>, visit: Visit, payload: Payload) -> Result<HttpResponse, OAuthError> {
    let form = scene.request.form(&scene.bound, payload).await?;
    if form.find("decision") == Some("cancel") {
        return Ok(deny(&scene.request, &scene.bound).await);
    }
    let typed = match typed(&form, scene.request.sender(&visit)) {
        Ok(typed) => typed,
        Err((username, problem)) => return Ok(scene.render(&username, Some(problem))),
    };
    match sign_in::check(scene.request.op, &typed).await? {
        Outcome::Proven(user, _) if !user.is_active() => {
            leaving::offer(&scene.request, &scene.bound, &user, Proven::Password).await
        }
        Outcome::Proven(user, factor) => {
            let entry = Entry { request: &scene.request, bound: &scene.bound, visit };
            entry.first_factor(*user, factor).await
        }
        Outcome::Wrong => Ok(scene.render(&typed.username, Some(Problem::WrongCredentials))),
        Outcome::Wait(wait) => Ok(scene.render(&typed.username, Some(Problem::Throttled { seconds: wait.as_secs() }))),
        Outcome::Busy => Ok(scene.render(&typed.username, Some(Problem::Busy))),
    }
}

fn typed(form: &Params, sender: Sender) -> Result<Typed, (String, Problem)> {
    let username = form.find("username").unwrap_or_default().trim().to_owned();
    if username.is_empty() {
        return Err((username, Problem::UsernameMissing));
    }
    match form.find("password") {
        Some(password) => Ok(Typed { username, password: Secret::new(password.to_owned()), sender }),
        None => Err((username, Problem::PasswordMissing)),
    }
}
