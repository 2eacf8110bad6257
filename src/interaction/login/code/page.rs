//! `GET` and `POST /login/code/{interaction}`: the second factor. Without a first one that was proven here, or a
//! session that needs more, there is nothing to do on this page.

use super::view::{Problem, SecondFactor};
use crate::interaction::login::entry::page::{Entry, cancel};
use crate::interaction::login::second_factor::{self, Outcome, Typed};
use crate::model::session::{Authentication, AuthenticationMethod};
use crate::model::{credential, user, user::User};
use crate::op::Op;
use crate::op::authorize::endpoint::prepared;
use crate::op::authorize::interaction::{Bound, Purpose};
use crate::op::authorize::{FirstFactor, Prepared, Step};
use crate::op::page::{PageRequest, application, person, policy, see_other};
use crate::platform::error::Unavailable;
use crate::platform::http::edge::Visit;
use crate::platform::http::page::respond;
use crate::protocol::error::OAuthError;
use actix_web::http::{StatusCode, header};
use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse};

const ENDPOINT: &str = "login";

/// Why the second factor is asked for.
enum Reason {
    /// The first one was proven in this interaction.
    SignIn(FirstFactor),
    /// The session in use, with these proofs, is not enough for the request.
    StepUp(Vec<Authentication>),
}

struct Scene<'a> {
    request: PageRequest<'a>,
    bound: Bound,
    prepared: Option<Prepared>,
    user: User,
    reason: Reason,
}

impl<'a> Scene<'a> {
    async fn set(op: &'a Op, http: &'a HttpRequest, id: &str) -> Result<Self, HttpResponse> {
        let request = PageRequest::new(op, http);
        let bound = match request.interaction(id).await {
            Ok(bound) => bound,
            Err(error) => return Err(request.refuse(ENDPOINT, &error).await),
        };
        let prepared = prepared(&request, &bound).await?;
        let request = request.asked_by(prepared.as_ref());
        match reason(&request, &bound, prepared.as_ref()).await {
            Ok(Some((user, reason))) => Ok(Self { request, bound, prepared, user, reason }),
            Ok(None) => Err(see_other(&way_out(op, &bound), [])),
            Err(unavailable) => Err(request.refuse(ENDPOINT, &unavailable.into()).await),
        }
    }

    fn render(&self, is_recovery: bool, problem: Option<Problem>) -> HttpResponse {
        let path = self.request.op.path(&format!("/login/code/{}", self.bound.id));
        let recovery = format!("{path}?recovery=1");
        let host = self.prepared.as_ref().map(|prepared| prepared.return_to.host()).unwrap_or_default();
        let (action, other_url) = if is_recovery { (&recovery, &path) } else { (&path, &recovery) };
        let view = SecondFactor {
            page: self.request.page(),
            action,
            csrf: &self.bound.csrf,
            application: self.prepared.as_ref().map(|prepared| application(self.request.op, prepared, &host)),
            person: person(&self.user),
            is_recovery,
            other_url,
            problem,
        };
        let wait = match problem {
            Some(Problem::Throttled { seconds }) => Some(seconds),
            _ => None,
        };
        let status = if wait.is_some() { StatusCode::TOO_MANY_REQUESTS } else { StatusCode::OK };
        let mut answer = respond(status, &policy(view.application.as_ref()), &view);
        if let Some(seconds) = wait {
            answer.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from(seconds));
        }
        answer
    }

    fn is_recovery(&self) -> bool {
        self.request.http.query_string().contains("recovery=1")
    }
}

/// Who must prove what, if anybody: a proof of this interaction, or what the hub says of the session in use.
async fn reason(
    request: &PageRequest<'_>,
    bound: &Bound,
    prepared: Option<&Prepared>,
) -> Result<Option<(User, Reason)>, Unavailable> {
    let op = request.op;
    let progress = &bound.interaction.progress;
    if let Some(first) = progress.first_factor.as_ref().filter(|first| first.is_live(op.now())) {
        let user = still_proven(op, first).await?;
        return Ok(user.map(|user| (user, Reason::SignIn(first.clone()))));
    }
    let Some(prepared) = prepared else { return Ok(None) };
    let browser = request.browser().await?;
    let signed_in = op.signed_in(browser.as_ref(), Some(&prepared.client)).await?;
    let needs_more = op.next_step(prepared, signed_in.as_ref(), progress) == Step::SecondFactor;
    let signed_in = signed_in.filter(|_| needs_more);
    Ok(signed_in.map(|signed_in| (signed_in.user, Reason::StepUp(signed_in.session.authentications))))
}

/// The person of a first factor, unless something changed since then that makes it worthless.
async fn still_proven(op: &Op, first: &FirstFactor) -> Result<Option<User>, Unavailable> {
    let FirstFactor { person_id, epoch, proof } = first.clone();
    op.db
        .read(move |connection| {
            let by_password = proof.method == AuthenticationMethod::Password;
            if by_password && credential::store::was_set_after(connection, &person_id, proof.at)? {
                return Ok(None);
            }
            let found = user::store::find(connection, &person_id)?;
            Ok(found.filter(|user| user.is_active() && user.epoch == epoch))
        })
        .await
}

/// Where those go who have nothing to do here.
fn way_out(op: &Op, bound: &Bound) -> String {
    let page = if matches!(bound.interaction.purpose, Purpose::Authorize(_)) { "authorize" } else { "login" };
    op.path(&format!("/{page}/{}", bound.id))
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
        return Ok(cancel(request, bound, scene.prepared.as_ref()).await);
    }
    let code = form.find("code").unwrap_or_default().trim();
    if code.is_empty() {
        return Ok(scene.render(scene.is_recovery(), Some(Problem::Missing)));
    }
    let typed = Typed { code, address: visit.client.address(), device: request.known_device() };
    let method = match second_factor::check(request.op, &scene.user.id, typed).await? {
        Outcome::Proven(method) => method,
        Outcome::Wrong => return Ok(scene.render(scene.is_recovery(), Some(Problem::Wrong))),
        Outcome::Wait(wait) => {
            return Ok(scene.render(scene.is_recovery(), Some(Problem::Throttled { seconds: wait.as_secs() })));
        }
    };
    let entry = Entry { request, bound, visit };
    let (user, remember) = (scene.user.clone(), form.find("remember") == Some("1"));
    match &scene.reason {
        Reason::SignIn(first) => entry.second_factor(user, first, method, remember).await,
        Reason::StepUp(before) => entry.step_up(user, before, method, remember).await,
    }
}
