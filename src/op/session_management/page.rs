//! `GET /check_session` (Session Management §3.2): the same for everyone, so that it reveals nothing. Its
//! script reads the cookie of the browser's state and answers messages.

use crate::op::Op;
use crate::op::page::other_methods;
use crate::pages::assets;
use crate::pages::page::{PagePolicy, respond};
use crate::platform::http::cookies::BROWSER_STATE;
use crate::platform::paths::Location;
use crate::protocol::provider_metadata::ProviderMetadata;
use actix_web::http::{StatusCode, header};
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

pub fn routes(config: &mut ServiceConfig) {
    let page = web::resource(Location::CheckSession.to_string()).route(web::get().to(show));
    config.service(page.default_service(other_methods("GET")));
}

/// What the page adds to the metadata document (Session Management §2.1).
pub fn metadata(op: &Op, metadata: &mut ProviderMetadata) {
    metadata.set("check_session_iframe", op.config.issuer.endpoint(Location::CheckSession));
}

#[derive(Debug, Template)]
#[template(path = "op/session_management/check_session.html")]
struct CheckSession<'a> {
    cookie: &'a str,
    sha256: &'a str,
    script: &'a str,
}

async fn show(op: Data<Op>, _: HttpRequest) -> HttpResponse {
    let asset = |name| assets::url(op.config.issuer.prefix(), name);
    let view = CheckSession {
        cookie: &op.cookies().name(BROWSER_STATE),
        sha256: &asset("js/sha256.js"),
        script: &asset("js/check_session.js"),
    };
    let mut answer = respond(StatusCode::OK, &PagePolicy::framed(), &view);
    let mut set = |name, value| drop(answer.headers_mut().insert(name, header::HeaderValue::from_static(value)));
    // It contains nothing personal, and every page of every application requests it.
    set(header::CACHE_CONTROL, "public, max-age=3600");
    // Cross-origin isolated pages can only frame resources that allow it.
    set(header::CROSS_ORIGIN_RESOURCE_POLICY, "cross-origin");
    answer
}
