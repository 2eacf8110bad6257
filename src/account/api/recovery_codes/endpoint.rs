//! Recovery codes: how many are left, and others in their place.

use crate::account::api::endpoint::{answered, bearer, owner};
use crate::account::api::schema::{NewRecoveryCodes, RecoveryCodes};
use crate::account::api::view::{Problem, object, quoted, seen};
use crate::account::recovery_codes::{self, Replaced};
use crate::op::Op;
use crate::platform::clock::Time;
use crate::platform::secret::Secret;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

/// How many codes are left. The ETag moves when one is used.
#[utoipa::path(get, path = "/api/account/v1/recovery-codes", responses((status = 200, body = RecoveryCodes)))]
pub async fn recovery_codes(op: Data<Op>, http: HttpRequest) -> HttpResponse {
    let answer = async {
        let bearer = bearer(&op, &http).await?;
        let held = recovery_codes::held(&op, &bearer.user.id).await?;
        let body = RecoveryCodes { left: held.left, created_at: held.created_at.map(Time::rfc3339) };
        Ok(object(&body, Some(&quoted(&held.tag))))
    }
    .await;
    answered(&op, answer).await
}

/// Gives new codes, which are shown this once; those before are worth nothing. Asks for a sign-in of the last ten minutes.
#[utoipa::path(
    post, path = "/api/account/v1/recovery-codes", params(("If-Match" = String, Header)),
    responses((status = 200, body = NewRecoveryCodes), (status = 401), (status = 409), (status = 412), (status = 428))
)]
pub async fn replace_recovery_codes(op: Data<Op>, http: HttpRequest) -> HttpResponse {
    let answer = async {
        let bearer = bearer(&op, &http).await?;
        bearer.must_be_fresh(op.now())?;
        let seen = seen(http.headers())?;
        match recovery_codes::replace(&op, owner(&op, &http, &bearer), seen).await? {
            Replaced::By(codes) => {
                let recovery_codes = codes.iter().map(Secret::expose).cloned().collect();
                let held = recovery_codes::held(&op, &bearer.user.id).await?;
                Ok(object(&NewRecoveryCodes { recovery_codes }, Some(&quoted(&held.tag))))
            }
            Replaced::NoFactor => {
                let why = "there is no authenticator app and no passkey that they could stand for";
                Err(Problem::new(409, "no_second_factor", why).into())
            }
            Replaced::Stale => Err(Problem::stale().into()),
        }
    }
    .await;
    answered(&op, answer).await
}
