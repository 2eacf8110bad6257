//! `POST /token`.

use super::TokenEndpoint;
use crate::op::Op;
use crate::op::client_auth::Refused;
use crate::op::refusal::EndpointName;
use crate::platform::http::edge::Visit;
use crate::platform::http::headers::allow;
use crate::platform::http::{cors, faces, form};
use crate::platform::paths::Location;
use crate::protocol::error::{ErrorCode, Face, OAuthError};
use crate::protocol::provider_metadata::ProviderMetadata;
use crate::protocol::token_response::TokenResponse;
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderMap};
use actix_web::web::{self, Data, Payload, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};

const ENDPOINT: EndpointName = EndpointName::Token;

pub fn routes(config: &mut ServiceConfig) {
    let preflight = web::method(Method::OPTIONS).to(cors::preflight);
    config.service(
        web::resource(Location::Token.to_string())
            .route(web::post().to(post))
            .route(preflight)
            .default_service(web::to(only_post)),
    );
}

/// What the endpoint adds to the metadata document (RFC 8414 §2).
pub fn metadata(op: &Op, metadata: &mut ProviderMetadata) {
    metadata.set("token_endpoint", op.config.issuer.endpoint(Location::Token));
    metadata.add("grant_types_supported", op.features.grants().map(|grant| grant.grant_type.as_str()));
    crate::op::client_auth::metadata("token_endpoint", metadata);
}

/// The token endpoint (RFC 6749 §3.2).
async fn post(
    op: Data<Op>,
    token: Data<TokenEndpoint>,
    http: HttpRequest,
    visit: Visit,
    payload: Payload,
) -> HttpResponse {
    cors::open(match answer(&token, &http, visit, payload).await {
        Ok(response) => faces::ok(&response),
        Err(refused) => refuse(&op, ENDPOINT, &refused).await,
    })
}

async fn answer(
    token: &TokenEndpoint,
    http: &HttpRequest,
    visit: Visit,
    payload: Payload,
) -> Result<TokenResponse, Refused> {
    let form = form::read(http, payload).await?;
    token.token(authorization(http.headers())?, &form, visit.client.network()).await
}

/// The Authorization header, if there is one.
///
/// # Errors
/// `invalid_request` for more than one, or one that is not text.
pub fn authorization(headers: &HeaderMap) -> Result<Option<&str>, OAuthError> {
    let mut values = headers.get_all(header::AUTHORIZATION);
    let refuse = |why: &str| Err(ErrorCode::InvalidRequest.because(why).clause("RFC 6749 §2.3"));
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(_), Some(_)) => refuse("more than one Authorization header"),
        (Some(value), None) => value.to_str().map(Some).or_else(|_| refuse("the Authorization header is not text")),
    }
}

/// The response to a refused client: JSON, with a challenge where the Authorization header was used.
pub async fn refuse(op: &Op, endpoint: EndpointName, refused: &Refused) -> HttpResponse {
    let reference = op.refuse(endpoint, &refused.error).await;
    if refused.challenge && refused.error.code == ErrorCode::InvalidClient {
        faces::client_challenge(&refused.error, &reference, op.issuer())
    } else {
        faces::json(Face::Client, &refused.error, &reference)
    }
}

/// Every other method (RFC 6749 §3.2: POST only).
pub async fn only_post(op: Data<Op>) -> HttpResponse {
    refuse_method(&op, ENDPOINT, "POST").await
}

/// The answer to a method that an endpoint does not take; `allowed` names those that it does (RFC 9110 §15.5.6).
pub async fn refuse_method(op: &Op, endpoint: EndpointName, allowed: &'static str) -> HttpResponse {
    let error = ErrorCode::InvalidRequest
        .because(format!("method not allowed: this endpoint accepts {allowed} only"))
        .clause("RFC 9110 §15.5.6")
        .status(405);
    let mut answer = faces::json(Face::Client, &error, &op.refuse(endpoint, &error).await);
    answer.headers_mut().insert(header::ALLOW, allow(allowed));
    answer
}
