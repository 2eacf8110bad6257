//! `GET` and `POST /logout`, its page `GET /logout/{interaction}`, and the answer `POST /logout/confirm/{interaction}`.

use super::view::{ConfirmSignOut, SignedOut, StayedSignedIn};
use super::{LogoutEndpoint, LogoutRequest, SignedOff, Step, kept as kept_of};
use crate::model::session::{Browser, BrowserSession};
use crate::model::user::User;
use crate::op::Op;
use crate::op::authorize::interaction::{BEFORE_SIGN_IN, Bound, LIFETIME, Purpose};
use crate::op::feature::Routes;
use crate::op::hubs::Hubs;
use crate::op::page::{PageRequest, other_methods, person, see_other};
use crate::op::refusal::EndpointName;
use crate::pages::page::{PagePolicy, respond};
use crate::pages::parts::Application;
use crate::platform::http::cookies::SESSION;
use crate::platform::http::form;
use crate::platform::paths::{INTERACTION, Location, Screen};
use crate::protocol::error::{Cause, ErrorCode, OAuthError};
use crate::protocol::params::Params;
use crate::protocol::provider_metadata::ProviderMetadata;
use actix_web::cookie::Cookie;
use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Path, Payload, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use std::sync::Arc;
use std::time::Duration;

const ENDPOINT: EndpointName = EndpointName::Logout;

/// Mounts the endpoint and its pages.
pub fn mount(op: &Op, _: &Hubs) -> Routes {
    let endpoint = Data::new(LogoutEndpoint::new(op));
    Arc::new(move |config| {
        config.app_data(endpoint.clone());
        routes(config);
    })
}

fn routes(config: &mut ServiceConfig) {
    let logout = web::resource(Location::Logout.to_string()).route(web::get().to(get)).route(web::post().to(post));
    config.service(logout.default_service(other_methods("GET, POST")));
    let confirmed = web::resource(Screen::ConfirmLogout.at(INTERACTION).to_string()).route(web::post().to(confirm));
    config.service(confirmed.default_service(other_methods("POST")));
    let page = web::resource(Screen::Logout.at(INTERACTION).to_string()).route(web::get().to(resume));
    config.service(page.default_service(other_methods("GET")));
}

/// What the endpoint adds to the metadata document (RP-Initiated Logout §2.1).
pub fn metadata(op: &Op, metadata: &mut ProviderMetadata) {
    metadata.set("end_session_endpoint", op.config.issuer.endpoint(Location::Logout));
}

async fn get(op: Data<Op>, endpoint: Data<LogoutEndpoint>, http: HttpRequest) -> HttpResponse {
    let request = PageRequest::new(&op, &http);
    match Params::parse(http.query_string().as_bytes()) {
        Ok(params) => enter(&endpoint, request, &params, None).await,
        Err(error) => request.refuse(ENDPOINT, &error).await,
    }
}

/// A POST may come from another site, without our SameSite cookies: it is stored, and continued by a GET.
async fn post(op: Data<Op>, endpoint: Data<LogoutEndpoint>, http: HttpRequest, payload: Payload) -> HttpResponse {
    let request = PageRequest::new(&op, &http);
    let params = match form::read(&http, payload).await {
        Ok(params) => params,
        Err(error) => return request.refuse(ENDPOINT, &error).await,
    };
    let request = request.in_language(params.find("ui_locales"));
    // Refused before anything is stored.
    match endpoint.logout_request(&params).await {
        Ok(logout) => begin(&request, &kept_of(&logout, &params), BEFORE_SIGN_IN).await,
        Err(error) => request.refuse(ENDPOINT, &error).await,
    }
}

async fn resume(op: Data<Op>, endpoint: Data<LogoutEndpoint>, http: HttpRequest, id: Path<String>) -> HttpResponse {
    let request = PageRequest::new(&op, &http);
    match kept(&request, &id).await {
        Ok((bound, params)) => enter(&endpoint, request, &params, Some(&bound)).await,
        Err(error) => request.refuse(ENDPOINT, &error).await,
    }
}

