//! `POST /login/passkey/{interaction}/options` and `POST /login/passkey/{interaction}`: what the script of the sign-in
//! pages asks for, and the form that it sends.

use super::check::{self, Outcome, Sent};
use super::view::{FAILED, Failure, SWITCH};
use crate::interaction::login::leaving::page::{self as leaving, Proven};
use crate::interaction::login::lost::page as lost;
use crate::interaction::login::reason::{Reason, reason};
use crate::model::credential::passkey::{Refusal, store};
use crate::model::user::User;
use crate::op::Op;
use crate::op::authorize::Asking;
use crate::op::authorize::endpoint::asking;
use crate::op::authorize::interaction::Bound;
use crate::op::page::{PageRequest, other_methods, see_other};
use crate::op::refusal::EndpointName;
use crate::op::sign_in::Entry;
use crate::platform::error::Unavailable;
use crate::platform::http::edge::Visit;
use crate::platform::http::query;
use crate::platform::paths::{Below as _, INTERACTION, Screen};
use crate::protocol::error::{ErrorCode, OAuthError};
use actix_web::http::header;
use actix_web::web::{self, Data, Path, Payload, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};

const ENDPOINT: EndpointName = EndpointName::Login;

pub fn routes(config: &mut ServiceConfig) {
    let options = web::resource(Screen::PasskeyOptions.at(INTERACTION).to_string()).route(web::post().to(ask));
    config.service(options.default_service(other_methods("POST")));
    let answer = web::resource(Screen::Passkey.at(INTERACTION).to_string()).route(web::post().to(submit));
    config.service(answer.default_service(other_methods("POST")));
    let lost = web::resource(Screen::LostPasskey.at(INTERACTION).to_string())
        .route(web::get().to(lost::show))
        .route(web::post().to(lost::submit));
    config.service(lost.default_service(other_methods("GET, POST")));
}

/// Who stands at the page.
struct Scene<'a> {
    request: PageRequest<'a>,
    bound: Bound,
    asking: Option<Asking>,
    /// The person who must add a factor, after the first one.
    meant: Option<(User, Reason)>,
}

impl<'a> Scene<'a> {
    async fn set(op: &'a Op, http: &'a HttpRequest, id: &str) -> Result<Self, HttpResponse> {
        let request = PageRequest::new(op, http);
        let bound = match request.interaction(id).await {
            Ok(bound) => bound,
            Err(error) => return Err(request.refuse(ENDPOINT, &error).await),
        };
        let asking = asking(&request, &bound).await?;
        match reason(&request, &bound, asking.as_ref()).await {
            Ok(meant) => Ok(Self { request, bound, asking, meant }),
            Err(unavailable) => Err(request.refuse(ENDPOINT, &unavailable.into()).await),
        }
    }

    /// The person whose keys are requested: one who has proved a factor or is signed in. Keys are listed to nobody else (AUT-10).
    async fn person_id(&self) -> Result<Option<String>, Unavailable> {
        if let Some((user, _)) = &self.meant {
            return Ok(Some(user.id.clone()));
        }
        if query::is_set(self.request.http, SWITCH) {
            return Ok(None);
        }
        let browser = self.request.browser().await?;
        let signed_in = self.request.op.signed_in(browser.as_ref(), self.asking.as_ref().map(Asking::asked_by)).await?;
        Ok(signed_in.map(|signed_in| signed_in.user.id))
    }
}

async fn ask(op: Data<Op>, http: HttpRequest, id: Path<String>, payload: Payload) -> HttpResponse {
    let scene = match Scene::set(&op, &http, &id).await {
        Ok(scene) => scene,
        Err(answer) => return answer,
    };
    match options(&scene, payload).await {
        Ok(answer) => answer,
        Err(error) => scene.request.refuse(ENDPOINT, &error).await,
    }
}

async fn options(scene: &Scene<'_>, payload: Payload) -> Result<HttpResponse, OAuthError> {
    let (op, bound) = (scene.request.op, &scene.bound);
    scene.request.form(bound, payload).await?;
    let Some(passkeys) = &op.passkeys else {
        return Err(ErrorCode::InvalidRequest.because("passkeys are not available here"));
    };
    let held = match scene.person_id().await? {
        Some(person) => op.db.read(move |connection| store::list(connection, &person)).await?,
        None => Vec::new(),
    };
    let options = passkeys.ask(&bound.id, &held).await?;
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(options))
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
    let (request, bound) = (&scene.request, &scene.bound);
    let form = request.form(bound, payload).await?;
    let sent = Sent {
        interaction: &bound.id,
        credential: form.find("credential").unwrap_or_default(),
        sender: request.sender(&visit),
        person_id: scene.meant.as_ref().map(|(user, _)| user.id.as_str()),
    };
    let (user, factor) = match check::check(request.op, &sent).await? {
        Outcome::Proven(user, factor) => (*user, factor),
        Outcome::Refused(refusal) => return Ok(again(scene, failure(refusal))),
        Outcome::Wait => return Ok(again(scene, Failure::Wait)),
    };
    if !user.is_active() {
        return leaving::offer(request, bound, &user, Proven::Passkey).await;
    }
    let entry = Entry { request, bound, visit };
    let remember = form.find("remember") == Some("1");
    match &scene.meant {
        None => entry.first_factor(user, factor).await,
        Some((_, Reason::SignIn(first))) => entry.second_factor(user, first, factor, remember).await,
        Some((_, Reason::StepUp { before, .. })) => entry.step_up(user, before, factor, remember).await,
    }
}

/// What the page is told. That a counter went back is for the person and the operator to know, not for
/// whoever tried.
const fn failure(refusal: Refusal) -> Failure {
    match refusal {
        Refusal::Expired => Failure::Expired,
        Refusal::Unverified => Failure::Unverified,
        Refusal::Copied | Refusal::Known | Refusal::Invalid => Failure::Failed,
    }
}

/// The page that was left, which says what went wrong.
fn again(scene: &Scene<'_>, failure: Failure) -> HttpResponse {
    let page = if scene.meant.is_some() { Screen::SecondFactor } else { Screen::SignIn };
    see_other(&scene.request.op.path(page.at(&scene.bound.id).with(FAILED, failure.as_str())), [])
}
