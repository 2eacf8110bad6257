//! `GET` and `POST /authorize`, and the way back from a page: `GET /authorize/{interaction}`.

use super::interaction::{BEFORE_SIGN_IN, Bound, LIFETIME, Purpose};
use super::response::AuthorizationResponse;
use super::view::FormPost;
use super::{Asking, AuthorizationEndpoint, Prepared, Refused, ReturnTo, SignedIn, Step, checks, denied};
use crate::op::page::{PageRequest, other_methods, see_other};
use crate::op::refusal::EndpointName;
use crate::op::{Op, encryption};
use crate::pages::page::{PagePolicy, respond};
use crate::platform::config::FeatureName;
use crate::platform::http::{faces, form};
use crate::platform::paths::{INTERACTION, Location, MailFlow, Screen};
use crate::protocol::acr::Acr;
use crate::protocol::error::{Cause, ErrorCode, OAuthError};
use crate::protocol::params::Params;
use crate::protocol::provider_metadata::ProviderMetadata;
use crate::protocol::response_type::{ResponseMode, ResponseType};
use actix_web::cookie::Cookie;
use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Path, Payload, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use std::time::Duration;

const ENDPOINT: EndpointName = EndpointName::Authorize;

pub fn routes(config: &mut ServiceConfig) {
    let authorize =
        web::resource(Location::Authorize.to_string()).route(web::get().to(get)).route(web::post().to(post));
    config.service(authorize.default_service(other_methods("GET, POST")));
    let resumed = web::resource(Screen::Authorize.at(INTERACTION).to_string()).route(web::get().to(resume));
    config.service(resumed.default_service(other_methods("GET")));
}

/// What the endpoint adds to the metadata document.
pub fn metadata(op: &Op, metadata: &mut ProviderMetadata) {
    metadata.set("authorization_endpoint", op.config.issuer.endpoint(Location::Authorize));
    metadata.set("authorization_response_iss_parameter_supported", true);
    super::request_object::metadata(metadata);
    metadata.set("claims_parameter_supported", true);
    encryption::metadata("id_token", metadata);
    metadata.add("response_types_supported", checks::offered(&op.config).into_iter().map(ResponseType::as_str));
    metadata.add("response_modes_supported", ResponseMode::ALL.map(ResponseMode::as_str));
    metadata.add("code_challenge_methods_supported", ["S256"]);
    metadata.add("prompt_values_supported", ["none", "login", "consent", "select_account"]);
    metadata.add("acr_values_supported", classes(op).into_iter().map(Acr::as_str));
    metadata.add("display_values_supported", ["page", "popup", "touch", "wap"]);
    metadata.add("subject_types_supported", ["public", "pairwise"]);
    if checks::offered(&op.config).into_iter().any(ResponseType::is_front_channel) {
        metadata.add("grant_types_supported", ["implicit"]);
    }
}

/// The classes that people can reach here.
fn classes(op: &Op) -> Vec<Acr> {
    let mut classes = vec![Acr::OneFactor];
    let (authenticator, passkeys) = (op.has_feature(FeatureName::Authenticator), op.has_feature(FeatureName::Passkeys));
    if authenticator || passkeys {
        classes.push(Acr::TwoFactors);
    }
    if passkeys {
        classes.extend([Acr::PhishingResistant, Acr::PhishingResistantHardware]);
    }
    classes
}

async fn get(op: Data<Op>, endpoint: Data<AuthorizationEndpoint>, http: HttpRequest) -> HttpResponse {
    let request = PageRequest::new(&op, &http);
    let outer = match Params::parse(http.query_string().as_bytes()) {
        Ok(outer) => outer,
        Err(error) => return request.refuse(ENDPOINT, &error).await,
    };
    match endpoint.effective_params(outer).await {
        Ok(params) => advance(&endpoint, &request, &params, None).await,
        Err(refused) => refuse(&request, refused, None).await,
    }
}

/// A POST may come from another site, without our SameSite cookies: it is stored, and continued by a GET.
async fn post(
    op: Data<Op>,
    endpoint: Data<AuthorizationEndpoint>,
    http: HttpRequest,
    payload: Payload,
) -> HttpResponse {
    let request = PageRequest::new(&op, &http);
    let outer = match form::read(&http, payload).await {
        Ok(outer) => outer,
        Err(error) => return request.refuse(ENDPOINT, &error).await,
    };
    let params = match endpoint.effective_params(outer).await {
        Ok(params) => params,
        Err(refused) => return refuse(&request, refused, None).await,
    };
    // Refused before anything is stored.
    match endpoint.prepare(&params).await {
        Ok(prepared) => begin(&request, (&params, &prepared), Screen::Authorize, BEFORE_SIGN_IN).await,
        Err(refused) => refuse(&request, refused, None).await,
    }
}

