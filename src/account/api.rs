//! `/api/account/v1`: the account of the person whose access token it is. The same actions as the console's, for
//! programs: problem+json (RFC 9457), and no change without `If-Match` (RFC 9110 §13.1.1). Each slice has its own
//! endpoints and documents; here they are mounted.

use super::caller::told;
use crate::op::Op;
use crate::platform::clock::Time;
use crate::platform::http::api::{Answer, Problem, object, preflight};
use crate::platform::paths::Location;
use actix_web::http::Method;
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{FromRequest, Handler, HttpRequest, HttpResponse, Route};
use futures_util::future::LocalBoxFuture;
use serde::Deserialize;
use utoipa::openapi::OpenApi;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::{OpenApi as _, ToSchema};

/// Where it is.
pub const BASE: Location<'_> = Location::AccountApi;
/// Every method that it has.
pub const METHODS: &str = "GET, PATCH, POST, PUT, DELETE";

/// What a slice does at a path below [`BASE`].
pub type Endpoint = (&'static str, Vec<(Method, Route)>);

/// What a slice adds to the API.
pub struct Part {
    /// Its endpoints.
    pub endpoints: Vec<Endpoint>,
    /// What describes them.
    pub description: OpenApi,
}

/// A handler by its method: its errors become problem documents.
pub fn by<F, Args>(method: Method, handler: F) -> (Method, Route)
where
    F: Handler<Args, Output = Answer>,
    Args: FromRequest + 'static,
{
    (method.clone(), web::method(method).to(Answered(handler)))
}

#[derive(Clone)]
struct Answered<F>(F);

impl<F, Args> Handler<(Data<Op>, Args)> for Answered<F>
where
    F: Handler<Args, Output = Answer>,
    Args: FromRequest + 'static,
{
    type Output = HttpResponse;
    type Future = LocalBoxFuture<'static, HttpResponse>;

    fn call(&self, (op, args): (Data<Op>, Args)) -> Self::Future {
        let answer = self.0.call(args);
        Box::pin(async move {
            match answer.await {
                Ok(answer) => answer,
                Err(stop) => told(&op, stop).await,
            }
        })
    }
}

/// Mounts the endpoints of every part, and what describes them.
pub fn mount(config: &mut ServiceConfig, parts: Vec<Part>) {
    let description = describe(&parts);
    let openapi = move |op: Data<Op>| {
        let mut described = description.clone();
        described.servers = Some(vec![utoipa::openapi::Server::new(op.issuer())]);
        std::future::ready(object(&described, None))
    };
    let mut endpoints: Vec<Endpoint> = parts.into_iter().flat_map(|part| part.endpoints).collect();
    endpoints.push(("/openapi.json", vec![(Method::GET, web::method(Method::GET).to(openapi))]));
    for (path, routes) in endpoints {
        let allowed: Vec<String> = routes.iter().map(|(method, _)| method.to_string()).collect();
        let allowed = allowed.join(", ");
        let other = move |op: Data<Op>| std::future::ready(Problem::method_not_allowed(&allowed).answer(op.issuer()));
        let preflight =
            web::method(Method::OPTIONS).to(|http: HttpRequest| std::future::ready(preflight(&http, METHODS)));
        let resource = web::resource(format!("{BASE}{path}"));
        let resource = routes.into_iter().map(|(_, route)| route).fold(resource, actix_web::Resource::route);
        config.service(resource.route(preflight).default_service(web::to(other)));
    }
}

#[derive(utoipa::OpenApi)]
#[openapi(info(
    title = "Account API",
    description = "The account of the person whose access token it is (scope `account`)."
))]
struct Whole;

/// The OpenAPI document of every part.
pub fn describe(parts: &[Part]) -> OpenApi {
    let mut whole = Whole::openapi();
    for part in parts {
        whole.merge(part.description.clone());
    }
    let scheme = SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build());
    whole.components.get_or_insert_default().add_security_scheme("access_token", scheme);
    whole.security = Some(vec![SecurityRequirement::new("access_token", Vec::<String>::new())]);
    whole
}

/// A new name.
#[derive(Deserialize, ToSchema)]
pub struct NewName {
    /// One line of at most 64 characters.
    pub name: String,
}

/// RFC 3339 of stored milliseconds.
pub fn written(millis: i64) -> String {
    Time::from_millis(millis).rfc3339()
}
