//! `GET` and `POST /login/code/{interaction}`: the second factor. Without a first one that was proven here, or a
//! session that needs more, there is nothing to do on this page.

use super::view::{Problem, SecondFactor};
use crate::interaction::login::passkey::view::{Asked, Offer};
use crate::interaction::login::reason::{Reason, reason};
use crate::interaction::login::second_factor::{self, Outcome, Typed};
use crate::model::factor::{self, Means};
use crate::model::user::User;
use crate::op::Op;
use crate::op::authorize::Asking;
use crate::op::authorize::endpoint::{asking, deny};
use crate::op::authorize::interaction::{Bound, Purpose};
use crate::op::page::{PageRequest, application, person, see_other};
use crate::op::refusal::EndpointName;
use crate::op::sign_in::Entry;
use crate::pages::page::{PagePolicy, respond};
use crate::platform::config::FeatureName;
use crate::platform::error::Unavailable;
use crate::platform::http::edge::Visit;
use crate::platform::http::query;
use crate::platform::paths::{Below as _, Screen};
use crate::protocol::error::OAuthError;
use actix_web::http::{StatusCode, header};
use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse};

const ENDPOINT: EndpointName = EndpointName::Login;
/// Asks for a recovery code, where no device is at hand.
const RECOVERY: &str = "recovery";

struct Scene<'a> {
    request: PageRequest<'a>,
    bound: Bound,
    asking: Option<Asking>,
    user: User,
    reason: Reason,
    means: Means,
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
        let found = async {
            let Some((user, reason)) = reason(&request, &bound, asking.as_ref()).await? else { return Ok(None) };
            let id = user.id.clone();
            let means = op.db.read(move |connection| factor::store::means(connection, &id)).await?;
            Ok::<_, Unavailable>(Some((user, reason, means)))
        };
        match found.await {
            Ok(Some((user, reason, means))) => Ok(Self { request, bound, asking, user, reason, means }),
            Ok(None) => Err(see_other(&way_out(op, &bound), [])),
            Err(unavailable) => Err(request.refuse(ENDPOINT, &unavailable.into()).await),
        }
    }

    fn render(&self, is_recovery: bool, problem: Option<Problem>) -> HttpResponse {
        let here = Screen::SecondFactor.at(&self.bound.id);
        let (path, recovery) = (self.request.op.path(here), self.request.op.path(here.with(RECOVERY, 1)));
        let (action, other_url) = if is_recovery { (&recovery, &path) } else { (&path, &recovery) };
        let op = self.request.op;
        let by_code = !matches!(self.reason, Reason::StepUp { by_code: false, .. });
        let passkey = (self.means.passkey && !is_recovery && op.has_feature(FeatureName::Passkeys)).then(|| {
            let action = op.path(Screen::Passkey.at(&self.bound.id));
            Offer::new(action, Asked::by(self.request.http), &self.request.texts)
        });
        let sign_in = op.path(Screen::SignIn.at(&self.bound.id));
        let view = SecondFactor {
            page: self.request.page(),
            action,
            csrf: &self.bound.csrf,
            application: self.asking.as_ref().map(|asking| application(self.request.op, asking)),
            person: person(op, &self.user),
            is_recovery,
            asks_code: by_code && (is_recovery || self.means.authenticator),
            passkey,
            has_authenticator: self.means.authenticator,
            other_url: by_code.then_some(other_url),
            sign_in_url: (!by_code).then_some(sign_in.as_str()),
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

    fn is_recovery(&self) -> bool {
        query::is_set(self.request.http, RECOVERY)
    }
}

/// The redirect for people who need no second factor here.
fn way_out(op: &Op, bound: &Bound) -> String {
    let is_asked = matches!(bound.interaction.purpose, Purpose::Authorize(_));
    op.path(if is_asked { Screen::Authorize } else { Screen::SignIn }.at(&bound.id))
}

pub(in crate::interaction::login) async fn show(op: Data<Op>, http: HttpRequest, id: Path<String>) -> HttpResponse {
    match Scene::set(&op, &http, &id).await {
        Ok(scene) => scene.render(scene.is_recovery(), None),
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
    if form.find("decision") == Some("cancel") {
        return Ok(deny(request, bound).await);
    }
    let code = form.find("code").unwrap_or_default().trim();
    if code.is_empty() {
        return Ok(scene.render(scene.is_recovery(), Some(Problem::Missing)));
    }
    let typed = Typed { code, sender: request.sender(&visit) };
    let factor = match second_factor::check(request.op, &scene.user.id, typed).await? {
        Outcome::Proven(factor) => factor,
        Outcome::Wrong => return Ok(scene.render(scene.is_recovery(), Some(Problem::Wrong))),
        Outcome::Wait(wait) => {
            return Ok(scene.render(scene.is_recovery(), Some(Problem::Throttled { seconds: wait.as_secs() })));
        }
    };
    let entry = Entry { request, bound, visit };
    let (user, remember) = (scene.user.clone(), form.find("remember") == Some("1"));
    match &scene.reason {
        Reason::SignIn(first) => entry.second_factor(user, first, factor, remember).await,
        Reason::StepUp { before, .. } => entry.step_up(user, before, factor, remember).await,
    }
}