async fn resume(
    op: Data<Op>,
    endpoint: Data<AuthorizationEndpoint>,
    http: HttpRequest,
    id: Path<String>,
) -> HttpResponse {
    let request = PageRequest::new(&op, &http);
    let bound = match request.interaction(&id).await {
        Ok(bound) => bound,
        Err(error) => return request.refuse(ENDPOINT, &error).await,
    };
    match &bound.interaction.purpose {
        Purpose::Authorize(query) => match Params::parse(query.as_bytes()) {
            Ok(params) => advance(&endpoint, &request, &params, Some(&bound)).await,
            Err(error) => request.refuse(ENDPOINT, &error).await,
        },
        Purpose::Home => leave(&request, &bound, &op.path(Location::Home)).await,
        Purpose::Account(path) => leave(&request, &bound, path).await,
        Purpose::Logout(_) => see_other(&op.path(Screen::Logout.at(&bound.id)), []),
    }
}

/// Ends an interaction of our own, and continues at a page that checks the sign-in itself.
async fn leave(request: &PageRequest<'_>, bound: &Bound, path: &str) -> HttpResponse {
    match request.op.interactions.finish(&bound.id).await {
        Ok(_) => see_other(path, [request.forget_interaction(&bound.id)]),
        Err(unavailable) => request.refuse(ENDPOINT, &unavailable.into()).await,
    }
}

/// One turn of the hub: read, check, decide, answer.
async fn advance(
    endpoint: &AuthorizationEndpoint,
    request: &PageRequest<'_>,
    params: &Params,
    bound: Option<&Bound>,
) -> HttpResponse {
    let prepared = match endpoint.prepare(params).await {
        Ok(prepared) => prepared,
        Err(refused) => return refuse(request, refused, bound).await,
    };
    match turn(endpoint, request, (params, &prepared), bound).await {
        Ok(answer) => answer,
        Err(error) => refuse(request, Refused::Redirect(Box::new(prepared.return_to), error), bound).await,
    }
}

async fn turn(
    endpoint: &AuthorizationEndpoint,
    request: &PageRequest<'_>,
    (params, prepared): (&Params, &Prepared),
    bound: Option<&Bound>,
) -> Result<HttpResponse, OAuthError> {
    let op = request.op;
    let browser = request.browser().await?;
    let signed_in = op.signed_in(browser.as_ref(), Some(prepared.asking.asked_by())).await?;
    let progress = bound.map(|bound| bound.interaction.progress.clone()).unwrap_or_default();
    let lifetime = if signed_in.is_some() { LIFETIME } else { BEFORE_SIGN_IN };
    let show = |page| show(request, (params, prepared), bound, page, lifetime);
    match (prepared.asking.next_step(signed_in.as_ref(), &progress, op.now()), &signed_in) {
        (Step::Refuse(error), _) => Err(error),
        (Step::SignUp, _) => Ok(show(Screen::Mail(MailFlow::SignUp)).await),
        (Step::Grant, Some(signed_in)) => grant(endpoint, request, (prepared, signed_in), bound).await,
        (Step::Consent, Some(_)) => Ok(show(Screen::Consent).await),
        (Step::SecondFactor | Step::Passkey, Some(_)) => Ok(show(Screen::SecondFactor).await),
        (Step::SelectAccount, Some(_)) => Ok(show(Screen::Accounts).await),
        (Step::SignIn | Step::SecondFactor | Step::Passkey | Step::SelectAccount | Step::Grant | Step::Consent, _) => {
            Ok(show(Screen::SignIn).await)
        }
    }
}

async fn grant(
    endpoint: &AuthorizationEndpoint,
    request: &PageRequest<'_>,
    (prepared, signed_in): (&Prepared, &SignedIn),
    bound: Option<&Bound>,
) -> Result<HttpResponse, OAuthError> {
    let op = request.op;
    if let Some(bound) = bound
        && !op.interactions.finish(&bound.id).await?
    {
        let error = ErrorCode::InvalidRequest.because("this page was already used").page(Cause::Expired);
        return Ok(request.refuse(ENDPOINT, &error).await);
    }
    let granted = endpoint.grant_request(prepared, signed_in).await?;
    let response = AuthorizationResponse::success(&prepared.return_to, granted, op.issuer());
    let state = request.browser_state_cookie(Some(&signed_in.session.id));
    Ok(send(request, &response, bound, state))
}

/// Sends the person to a page of the current interaction, or of a new one.
async fn show(
    request: &PageRequest<'_>,
    asked: (&Params, &Prepared),
    bound: Option<&Bound>,
    page: Screen,
    lifetime: Duration,
) -> HttpResponse {
    match bound {
        Some(bound) => see_other(&request.op.path(page.at(&bound.id)), []),
        None => begin(request, asked, page, lifetime).await,
    }
}

