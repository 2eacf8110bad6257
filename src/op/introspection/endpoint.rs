//! `POST /introspect`.

use super::Introspection;
use crate::op::Op;
use crate::op::client_auth::{self, Refused};
use crate::op::token::endpoint::{authorization, refuse, refuse_method};
use crate::platform::http::{faces, form};
use crate::protocol::client_metadata::At;
use crate::protocol::error::OAuthError;
use crate::protocol::provider_metadata::ProviderMetadata;
use actix_web::web::{self, Data, Payload, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};

const ENDPOINT: &str = "introspection";

/// Mounts the endpoint.
pub fn routes(config: &mut ServiceConfig) {
    config.service(web::resource("/introspect").route(web::post().to(post)).default_service(web::to(other)));
}

/// What the endpoint adds to the metadata document (RFC 8414 §2).
pub fn metadata(op: &Op, metadata: &mut ProviderMetadata) {
    metadata.set("introspection_endpoint", op.config.issuer.endpoint("/introspect"));
    client_auth::confidential_metadata("introspection_endpoint", metadata);
}

async fn post(op: Data<Op>, http: HttpRequest, payload: Payload) -> HttpResponse {
    match answer(&op, &http, payload).await {
        Ok(introspection) => faces::ok(&introspection),
        Err(refused) => refuse(&op, ENDPOINT, &refused).await,
    }
}

async fn answer(op: &Op, http: &HttpRequest, payload: Payload) -> Result<Introspection, Refused> {
    let form = form::read(http, payload).await?;
    let client = op.authenticate_client(authorization(http.headers())?, &form).await?.confidential()?; // invalid_client
    client.client().metadata.usable_at(At::Introspection).map_err(|error| error.client(&client.client().id))?;
    let token = form.require("token")?; // invalid_request
    Ok(op.introspect(client.client(), token).await.map_err(OAuthError::from)?)
}

async fn other(op: Data<Op>) -> HttpResponse {
    refuse_method(&op, ENDPOINT, "POST").await
}
