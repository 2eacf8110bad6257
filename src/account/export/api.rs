//! A copy of everything.

use super::copy;
use crate::account::api::{Part, by};
use crate::account::caller::FreshCaller;
use crate::platform::http::api::{Answer, object};
use actix_web::http::Method;
use utoipa::OpenApi as _;

/// What this adds to the API.
pub fn part() -> Part {
    let endpoints = vec![("/export", vec![by(Method::GET, copy_of_everything)])];
    Part { endpoints, description: Description::openapi() }
}

#[derive(utoipa::OpenApi)]
#[openapi(paths(copy_of_everything))]
struct Description;

/// All data about the person. Requires a sign-in within the last ten minutes.
#[utoipa::path(get, path = "/api/account/v1/export", responses((status = 200, body = Object), (status = 401)))]
pub async fn copy_of_everything(caller: FreshCaller) -> Answer {
    Ok(object(&copy::copy(&caller.op, &caller.owner()).await?, None))
}
