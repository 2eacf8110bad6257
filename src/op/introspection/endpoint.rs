//! `POST /introspect`.

use super::{Introspection, IntrospectionEndpoint};
use crate::op::Op;
use crate::op::client_auth::{self, ClientAuthentication, Refused};
use crate::op::feature::Routes;
use crate::op::hubs::Hubs;
use crate::op::refusal::EndpointName;
use crate::op::token::endpoint::{authorization, refuse, refuse_method};
use crate::platform::http::{faces, form};
use crate::platform::paths::Location;
use crate::protocol::client_metadata::At;
use crate::protocol::error::OAuthError;
use crate::protocol::provider_metadata::ProviderMetadata;
use actix_web::web::{self, Data, Payload, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use std::sync::Arc;

const ENDPOINT: EndpointName = EndpointName::Introspection;

pub fn mount(op: &Op, _: &Hubs) -> Routes {
    let endpoint = Data::new(IntrospectionEndpoint::new(op));
    Arc::new(move |config| {
        config.app_data(endpoint.clone());
        routes(config);
    })
}

fn routes(config: &mut ServiceConfig) {
    config.service(
        web::resource(Location::Introspection.to_string()).route(web::post().to(post)).default_service(web::to(other)),
    );
}

/// What the endpoint adds to the metadata document (RFC 8414 §2).
pub fn metadata(op: &Op, metadata: &mut ProviderMetadata) {
    metadata.set("introspection_endpoint", op.config.issuer.endpoint(Location::Introspection));
    client_auth::confidential_metadata("introspection_endpoint", metadata);
}

async fn post(
    op: Data<Op>,
    clients: Data<ClientAuthentication>,
    endpoint: Data<IntrospectionEndpoint>,
    http: HttpRequest,
    payload: Payload,
) -> HttpResponse {
    match answer(&clients, &endpoint, &http, payload).await {
        Ok(introspection) => faces::ok(&introspection),
        Err(refused) => refuse(&op, ENDPOINT, &refused).await,
    }
}

async fn answer(
    clients: &ClientAuthentication,
    endpoint: &IntrospectionEndpoint,
    http: &HttpRequest,
    payload: Payload,
) -> Result<Introspection, Refused> {
    let form = form::read(http, payload).await?;
    let client = clients.authenticate_client(authorization(http.headers())?, &form).await?.confidential()?; // invalid_client
    client.client().metadata.usable_at(At::Introspection).map_err(|error| error.client(&client.client().id))?;
    let token = form.require("token")?; // invalid_request
    Ok(endpoint.introspect(client.client(), token).await.map_err(OAuthError::from)?)
}

async fn other(op: Data<Op>) -> HttpResponse {
    refuse_method(&op, ENDPOINT, "POST").await
}