async fn confirm(
    op: Data<Op>,
    endpoint: Data<LogoutEndpoint>,
    http: HttpRequest,
    id: Path<String>,
    payload: Payload,
) -> HttpResponse {
    let request = PageRequest::new(&op, &http);
    let (bound, params) = match kept(&request, &id).await {
        Ok(kept) => kept,
        Err(error) => return request.refuse(ENDPOINT, &error).await,
    };
    let request = request.in_language(params.find("ui_locales"));
    match decided(&endpoint, &request, &params, (&bound, payload)).await {
        Ok(answer) => answer,
        Err(error) => request.refuse(ENDPOINT, &error).await,
    }
}

/// The logout request of an interaction that this browser began.
async fn kept(request: &PageRequest<'_>, id: &str) -> Result<(Bound, Params), OAuthError> {
    let bound = request.interaction(id).await?;
    match &bound.interaction.purpose {
        Purpose::Logout(query) => {
            let params = Params::parse(query.as_bytes())?;
            Ok((bound, params))
        }
        Purpose::Authorize(_) | Purpose::Home | Purpose::Account(_) => {
            Err(ErrorCode::InvalidRequest.because("this page belongs to another request").page(Cause::Expired))
        }
    }
}

async fn begin(request: &PageRequest<'_>, kept: &Params, lifetime: Duration) -> HttpResponse {
    match request.begin(Purpose::Logout(kept.encode()), lifetime).await {
        Ok(begun) => {
            let cookies = request.interaction_cookies(&begun);
            see_other(&request.op.path(Screen::Logout.at(&begun.id)), cookies)
        }
        Err(error) => request.refuse(ENDPOINT, &error).await,
    }
}

async fn enter(
    endpoint: &LogoutEndpoint,
    request: PageRequest<'_>,
    params: &Params,
    bound: Option<&Bound>,
) -> HttpResponse {
    let request = request.in_language(params.find("ui_locales"));
    match turn(endpoint, &request, params, bound).await {
        Ok(answer) => answer,
        Err(error) => request.refuse(ENDPOINT, &error).await,
    }
}

/// One turn: read, check, decide, answer.
async fn turn(
    endpoint: &LogoutEndpoint,
    request: &PageRequest<'_>,
    params: &Params,
    bound: Option<&Bound>,
) -> Result<HttpResponse, OAuthError> {
    let op = request.op;
    let logout = endpoint.logout_request(params).await?;
    if request.session_cookie().is_none() && (logout.hint.is_some() || logout.hint_is_unverified) {
        return from_behind(endpoint, request, &logout, bound).await;
    }
    let browser = request.browser().await?.unwrap_or_default();
    let signed_in = op.signed_in(Some(&browser), None).await?;
    match endpoint.next_logout_step(&logout, &browser, signed_in.as_ref()).await? {
        Step::SignOut(sessions) => sign_out(endpoint, request, &logout, (browser, sessions), bound).await,
        Step::Ask => Ok(match bound {
            Some(bound) => ask(request, &logout, bound, signed_in.as_ref().map(|signed_in| &signed_in.user)),
            None => begin(request, &kept_of(&logout, params), LIFETIME).await,
        }),
    }
}

/// A hint without our cookie: from an application's server, or from a browser in which nobody is signed in. Ends what the
/// hint names, and the page says whether anything ended.
async fn from_behind(
    endpoint: &LogoutEndpoint,
    request: &PageRequest<'_>,
    logout: &LogoutRequest,
    bound: Option<&Bound>,
) -> Result<HttpResponse, OAuthError> {
    let ended = endpoint.end_hinted(logout).await?;
    let is_ended = ended.is_some();
    let off = ended.unwrap_or_default();
    let mut cookies: Vec<Cookie<'static>> = request.browser_state_cookie(None).into_iter().collect();
    if let Some(bound) = bound {
        cookies.push(finish(request, bound).await);
    }
    Ok(match &logout.return_to {
        Some(uri) if off.frames.is_empty() => see_other(uri, cookies),
        _ => signed_out(request, logout, &off, is_ended, &cookies),
    })
}

/// The person's answer. Yes ends every session of this browser: nobody should stay signed in on a shared computer.
async fn decided(
    endpoint: &LogoutEndpoint,
    request: &PageRequest<'_>,
    params: &Params,
    (bound, payload): (&Bound, Payload),
) -> Result<HttpResponse, OAuthError> {
    let form = request.form(bound, payload).await?;
    match form.find("decision") {
        Some("logout") => {
            let logout = endpoint.logout_request(params).await?;
            let browser = request.browser().await?.unwrap_or_default();
            let sessions = browser.sessions.clone();
            sign_out(endpoint, request, &logout, (browser, sessions), Some(bound)).await
        }
        Some("cancel") => stay(request, bound).await,
        _ => Err(ErrorCode::InvalidRequest.because("decision must be logout or cancel")),
    }
}

