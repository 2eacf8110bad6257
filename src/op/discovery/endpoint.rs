//! `GET /.well-known/openid-configuration`, `GET /.well-known/oauth-authorization-server`, `GET /jwks`.

use crate::op::Op;
use crate::op::metadata::{Document, Rendered};
use crate::op::refusal::EndpointName;
use crate::op::token::endpoint::refuse_method;
use crate::platform::http::edge::Visit;
use crate::platform::http::{cors, faces};
use crate::platform::paths::Location;
use crate::protocol::error::Face;
use actix_web::http::{Method, header};
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};

const ENDPOINT: EndpointName = EndpointName::Discovery;
const DOCUMENTS: [Location<'_>; 2] = [Location::OpenIdConfiguration, Location::AuthorizationServer];
/// Seconds. Relying parties cache the documents this long; keys are published longer than that before they sign.
const KEPT: &str = "public, max-age=300";

/// Mounts the documents below the issuer's path.
pub fn routes(config: &mut ServiceConfig) {
    for document in DOCUMENTS {
        metadata_at(config, &document.to_string());
    }
    let keys = web::resource(Location::Jwks.to_string()).route(web::get().to(jwks)).route(web::head().to(jwks));
    let keys = keys.route(web::method(Method::OPTIONS).to(preflight));
    config.service(keys.default_service(web::to(other)));
}

/// Mounts the documents of an issuer with a path where RFC 8414 §3.1 looks for them: between host and path.
pub fn root_routes(config: &mut ServiceConfig, prefix: &str) {
    for document in DOCUMENTS {
        metadata_at(config, &format!("{document}{prefix}"));
    }
}

/// Two resources, since one with two paths would be a set of regular expressions.
fn metadata_at(config: &mut ServiceConfig, path: &str) {
    for path in [path.to_owned(), format!("{path}/")] {
        let resource = web::resource(path).route(web::get().to(metadata)).route(web::head().to(metadata));
        let resource = resource.route(web::method(Method::OPTIONS).to(preflight));
        config.service(resource.default_service(web::to(other)));
    }
}

/// A script with custom headers sends a preflight first (Fetch §3.2.2).
async fn preflight(http: HttpRequest) -> HttpResponse {
    cors::preflight_for(&http, "GET, HEAD", cors::USUAL)
}

async fn other(op: Data<Op>) -> HttpResponse {
    refuse_method(&op, ENDPOINT, "GET, HEAD").await
}

async fn metadata(op: Data<Op>, http: HttpRequest) -> HttpResponse {
    answer(&op, &http, |rendered| &rendered.metadata).await
}

async fn jwks(op: Data<Op>, http: HttpRequest, visit: Visit) -> HttpResponse {
    op.sightings.jwks_fetched(visit.client.network(), op.now());
    answer(&op, &http, |rendered| &rendered.keys).await
}

async fn answer(op: &Op, http: &HttpRequest, choose: impl Fn(&Rendered) -> &Document) -> HttpResponse {
    match op.rendered().await {
        Ok(rendered) => send(choose(&rendered), http),
        Err(unavailable) => {
            let error = unavailable.into();
            faces::json(Face::Client, &error, &op.refuse(ENDPOINT, &error).await)
        }
    }
}

fn send(document: &Document, http: &HttpRequest) -> HttpResponse {
    let has = |name, wanted: &str| {
        let values = http.headers().get_all(name).filter_map(|value| value.to_str().ok());
        values.flat_map(|value| value.split(',')).any(|item| item.trim().trim_start_matches("W/") == wanted)
    };
    let mut answer = HttpResponse::Ok();
    answer
        .content_type("application/json")
        .insert_header((header::CACHE_CONTROL, KEPT))
        .insert_header((header::ETAG, document.etag.as_str()))
        .insert_header((header::VARY, "accept-encoding"))
        // Public, without credentials: single-page apps read it from anywhere.
        .insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"));
    if has(header::IF_NONE_MATCH, &document.etag) {
        return answer.status(actix_web::http::StatusCode::NOT_MODIFIED).finish();
    }
    if has(header::ACCEPT_ENCODING, "gzip") {
        return answer.insert_header((header::CONTENT_ENCODING, "gzip")).body(document.gzip.clone());
    }
    answer.body(document.plain.clone())
}