async fn begin(
    request: &PageRequest<'_>,
    (params, prepared): (&Params, &Prepared),
    page: Screen,
    lifetime: Duration,
) -> HttpResponse {
    let kept = prepared.asking.request.kept(params);
    match request.begin(Purpose::Authorize(kept.encode()), lifetime).await {
        Ok(begun) => {
            let client = request.client_cookie(&prepared.asking.client.id);
            let cookies = request.interaction_cookies(&begun).into_iter().chain(client);
            see_other(&request.op.path(page.at(&begun.id)), cookies)
        }
        Err(error) => request.refuse(ENDPOINT, &error).await,
    }
}

/// Answers a refusal with a page, or with a redirect to the client.
async fn refuse(request: &PageRequest<'_>, refused: Refused, bound: Option<&Bound>) -> HttpResponse {
    match refused {
        Refused::Page(error) => request.refuse(ENDPOINT, &error).await,
        Refused::Redirect(return_to, error) => redirect(request, &return_to, &error, bound).await,
    }
}

async fn redirect(
    request: &PageRequest<'_>,
    return_to: &ReturnTo,
    error: &OAuthError,
    bound: Option<&Bound>,
) -> HttpResponse {
    let op = request.op;
    let reference = op.refuse(ENDPOINT, error).await;
    if let Some(bound) = bound {
        // The person is sent back even if the store fails; the interaction then expires.
        let _ = op.interactions.finish(&bound.id).await;
    }
    let description = faces::described(error, &reference);
    let response = AuthorizationResponse::failure(return_to, error, description, op.issuer());
    if return_to.asks_first(error.code) && bound.is_none() && !is_signed_in(request).await {
        return match response.location() {
            Some(location) => request.ask_to_return(error, &reference, (&location, &[])),
            None => request.ask_to_return(error, &reference, (return_to.redirect_uri(), response.members())),
        };
    }
    send(request, &response, bound, None)
}

/// Sends the response by redirect or form, and ends the interaction.
fn send(
    request: &PageRequest<'_>,
    response: &AuthorizationResponse<'_>,
    bound: Option<&Bound>,
    cookie: Option<Cookie<'static>>,
) -> HttpResponse {
    let cookies = cookie.into_iter().chain(bound.map(|bound| request.forget_interaction(&bound.id)));
    if let Some(location) = response.location() {
        return see_other(&location, cookies);
    }
    let host = response.return_to().host();
    let view = FormPost {
        page: request.page(),
        action: response.return_to().redirect_uri(),
        members: response.members(),
        host: &host,
    };
    let mut answer = respond(StatusCode::OK, &PagePolicy::interaction(), &view);
    for cookie in cookies {
        // Our cookies contain only characters that are valid in a header.
        let _ = answer.add_cookie(&cookie);
    }
    answer
}

/// Whether somebody is signed in; false where the store does not answer.
async fn is_signed_in(request: &PageRequest<'_>) -> bool {
    let Ok(browser) = request.browser().await else { return false };
    matches!(request.op.signed_in(browser.as_ref(), None).await, Ok(Some(_)))
}

/// The request of an interaction, for its pages.
///
/// # Errors
/// The response to send instead.
pub async fn asking(request: &PageRequest<'_>, bound: &Bound) -> Result<Option<Asking>, HttpResponse> {
    Ok(prepared(request, bound).await?.map(|prepared| prepared.asking))
}

/// The person refused or cancelled: ends the interaction, and tells the client if there is one.
pub async fn deny(request: &PageRequest<'_>, bound: &Bound) -> HttpResponse {
    match prepared(request, bound).await {
        Ok(Some(prepared)) => {
            let error = denied(&prepared.asking);
            refuse(request, Refused::Redirect(Box::new(prepared.return_to), error), Some(bound)).await
        }
        Ok(None) => see_other(&request.op.path(Location::Home), [request.forget_interaction(&bound.id)]),
        Err(answer) => answer,
    }
}

async fn prepared(request: &PageRequest<'_>, bound: &Bound) -> Result<Option<Prepared>, HttpResponse> {
    let Purpose::Authorize(query) = &bound.interaction.purpose else { return Ok(None) };
    let params = match Params::parse(query.as_bytes()) {
        Ok(params) => params,
        Err(error) => return Err(request.refuse(ENDPOINT, &error).await),
    };
    let Some(endpoint) = request.http.app_data::<Data<AuthorizationEndpoint>>() else {
        let error = ErrorCode::ServerError.because("the authorization endpoint is not mounted");
        return Err(request.refuse(ENDPOINT, &error).await);
    };
    match endpoint.prepare(&params).await {
        Ok(prepared) => Ok(Some(prepared)),
        Err(refused) => Err(refuse(request, refused, Some(bound)).await),
    }
}
