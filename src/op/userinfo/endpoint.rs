//! `GET` and `POST /userinfo`.

use super::{UserInfo, UserInfoEndpoint};
use crate::op::feature::Routes;
use crate::op::hubs::Hubs;
use crate::op::refusal::EndpointName;
use crate::op::token::endpoint::refuse_method;
use crate::op::{Op, encryption};
use crate::platform::http::presented::presented;
use crate::platform::http::{cors, faces, form};
use crate::platform::paths::Location;
use crate::protocol::error::OAuthError;
use crate::protocol::params::Params;
use crate::protocol::provider_metadata::ProviderMetadata;
use actix_web::http::Method;
use actix_web::web::{self, Data, Payload, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use std::sync::Arc;

const ENDPOINT: EndpointName = EndpointName::Userinfo;

pub fn mount(op: &Op, hubs: &Hubs) -> Routes {
    let endpoint = Data::new(UserInfoEndpoint::new(op, hubs));
    Arc::new(move |config| {
        config.app_data(endpoint.clone());
        routes(config);
    })
}

fn routes(config: &mut ServiceConfig) {
    let userinfo = web::resource(Location::UserInfo.to_string()).route(web::get().to(get)).route(web::post().to(post));
    let preflight = web::method(Method::OPTIONS).to(cors::preflight);
    config.service(userinfo.route(preflight).default_service(web::to(other)));
}

/// What the endpoint adds to the metadata document.
pub fn metadata(op: &Op, metadata: &mut ProviderMetadata) {
    metadata.set("userinfo_endpoint", op.config.issuer.endpoint(Location::UserInfo));
    encryption::metadata("userinfo", metadata);
}

async fn get(op: Data<Op>, endpoint: Data<UserInfoEndpoint>, http: HttpRequest) -> HttpResponse {
    respond(&op, answer(&endpoint, &http, Ok(Params::default())).await).await
}

/// A body that is not a form has no token, and is not read (RFC 6750 §2.2).
async fn post(op: Data<Op>, endpoint: Data<UserInfoEndpoint>, http: HttpRequest, payload: Payload) -> HttpResponse {
    let form = if form::is_form(&http) { form::read(&http, payload).await } else { Ok(Params::default()) };
    respond(&op, answer(&endpoint, &http, form).await).await
}

async fn other(op: Data<Op>) -> HttpResponse {
    refuse_method(&op, ENDPOINT, "GET, POST").await
}

async fn answer(
    endpoint: &UserInfoEndpoint,
    http: &HttpRequest,
    form: Result<Params, OAuthError>,
) -> Result<Option<UserInfo>, OAuthError> {
    Params::parse(http.query_string().as_bytes())?;
    match presented(http, Some(&form?))?.token() {
        Some(token) => endpoint.userinfo(&token).await.map(Some),
        None => Ok(None),
    }
}

async fn respond(op: &Op, answer: Result<Option<UserInfo>, OAuthError>) -> HttpResponse {
    cors::open(match answer {
        Ok(Some(UserInfo::Json(claims))) => faces::ok(&claims),
        Ok(Some(UserInfo::Jwt(token))) => faces::jwt(token),
        Ok(None) => faces::bearer(None, op.issuer()),
        Err(error) => {
            let reference = op.refuse(ENDPOINT, &error).await;
            faces::bearer(Some((&error, &reference)), op.issuer())
        }
    })
}
