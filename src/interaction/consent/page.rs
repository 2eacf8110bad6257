//! `GET` and `POST /consent/{interaction}`.

use super::view::{AskedScope, Consent as ConsentView, offline_days};
use crate::model::consent::{self, Consent};
use crate::model::event::{self, Event, EventKind};
use crate::model::{session, user};
use crate::op::Op;
use crate::op::authorize::endpoint::{asking, deny};
use crate::op::authorize::interaction::Bound;
use crate::op::authorize::{Asking, SignedIn};
use crate::op::page::{PageRequest, application, other_methods, person, see_other};
use crate::op::refusal::EndpointName;
use crate::pages::page::{PagePolicy, respond};
use crate::platform::error::Unavailable;
use crate::platform::paths::{Below as _, INTERACTION, SWITCH, Screen};
use crate::protocol::claims;
use crate::protocol::error::{ErrorCode, OAuthError};
use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Path, Payload, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};

const ENDPOINT: EndpointName = EndpointName::Consent;

pub fn routes(config: &mut ServiceConfig) {
    let page = web::resource(Screen::Consent.at(INTERACTION).to_string())
        .route(web::get().to(show))
        .route(web::post().to(submit));
    config.service(page.default_service(other_methods("GET, POST")));
}

/// Everything that the page shows; or the answer to give instead.
struct Scene<'a> {
    request: PageRequest<'a>,
    bound: Bound,
    asking: Asking,
    signed_in: SignedIn,
}

impl<'a> Scene<'a> {
    async fn set(op: &'a Op, http: &'a HttpRequest, id: &str) -> Result<Self, HttpResponse> {
        let request = PageRequest::new(op, http);
        let bound = match request.interaction(id).await {
            Ok(bound) => bound,
            Err(error) => return Err(request.refuse(ENDPOINT, &error).await),
        };
        let Some(asking) = asking(&request, &bound).await? else { return Err(back_to_hub(op, &bound)) };
        let request = request.asked_by(Some(&asking));
        match signed_in(&request, &asking).await {
            Ok(Some(signed_in)) => {
                let request = request.for_person(&signed_in.user);
                Ok(Self { request, bound, asking, signed_in })
            }
            // Signed out meanwhile: the hub knows what comes next.
            Ok(None) => Err(back_to_hub(op, &bound)),
            Err(unavailable) => Err(request.refuse(ENDPOINT, &unavailable.into()).await),
        }
    }

    fn render(&self) -> HttpResponse {
        let (op, request) = (self.request.op, &self.asking.request);
        let path = op.path(Screen::Consent.at(&self.bound.id));
        let switch_url = op.path(Screen::SignIn.at(&self.bound.id).with(SWITCH, 1));
        let csrf = self.bound.csrf_of(&op.pepper, &self.signed_in.session.id);
        let before = self.signed_in.consent.as_ref();
        let scopes = request.scope.iter().filter(|name| *name != "offline_access").map(|name| AskedScope {
            name,
            description: op.scope_description(name),
            is_marked: op.is_sensitive(name),
            is_new: before.is_some_and(|consent| !consent.scope.contains(name)),
        });
        let opened = claims::opened(&request.scope, |name| op.scope_claims(name));
        let more = request.claims.personal().into_iter().filter(|claim| !opened.contains(claim));
        let more = more.map(|claim| op.claim_label(claim, &self.request.texts));
        let offline = request.scope.contains("offline_access");
        let view = ConsentView {
            page: self.request.page(),
            action: &path,
            csrf: &csrf,
            application: application(op, &self.asking),
            person: person(op, &self.signed_in.user),
            switch_url: Some(&switch_url),
            scopes: scopes.collect(),
            claims: more.collect(),
            offline_days: offline.then(|| offline_days(op.config.tokens.refresh_idle)),
        };
        respond(StatusCode::OK, &PagePolicy::interaction(), &view)
    }
}

async fn signed_in(request: &PageRequest<'_>, asking: &Asking) -> Result<Option<SignedIn>, Unavailable> {
    let browser = request.browser().await?;
    request.op.signed_in(browser.as_ref(), Some(asking.asked_by())).await
}

fn back_to_hub(op: &Op, bound: &Bound) -> HttpResponse {
    see_other(&op.path(Screen::Authorize.at(&bound.id)), [])
}

async fn show(op: Data<Op>, http: HttpRequest, id: Path<String>) -> HttpResponse {
    match Scene::set(&op, &http, &id).await {
        Ok(scene) => scene.render(),
        Err(answer) => answer,
    }
}

async fn submit(op: Data<Op>, http: HttpRequest, id: Path<String>, payload: Payload) -> HttpResponse {
    let scene = match Scene::set(&op, &http, &id).await {
        Ok(scene) => scene,
        Err(answer) => return answer,
    };
    match decided(&scene, payload).await {
        Ok(answer) => answer,
        Err(error) => scene.request.refuse(ENDPOINT, &error).await,
    }
}

async fn decided(scene: &Scene<'_>, payload: Payload) -> Result<HttpResponse, OAuthError> {
    let form = scene.request.form(&scene.bound, payload).await?;
    match form.find("decision") {
        Some("allow") => {
            let (op, session) = (scene.request.op, &scene.signed_in.session.id);
            // Where another tab signed in somebody else than the page named, the hub asks them too.
            if scene.bound.is_csrf_of(&op.pepper, session, form.find("csrf")) {
                allow(scene).await?;
            }
            Ok(back_to_hub(op, &scene.bound))
        }
        Some("deny") => Ok(deny(&scene.request, &scene.bound).await),
        _ => Err(ErrorCode::InvalidRequest.because("decision must be allow or deny")),
    }
}

/// Remembers the consent, and that it was given here; nothing where the session ended meanwhile. A step that was not due
/// changes nothing that the hub trusts: it decides from session and request again.
async fn allow(scene: &Scene<'_>) -> Result<(), OAuthError> {
    let op = scene.request.op;
    let (id, now) = (op.new_id(), op.now());
    let (person, client) = (scene.signed_in.user.id.clone(), scene.asking.client.id.clone());
    let in_use = scene.signed_in.session.id.clone();
    let request = &scene.asking.request;
    let allowed = Consent {
        scope: request.scope.clone(),
        resources: request.resources.clone(),
        claims: request.claims.personal(),
    };
    let detail = serde_json::json!({
        "scope": allowed.scope, "resources": allowed.resources, "claims": allowed.claims,
    });
    let allowed = op.db.write(move |tx| {
        user::store::hold(tx, &person)?;
        session::store::hold(tx, &in_use)?;
        if session::store::find_authorizing(tx, (&in_use, now), &person, &client)?.is_none() {
            return Ok(false);
        }
        consent::store::allow(tx, &id, &person, &client, &allowed, now)?;
        let event = Event::by_person(EventKind::ConsentAllowed, &person).client(&client).detail(detail);
        event::store::record(tx, &event, now)?;
        Ok(true)
    });
    if !allowed.await? {
        return Ok(());
    }
    let mut bound = scene.bound.clone();
    bound.interaction.progress.consented = Some(scene.signed_in.user.id.clone());
    op.interactions.remember(&bound).await
}
