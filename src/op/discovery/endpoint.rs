//! `GET /.well-known/openid-configuration`, `GET /.well-known/oauth-authorization-server`, `GET /jwks`.

use super::{Document, Rendered};
use crate::op::Op;
use crate::platform::http::faces;
use actix_web::http::header;
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};

/// Relying parties keep the documents for a few minutes; keys are published longer than that before they sign.
const KEPT: &str = "public, max-age=300";

/// Mounts the documents below the issuer's path.
pub fn routes(config: &mut ServiceConfig) {
    for path in ["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"] {
        config.service(
            web::resource([path.to_owned(), format!("{path}/")])
                .route(web::get().to(metadata))
                .route(web::head().to(metadata)),
        );
    }
    config.service(web::resource("/jwks").route(web::get().to(jwks)).route(web::head().to(jwks)));
}

/// Mounts the documents of an issuer with a path where RFC 8414 §3.1 looks for them: between host and path.
pub fn root_routes(config: &mut ServiceConfig, prefix: &str) {
    for name in ["openid-configuration", "oauth-authorization-server"] {
        let path = format!("/.well-known/{name}{prefix}");
        config.service(
            web::resource([path.clone(), format!("{path}/")])
                .route(web::get().to(metadata))
                .route(web::head().to(metadata)),
        );
    }
}

async fn metadata(op: Data<Op>, http: HttpRequest) -> HttpResponse {
    answer(&op, &http, |rendered| &rendered.metadata).await
}

async fn jwks(op: Data<Op>, http: HttpRequest) -> HttpResponse {
    answer(&op, &http, |rendered| &rendered.keys).await
}

async fn answer(op: &Op, http: &HttpRequest, choose: impl Fn(&Rendered) -> &Document) -> HttpResponse {
    match op.rendered().await {
        Ok(rendered) => send(choose(&rendered), http),
        Err(unavailable) => {
            let error = unavailable.into();
            faces::json(&error, &op.refuse("discovery", &error).await)
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
