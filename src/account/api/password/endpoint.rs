//! The password: how it stands, another one, the first one, none.

use crate::account::api::endpoint::{Answer, answered, bearer, body, owner};
use crate::account::api::schema::{NewPassword, Password, written};
use crate::account::api::view::{Problem, done, object, quoted, seen};
use crate::account::new_password::{self, Change, Outcome};
use crate::account::without_password::{self, Removal};
use crate::model::credential;
use crate::op::Op;
use crate::platform::http::edge;
use crate::platform::secret::Secret;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};

/// How the password stands. Its ETag is what a change names, also of one that is not there.
#[utoipa::path(get, path = "/api/account/v1/password", responses((status = 200, body = Password)))]
pub async fn password(op: Data<Op>, http: HttpRequest) -> HttpResponse {
    let answer = async {
        let id = bearer(&op, &http).await?.user.id;
        let removal = without_password::may_go(&op, &id).await?;
        let found = op.db.read(move |connection| {
            let password = credential::store::find_password(connection, &id)?;
            Ok((password, credential::store::password_changed_at(connection, &id)?))
        });
        let (password, changed_at) = found.await?;
        let body = Password {
            set: password.is_some(),
            changed_at: changed_at.map(written),
            removable: removal == Removal::Fine,
        };
        Ok(object(&body, Some(&quoted(&new_password::tag_of(password.as_ref())))))
    }
    .await;
    answered(&op, answer).await
}

/// Changes the password, or sets the first; every other session ends.
#[utoipa::path(
    post, path = "/api/account/v1/password", request_body = NewPassword, params(("If-Match" = String, Header)),
    responses((status = 204), (status = 401), (status = 403), (status = 412), (status = 422), (status = 428), (status = 429))
)]
pub async fn change_password(op: Data<Op>, http: HttpRequest, arrival: edge::Visit, payload: Payload) -> HttpResponse {
    let answer = async {
        let bearer = bearer(&op, &http).await?;
        let seen = seen(http.headers())?;
        let sent: NewPassword = body(&http, payload, "current_password and new_password").await?;
        let owner = owner(&op, &http, &bearer);
        let is_first = without_password::may_go(&op, &bearer.user.id).await? == Removal::NoPassword;
        let change = Change {
            user: &bearer.user,
            current: Secret::new(sent.current_password.unwrap_or_default()),
            new: Secret::new(sent.new_password),
            address: arrival.client.address(),
            place: owner.place,
            kept_session: owner.session_id,
            ends_offline: sent.end_offline_access,
            seen,
        };
        if !is_first {
            return judged(new_password::change(&op, &change).await?);
        }
        // There is nothing else that could be asked for.
        bearer.must_be_fresh(op.now())?;
        judged(new_password::set(&op, &change).await?)
    }
    .await;
    answered(&op, answer).await
}

fn judged(outcome: Outcome) -> Answer {
    let problem = match outcome {
        Outcome::Changed(_) => return Ok(done()),
        Outcome::Wrong => Problem::new(403, "wrong_password", "the current password is another"),
        Outcome::Same => Problem::new(422, "same_password", "the new password is the current one"),
        Outcome::Weak(weakness) => Problem::new(422, "weak_password", format!("the new password {weakness}")),
        Outcome::Wait(wait) => {
            Problem::new(429, "too_many_attempts", "too many failures: wait").retry_after(wait.as_secs())
        }
        Outcome::Busy => Problem::new(503, "temporarily_unavailable", "try again shortly").retry_after(2),
        Outcome::Stale => Problem::stale(),
    };
    Err(problem.into())
}

/// Takes the password away from somebody who signs in with a passkey; every other session ends. Asks for a sign-in of the
/// last ten minutes.
#[utoipa::path(
    delete, path = "/api/account/v1/password", params(("If-Match" = String, Header)),
    responses((status = 204), (status = 401), (status = 404), (status = 409), (status = 412), (status = 428))
)]
pub async fn remove_password(op: Data<Op>, http: HttpRequest) -> HttpResponse {
    let answer = async {
        let bearer = bearer(&op, &http).await?;
        bearer.must_be_fresh(op.now())?;
        let seen = seen(http.headers())?;
        let why = match without_password::remove(&op, owner(&op, &http, &bearer), seen).await? {
            Removal::Fine => return Ok(done()),
            Removal::NoPassword => Problem::not_found(),
            Removal::Stale => Problem::stale(),
            Removal::NoPasskey => Problem::new(409, "no_passkey", "nothing else would let you in: add a passkey first"),
            Removal::NoWayBack => {
                let why = "nothing would let you in once the passkey is lost: make recovery codes first";
                Problem::new(409, "no_way_back", why)
            }
        };
        Err(why.into())
    }
    .await;
    answered(&op, answer).await
}
