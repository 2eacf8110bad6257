//! `GET` and `POST /login/lost/{interaction}`. People with a password sign in with it, and then enter a recovery code:
//! this page does not bypass the password.

use super::view::{Lost, Problem};
use crate::interaction::login::second_factor::{self, Outcome, Typed};
use crate::model::user::identifier::Identifier;
use crate::model::user::{self, User};
use crate::model::{credential, factor::recovery_code};
use crate::op::Op;
use crate::op::authorize::Asking;
use crate::op::authorize::endpoint::asking;
use crate::op::authorize::interaction::Bound;
use crate::op::page::{PageRequest, application};
use crate::op::refusal::EndpointName;
use crate::op::sign_in::Entry;
use crate::pages::page::{PagePolicy, respond};
use crate::platform::error::Unavailable;
use crate::platform::http::edge::Visit;
use crate::platform::paths::Screen;
use crate::protocol::error::OAuthError;
use actix_web::http::{StatusCode, header};
use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse};

const ENDPOINT: EndpointName = EndpointName::Login;

struct Scene<'a> {
    request: PageRequest<'a>,
    bound: Bound,
    asking: Option<Asking>,
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
        Ok(Self { request, bound, asking })
    }

    fn render(&self, username: &str, problem: Option<Problem>) -> HttpResponse {
        let op = self.request.op;
        let view = Lost {
            page: self.request.page(),
            action: &op.path(Screen::LostPasskey.at(&self.bound.id)),
            csrf: &self.bound.csrf,
            application: self.asking.as_ref().map(|asking| application(op, asking)),
            username,
            sign_in_url: &op.path(Screen::SignIn.at(&self.bound.id)),
            problem,
        };
        let wait = match problem {
            Some(Problem::Throttled { seconds }) => Some(seconds),
            _ => None,
        };
        let status = if wait.is_some() { StatusCode::TOO_MANY_REQUESTS } else { StatusCode::OK };
        let mut answer = respond(status, &PagePolicy::interaction(), &view);
        if let Some(seconds) = wait {
            answer.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from(seconds));
        }
        answer
    }
}

pub(in crate::interaction::login) async fn show(op: Data<Op>, http: HttpRequest, id: Path<String>) -> HttpResponse {
    match Scene::set(&op, &http, &id).await {
        Ok(scene) => scene.render("", None),
        Err(answer) => answer,
    }
}

pub(in crate::interaction::login) async fn submit(
    op: Data<Op>,
    http: HttpRequest,
    id: Path<String>,
    visit: Visit,
    payload: Payload,
) -> HttpResponse {
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
    let (request, bound) = (&scene.request, &scene.bound);
    let form = request.form(bound, payload).await?;
    let (username, code) = (form.find("username").unwrap_or_default().trim(), form.find("code").unwrap_or_default());
    let user = without_password(request.op, username).await?;
    // Failures for unknown people are counted under the typed name, and look the same.
    let account = user.as_ref().map_or_else(|| Identifier::counted(username), |user| user.id.clone());
    let is_one = recovery_code::hash(&request.op.pepper, &account, code).is_some();
    let typed = Typed { code: if is_one { code } else { "" }, sender: request.sender(&visit) };
    match (second_factor::check(request.op, &account, typed).await?, user) {
        (Outcome::Proven(factor), Some(user)) => {
            let entry = Entry { request, bound, visit };
            entry.first_factor(user, factor).await
        }
        (Outcome::Wait(wait), _) => Ok(scene.render(username, Some(Problem::Throttled { seconds: wait.as_secs() }))),
        (Outcome::Proven(_) | Outcome::Wrong, _) => Ok(scene.render(username, Some(Problem::Wrong))),
    }
}

/// The person with this name, if they have no password.
async fn without_password(op: &Op, username: &str) -> Result<Option<User>, Unavailable> {
    let candidates = Identifier::candidates(username);
    op.db
        .read(move |connection| {
            let found = user::store::find_by_identifiers(connection, &candidates)?.filter(User::is_active);
            let Some(user) = found else { return Ok(None) };
            let has_password = credential::store::find_password(connection, &user.id)?.is_some();
            Ok((!has_password).then_some(user))
        })
        .await
}
