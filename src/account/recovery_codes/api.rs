//! Recovery codes: their number, and new ones.

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
    /// How many are unused.
    pub left: u64,
    /// RFC 3339; absent where there are none.
    pub created_at: Option<String>,
}

/// Recovery codes, which are shown only once.
#[derive(Serialize, ToSchema)]
pub struct NewRecoveryCodes {
    /// Each works once.
    pub recovery_codes: Vec<String>,
}

/// How many codes are left. The ETag changes when one is used.
#[utoipa::path(get, path = "/api/account/v1/recovery-codes", responses((status = 200, body = RecoveryCodes)))]
pub async fn recovery_codes(caller: Caller) -> Answer {
    let held = codes::held(&caller.op, &caller.user.id).await?;
    let body = RecoveryCodes { left: held.left, created_at: held.created_at.map(Time::rfc3339) };
    Ok(object(&body, Some(&quoted(&held.tag))))
}

/// Creates new codes, which are shown only once; the old ones become invalid. Requires a sign-in within the last ten minutes.
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
            let why = "recovery codes need a second factor: add an authenticator app or a passkey first";
            Err(Problem::new(409, "no_second_factor", why).into())
        }
        Replaced::Stale => Err(Problem::stale().into()),
    }
}