async fn sign_out(
    endpoint: &LogoutEndpoint,
    request: &PageRequest<'_>,
    logout: &LogoutRequest,
    (browser, sessions): (Browser, Vec<BrowserSession>),
    bound: Option<&Bound>,
) -> Result<HttpResponse, OAuthError> {
    let op = request.op;
    let (mut cookies, mut off) = (Vec::new(), SignedOff::default());
    if let Some(cookie) = request.session_cookie() {
        off = endpoint.sign_out(cookie, browser, sessions, logout.client.as_deref()).await?;
        cookies.push(match &off.cookie {
            Some(secret) => op.cookies().set(SESSION, secret, Some(op.config.session.absolute)),
            None => op.cookies().remove(SESSION),
        });
    }
    cookies.extend(request.browser_state_cookie(off.in_use.as_deref()));
    if let Some(bound) = bound {
        cookies.push(finish(request, bound).await);
    }
    Ok(match &logout.return_to {
        Some(uri) if off.frames.is_empty() => see_other(uri, cookies),
        _ => signed_out(request, logout, &off, true, &cookies),
    })
}

/// Ends the interaction. If the store fails, it expires.
async fn finish(request: &PageRequest<'_>, bound: &Bound) -> Cookie<'static> {
    let _ = request.op.interactions.finish(&bound.id).await;
    request.forget_interaction(&bound.id)
}

fn ask(request: &PageRequest<'_>, logout: &LogoutRequest, bound: &Bound, user: Option<&User>) -> HttpResponse {
    let action = request.op.path(Screen::ConfirmLogout.at(&bound.id));
    let view = ConfirmSignOut {
        page: request.page(),
        action: &action,
        csrf: &bound.csrf,
        application: application(logout),
        is_unverified: logout.hint_is_unverified,
        person: user.map(|user| person(request.op, user)),
    };
    show(&view, &[])
}

/// The last page, with a frame for each application with front-channel logout (Front-Channel Logout §2); then the browser
/// continues to the requesting application.
fn signed_out(
    request: &PageRequest<'_>,
    logout: &LogoutRequest,
    off: &SignedOff,
    is_ended: bool,
    cookies: &[Cookie<'static>],
) -> HttpResponse {
    let sign_in_url = request.op.path(Location::SignIn);
    let view = SignedOut {
        page: request.page(),
        is_ended,
        application: application(logout),
        return_url: logout.return_to.as_deref(),
        sign_in_url: logout.return_to.is_none().then_some(&sign_in_url),
        frames: off.frames.iter().map(|frame| frame.url.as_str()).collect(),
    };
    let policy = PagePolicy::interaction().with_frames(off.frames.iter().map(|frame| frame.origin.as_str()));
    with_cookies(respond(StatusCode::OK, &policy, &view), cookies)
}

async fn stay(request: &PageRequest<'_>, bound: &Bound) -> Result<HttpResponse, OAuthError> {
    let browser = request.browser().await?;
    let signed_in = request.op.signed_in(browser.as_ref(), None).await?;
    let home_url = request.op.path(Location::Home);
    let view = StayedSignedIn {
        page: request.page(),
        person: signed_in.as_ref().map(|signed_in| person(request.op, &signed_in.user)),
        home_url: &home_url,
    };
    Ok(show(&view, &[finish(request, bound).await]))
}

fn show(view: &impl Template, cookies: &[Cookie<'static>]) -> HttpResponse {
    with_cookies(respond(StatusCode::OK, &PagePolicy::interaction(), view), cookies)
}

fn with_cookies(mut answer: HttpResponse, cookies: &[Cookie<'static>]) -> HttpResponse {
    for cookie in cookies {
        // Our cookies contain only characters that are valid in a header.
        let _ = answer.add_cookie(cookie);
    }
    answer
}

fn application(logout: &LogoutRequest) -> Option<Application<'_>> {
    logout.client.as_ref().map(|client| Application { name: client.name(), ..Application::default() })
}
