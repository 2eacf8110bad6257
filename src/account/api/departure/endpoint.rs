//! The wish to be deleted.

use crate::account::api::endpoint::{answered, bearer, body};
use crate::account::api::schema::{AskedDeletion, Deletion, Leaving};
use crate::account::api::view::{Problem, object, seen, versioned};
use crate::account::departure::{self, Outcome};
use crate::op::Op;
use crate::op::page::identifier;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};

/// What a deletion asks for. Its ETag is that of the profile.
#[utoipa::path(get, path = "/api/account/v1/deletion", responses((status = 200, body = Deletion)))]
pub async fn deletion(op: Data<Op>, http: HttpRequest) -> HttpResponse {
    let answer = async {
        let user = bearer(&op, &http).await?.user;
        let grace = op.config.account.delete_after.as_secs();
        let body = Deletion { confirm: identifier(&user).to_owned(), grace };
        Ok(object(&body, Some(&versioned(user.version))))
    }
    .await;
    answered(&op, answer).await
}

/// Asks for the account to be deleted: it is switched off at once, and gone after the days of grace. Asks for a sign-in
/// of the last ten minutes.
#[utoipa::path(
    post, path = "/api/account/v1/deletion", request_body = AskedDeletion, params(("If-Match" = String, Header)),
    responses((status = 200, body = Leaving), (status = 401), (status = 412), (status = 422), (status = 428))
)]
pub async fn ask_deletion(op: Data<Op>, http: HttpRequest, payload: Payload) -> HttpResponse {
    let answer = async {
        let bearer = bearer(&op, &http).await?;
        bearer.must_be_fresh(op.now())?;
        let seen = seen(http.headers())?;
        let sent: AskedDeletion = body(&http, payload, "confirm").await?;
        match departure::leave(&op, &bearer.user, &sent.confirm, seen).await? {
            Outcome::Leaving(at) => Ok(object(&Leaving { delete_at: at.rfc3339() }, None)),
            Outcome::Stale => Err(Problem::stale().into()),
            Outcome::Unconfirmed => {
                let why = "confirm must say what you sign in with";
                Err(Problem::new(422, "unconfirmed", why).into())
            }
        }
    }
    .await;
    answered(&op, answer).await
}
