//! Recovery codes: how many are left, and others in their place.

use crate::account::api::{Part, by};
use crate::account::caller::{Caller, FreshCaller};
use crate::account::codes::{self, Replaced};
use crate::platform::clock::Time;
use crate::platform::http::api::{Answer, Problem, object, quoted};
use crate::platform::secret::Secret;
use actix_web::http::Method;
use serde::Serialize;
use utoipa::{OpenApi as _, ToSchema};

/// What this adds to the API.
pub fn part() -> Part {
    let endpoints =
        vec![("/recovery-codes", vec![by(Method::GET, recovery_codes), by(Method::POST, replace_recovery_codes)])];
    Part { endpoints, description: Description::openapi() }
}

#[derive(utoipa::OpenApi)]
#[openapi(paths(recovery_codes, replace_recovery_codes))]
struct Description;

/// Recovery codes, without the codes.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecoveryCodes {
    /// How many are not used.
    pub left: u64,
    /// RFC 3339; absent where there are none.
    pub created_at: Option<String>,
}

/// Recovery codes. They are shown this once.
#[derive(Serialize, ToSchema)]
pub struct NewRecoveryCodes {
    /// Each is good for one use.
    pub recovery_codes: Vec<String>,
}

/// How many codes are left. The ETag moves when one is used.
#[utoipa::path(get, path = "/api/account/v1/recovery-codes", responses((status = 200, body = RecoveryCodes)))]
pub async fn recovery_codes(caller: Caller) -> Answer {
    let held = codes::held(&caller.op, &caller.user.id).await?;
    let body = RecoveryCodes { left: held.left, created_at: held.created_at.map(Time::rfc3339) };
    Ok(object(&body, Some(&quoted(&held.tag))))
}

/// Gives new codes, which are shown this once; those before are worth nothing. Asks for a sign-in of the last ten minutes.
#[utoipa::path(
    post, path = "/api/account/v1/recovery-codes", params(("If-Match" = String, Header)),
    responses((status = 200, body = NewRecoveryCodes), (status = 401), (status = 409), (status = 412), (status = 428))
)]
pub async fn replace_recovery_codes(caller: FreshCaller) -> Answer {
    let seen = caller.seen()?;
    match codes::replace(&caller.op, caller.owner(), seen).await? {
        Replaced::By(codes) => {
            let recovery_codes = codes.iter().map(Secret::expose).cloned().collect();
            let held = codes::held(&caller.op, &caller.user.id).await?;
            Ok(object(&NewRecoveryCodes { recovery_codes }, Some(&quoted(&held.tag))))
        }
        Replaced::NoFactor => {
            let why = "there is no authenticator app and no passkey that they could stand for";
            Err(Problem::new(409, "no_second_factor", why).into())
        }
        Replaced::Stale => Err(Problem::stale().into()),
    }
}
