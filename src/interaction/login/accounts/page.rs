//! `GET` and `POST /login/accounts/{interaction}`: the account chooser (OpenID Connect Core §3.1.2.1,
//! `prompt=select_account`).

use super::super::view::{Account, Accounts};
use crate::model::session::{self, Browser, BrowserSession};
use crate::model::user::User;
use crate::op::Op;
use crate::op::authorize::Asking;
use crate::op::authorize::endpoint::asking;
use crate::op::authorize::interaction::Bound;
use crate::op::page::{PageRequest, application, person, see_other};
use crate::op::refusal::EndpointName;
use crate::pages::page::{PagePolicy, respond};
use crate::platform::error::Unavailable;
use crate::platform::http::cookies::SESSION;
use crate::platform::paths::{Below as _, SWITCH, Screen};
use crate::protocol::error::{ErrorCode, OAuthError};
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse};

const ENDPOINT: EndpointName = EndpointName::Login;

/// A session that may be chosen.
struct Choice {
    /// Names the session on this page alone.
    handle: String,
    session: BrowserSession,
    user: User,
}

struct Scene<'a> {
    request: PageRequest<'a>,
    bound: Bound,
    asking: Asking,
    browser: Browser,
    choices: Vec<Choice>,
}

impl<'a> Scene<'a> {
    async fn set(op: &'a Op, http: &'a HttpRequest, id: &str) -> Result<Self, HttpResponse> {
        let request = PageRequest::new(op, http);
        let bound = match request.interaction(id).await {
            Ok(bound) => bound,
            Err(error) => return Err(request.refuse(ENDPOINT, &error).await),
        };
        let Some(asking) = asking(&request, &bound).await? else { return Err(hub(op, &bound)) };
        let request = request.asked_by(Some(&asking));
        match choices(&request).await {
            // The hub knows what comes next where nobody is signed in any more.
            Ok((_, choices)) if choices.is_empty() => Err(hub(op, &bound)),
            Ok((browser, choices)) => Ok(Self { request, bound, asking, browser, choices }),
            Err(unavailable) => Err(request.refuse(ENDPOINT, &unavailable.into()).await),
        }
    }

    fn render(&self) -> HttpResponse {
        let op = self.request.op;
        let action = op.path(Screen::Accounts.at(&self.bound.id));
        let other_url = op.path(Screen::SignIn.at(&self.bound.id).with(SWITCH, 1));
        let view = Accounts {
            page: self.request.page(),
            action: &action,
            csrf: &self.bound.csrf,
            application: application(op, &self.asking),
            accounts: self.choices.iter().map(|choice| account(op, choice)).collect(),
            other_url: &other_url,
        };
        respond(StatusCode::OK, &PagePolicy::interaction(), &view)
    }
}

fn account<'a>(op: &Op, choice: &'a Choice) -> Account<'a> {
    Account { handle: &choice.handle, person: person(op, &choice.user) }
}

/// The sessions of this browser that may still be used, the one in use last first.
async fn choices(request: &PageRequest<'_>) -> Result<(Browser, Vec<Choice>), Unavailable> {
    let op = request.op;
    let browser = request.browser().await?.unwrap_or_default();
    let (now, sessions) = (op.now(), browser.sessions.clone());
    let found = op
        .db
        .read(move |connection| {
            let mut found = Vec::new();
            for session in sessions.into_iter().rev().filter(|session| session.expires_at > now) {
                let user = session::store::find_live(connection, &session.id, now)?;
                found.extend(user.map(|user| (session, user)));
            }
            Ok(found)
        })
        .await?;
    let handle = |session: &BrowserSession| session::sid(&op.pepper, &session.id, "account chooser");
    let choice = |(session, user): (BrowserSession, User)| Choice { handle: handle(&session), session, user };
    Ok((browser, found.into_iter().map(choice).collect()))
}

fn hub(op: &Op, bound: &Bound) -> HttpResponse {
    see_other(&op.path(Screen::Authorize.at(&bound.id)), [])
}

pub(in crate::interaction::login) async fn show(op: Data<Op>, http: HttpRequest, id: Path<String>) -> HttpResponse {
    match Scene::set(&op, &http, &id).await {
        Ok(scene) => scene.render(),
        Err(answer) => answer,
    }
}

pub(in crate::interaction::login) async fn submit(
    op: Data<Op>,
    http: HttpRequest,
    id: Path<String>,
    payload: Payload,
) -> HttpResponse {
    let scene = match Scene::set(&op, &http, &id).await {
        Ok(scene) => scene,
        Err(answer) => return answer,
    };
    match choose(&scene, payload).await {
        Ok(answer) => answer,
        Err(error) => scene.request.refuse(ENDPOINT, &error).await,
    }
}

/// Puts the chosen session in use, under a new cookie, and remembers that it was chosen here.
async fn choose(scene: &Scene<'_>, payload: Payload) -> Result<HttpResponse, OAuthError> {
    let (request, op) = (&scene.request, scene.request.op);
    let form = request.form(&scene.bound, payload).await?;
    let wanted = form.find("account").unwrap_or_default();
    let chosen = scene.choices.iter().find(|choice| choice.handle == wanted).ok_or_else(|| {
        ErrorCode::InvalidRequest.because("account is not one of this page's accounts").sent(wanted, "an account")
    })?;
    let mut browser = scene.browser.clone();
    browser.sign_in(chosen.session.clone());
    let cookie = op.browsers.rotate(request.session_cookie(), browser, op.now(), op.random.as_ref()).await?;
    let mut bound = scene.bound.clone();
    bound.interaction.progress.selected = Some(chosen.session.id.clone());
    op.interactions.remember(&bound).await?;
    let cookie = op.cookies().set(SESSION, &cookie, Some(op.config.session.absolute));
    let cookies = std::iter::once(cookie).chain(request.browser_state_cookie(Some(&chosen.session.id)));
    Ok(see_other(&op.path(Screen::Authorize.at(&bound.id)), cookies))
}
