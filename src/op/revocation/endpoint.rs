//! `POST /revoke`.

use super::RevocationEndpoint;
use crate::op::Op;
use crate::op::client_auth::{self, ClientAuthentication, Refused};
use crate::op::feature::Routes;
use crate::op::hubs::Hubs;
use crate::op::refusal::EndpointName;
use crate::op::token::endpoint::{authorization, refuse, refuse_method};
use crate::platform::http::{cors, form};
use crate::platform::paths::Location;
use crate::protocol::error::OAuthError;
use crate::protocol::provider_metadata::ProviderMetadata;
use actix_web::http::{Method, header};
use actix_web::web::{self, Data, Payload, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use std::sync::Arc;

const ENDPOINT: EndpointName = EndpointName::Revocation;

pub fn mount(op: &Op, _: &Hubs) -> Routes {
    let endpoint = Data::new(RevocationEndpoint::new(op));
    Arc::new(move |config| {
        config.app_data(endpoint.clone());
        routes(config);
    })
}

fn routes(config: &mut ServiceConfig) {
    let preflight = web::method(Method::OPTIONS).to(cors::preflight);
    config.service(
        web::resource(Location::Revocation.to_string())
            .route(web::post().to(post))
            .route(preflight)
            .default_service(web::to(other)),
    );
}

/// What the endpoint adds to the metadata document (RFC 8414 §2).
pub fn metadata(op: &Op, metadata: &mut ProviderMetadata) {
    metadata.set("revocation_endpoint", op.config.issuer.endpoint(Location::Revocation));
    client_auth::metadata("revocation_endpoint", metadata);
}

/// 200 even for a token that is unknown or another client's: it is useless to this one either way (RFC 7009 §2.2).
async fn post(
    op: Data<Op>,
    clients: Data<ClientAuthentication>,
    endpoint: Data<RevocationEndpoint>,
    http: HttpRequest,
    payload: Payload,
) -> HttpResponse {
    cors::open(match answer(&clients, &endpoint, &http, payload).await {
        Ok(()) => HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).finish(),
        Err(refused) => refuse(&op, ENDPOINT, &refused).await,
    })
}

async fn answer(
    clients: &ClientAuthentication,
    endpoint: &RevocationEndpoint,
    http: &HttpRequest,
    payload: Payload,
) -> Result<(), Refused> {
    let form = form::read(http, payload).await?;
    let client = clients.authenticate_client(authorization(http.headers())?, &form).await?; // invalid_client
    let token = form.require("token")?; // invalid_request
    Ok(endpoint.revoke(client.client(), token).await.map_err(OAuthError::from)?)
}

async fn other(op: Data<Op>) -> HttpResponse {
    refuse_method(&op, ENDPOINT, "POST").await
}
