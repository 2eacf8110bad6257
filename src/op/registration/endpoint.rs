//! `POST /register`, and `GET`, `PUT`, `DELETE /register/{client_id}`.

use super::access::Leave;
use super::{Information, Owner, RegistrationEndpoint, request};
use crate::op::Op;
use crate::op::feature::Routes;
use crate::op::hubs::Hubs;
use crate::op::refusal::EndpointName;
use crate::op::token::endpoint::refuse_method;
use crate::platform::http::edge::Visit;
use crate::platform::http::presented::presented;
use crate::platform::http::{cors, faces, json, limits};
use crate::platform::paths::{CLIENT, Location};
use crate::platform::throttle::Throttled;
use crate::protocol::error::{ErrorCode, Face, OAuthError};
use crate::protocol::provider_metadata::ProviderMetadata;
use actix_web::http::{Method, header};
use actix_web::web::{self, Data, Payload, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::Value;
use std::sync::Arc;

const ENDPOINT: EndpointName = EndpointName::Registration;

pub fn mount(op: &Op, _: &Hubs) -> Routes {
    let endpoint = Data::new(RegistrationEndpoint::new(op));
    Arc::new(move |config| {
        config.app_data(endpoint.clone());
        routes(config);
    })
}

fn routes(config: &mut ServiceConfig) {
    let preflight = || web::method(Method::OPTIONS).to(preflight);
    let register = web::resource(Location::Registration.to_string()).route(web::post().to(post)).route(preflight());
    let own = web::resource(Location::RegisteredClient(CLIENT).to_string())
        .route(web::get().to(read))
        .route(web::put().to(update))
        .route(web::delete().to(delete))
        .route(preflight());
    config.service(register.default_service(web::to(only_post))).service(own.default_service(web::to(other)));
}

/// What the endpoint adds to the metadata document.
pub fn metadata(op: &Op, metadata: &mut ProviderMetadata) {
    metadata.set("registration_endpoint", op.config.issuer.endpoint(Location::Registration));
}

async fn preflight(http: HttpRequest) -> HttpResponse {
    cors::preflight_for(&http, "GET, POST, PUT, DELETE", cors::USUAL)
}

async fn only_post(op: Data<Op>) -> HttpResponse {
    refuse_method(&op, ENDPOINT, "POST").await
}

async fn other(op: Data<Op>) -> HttpResponse {
    refuse_method(&op, ENDPOINT, "GET, PUT, DELETE").await
}

/// Why nothing was registered.
enum Refused {
    /// A token is required, but none was sent: a challenge without an error (RFC 6750 §3).
    NoToken,
    /// No token could be read.
    Token(OAuthError),
    Throttled(Throttled),
    Error(OAuthError),
}

impl From<OAuthError> for Refused {
    fn from(error: OAuthError) -> Self {
        Self::Error(error)
    }
}

/// Registers a client (RFC 7591 §3.1).
async fn post(
    op: Data<Op>,
    endpoint: Data<RegistrationEndpoint>,
    http: HttpRequest,
    visit: Visit,
    payload: Payload,
) -> HttpResponse {
    let registered = register(&op, &endpoint, (&http, visit), payload).await;
    respond(&op, registered.map(|registered| created(&op, registered))).await
}

async fn register(
    op: &Op,
    endpoint: &RegistrationEndpoint,
    (http, visit): (&HttpRequest, Visit),
    payload: Payload,
) -> Result<Information, Refused> {
    let leave = endpoint.registration_leave(&presented(http, None).map_err(Refused::Token)?).await?; // invalid_token
    if matches!(leave, Leave::Missing) {
        return Err(Refused::NoToken);
    }
    let members = request::members(&json::read(http, payload, limits::REGISTRATION).await?)?; // invalid_request
    let announced = op.announced().await.map_err(OAuthError::from)?;
    let token = match leave {
        Leave::Token(hash) => Some(hash),
        Leave::Anyone | Leave::Missing => None,
    };
    // A refused registration costs little, and its developer should be able to try again; not where judging it looks
    // names up, whose answers would tell what there is in the opened networks.
    let looks_up = endpoint.looks_up(&members);
    if token.is_none() && looks_up {
        endpoint.admit_registration(visit.client).await.map_err(Refused::Throttled)?;
    }
    let metadata = endpoint.judge_registration(members, (None, &announced)).await?; // invalid_client_metadata, invalid_redirect_uri, …
    if token.is_none() && !looks_up {
        endpoint.admit_registration(visit.client).await.map_err(Refused::Throttled)?;
    }
    endpoint.check_sector(&metadata).await?; // invalid_client_metadata
    Ok(endpoint.register(metadata, token).await?)
}

/// Reads a registration (RFC 7592 §2.1).
async fn read(op: Data<Op>, endpoint: Data<RegistrationEndpoint>, http: HttpRequest) -> HttpResponse {
    let answer =
        owner(&endpoint, &http).await.map(|owner| faces::ok(&Information::of(owner).into_json(&op.config.issuer)));
    respond(&op, answer).await
}

/// Replaces a registration (RFC 7592 §2.2).
async fn update(
    op: Data<Op>,
    endpoint: Data<RegistrationEndpoint>,
    http: HttpRequest,
    visit: Visit,
    payload: Payload,
) -> HttpResponse {
    let answer = reregister(&op, &endpoint, (&http, visit), payload)
        .await
        .map(|changed| faces::ok(&changed.into_json(&op.config.issuer)));
    respond(&op, answer).await
}

async fn reregister(
    op: &Op,
    endpoint: &RegistrationEndpoint,
    (http, visit): (&HttpRequest, Visit),
    payload: Payload,
) -> Result<Information, Refused> {
    let owner = owner(endpoint, http).await?; // invalid_token
    let mut members = request::members(&json::read(http, payload, limits::REGISTRATION).await?)?;
    endpoint.own_members(&owner, &mut members)?; // invalid_client_metadata
    let announced = op.announced().await.map_err(OAuthError::from)?;
    let held = &owner.client.metadata;
    let named = |member| members.get(member).and_then(Value::as_str);
    let new_keys = named("jwks_uri").is_some_and(|uri| Some(uri) != held.jwks_uri.as_deref());
    if endpoint.looks_up(&members) || new_keys || named("sector_identifier_uri").is_some() {
        // Otherwise a registered client could make us fetch without limit.
        endpoint.admit_registration(visit.client).await.map_err(Refused::Throttled)?;
    }
    let metadata = endpoint.judge_registration(members, (Some(held), &announced)).await?;
    endpoint.check_sector(&metadata).await?;
    Ok(endpoint.reregister(owner, metadata).await?)
}

/// Deletes a registration (RFC 7592 §2.3).
async fn delete(op: Data<Op>, endpoint: Data<RegistrationEndpoint>, http: HttpRequest) -> HttpResponse {
    let deleted = async { Ok(endpoint.deregister(owner(&endpoint, &http).await?).await?) };
    let answer = deleted.await.map(|()| {
        let mut answer = HttpResponse::NoContent();
        answer.insert_header((header::CACHE_CONTROL, "no-store")).insert_header((header::PRAGMA, "no-cache"));
        answer.finish()
    });
    respond(&op, answer).await
}

async fn owner(endpoint: &RegistrationEndpoint, http: &HttpRequest) -> Result<Owner, Refused> {
    let client_id = http.match_info().get("client_id").unwrap_or_default();
    endpoint
        .registration_owner(client_id, &presented(http, None).map_err(Refused::Token)?)
        .await?
        .ok_or(Refused::NoToken)
}

/// 201, not cacheable (RFC 7591 §3.2.1).
fn created(op: &Op, registered: Information) -> HttpResponse {
    let mut answer = HttpResponse::Created();
    answer.insert_header((header::CACHE_CONTROL, "no-store")).insert_header((header::PRAGMA, "no-cache"));
    answer.json(registered.into_json(&op.config.issuer))
}

async fn respond(op: &Op, answer: Result<HttpResponse, Refused>) -> HttpResponse {
    cors::open(match answer {
        Ok(answer) => answer,
        Err(Refused::NoToken) => faces::bearer(None, op.issuer()),
        Err(Refused::Token(error)) => {
            let reference = op.refuse(ENDPOINT, &error).await;
            faces::bearer(Some((&error, &reference)), op.issuer())
        }
        Err(Refused::Throttled(Throttled::Unavailable(unavailable))) => refuse(op, &unavailable.into()).await,
        Err(Refused::Throttled(Throttled::RetryAfter(wait))) => {
            let why = format!("too many registrations from this address, wait {} s", wait.as_secs());
            let error = ErrorCode::TemporarilyUnavailable.because(why).status(429);
            let mut answer = refuse(op, &error).await;
            answer.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from(wait.as_secs()));
            answer
        }
        Err(Refused::Error(error)) => refuse(op, &error).await,
    })
}

async fn refuse(op: &Op, error: &OAuthError) -> HttpResponse {
    let reference = op.refuse(ENDPOINT, error).await;
    match error.code {
        ErrorCode::InvalidToken => faces::bearer(Some((error, &reference)), op.issuer()),
        _ => faces::json(Face::Registration, error, &reference),
    }
}
