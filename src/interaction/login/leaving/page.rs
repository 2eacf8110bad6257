//! `POST /login/leaving/{interaction}`, from the page that stands where the session would begin.

use super::view::Leaving;
use crate::model::event::{self, Event};
use crate::model::user::{self, User, UserStatus};
use crate::op::Op;
use crate::op::authorize::interaction::Bound;
use crate::op::page::{PageRequest, person, see_other};
use crate::platform::http::page::{PagePolicy, respond};
use crate::protocol::error::{ErrorCode, OAuthError};
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

const KIND: &str = "leaving";

/// The page for somebody whose password was right and who is leaving.
///
/// # Errors
/// When the store does not answer.
pub(in crate::interaction::login) async fn offer(
    request: &PageRequest<'_>,
    bound: &Bound,
    user: &User,
) -> Result<HttpResponse, OAuthError> {
    let (op, id) = (request.op, user.id.clone());
    let at = op.db.read(move |connection| user::store::leaves_at(connection, &id)).await?.unwrap_or_default();
    let proof = URL_SAFE_NO_PAD.encode(op.pepper.mac(KIND, &[bound.id.as_bytes(), user.id.as_bytes()]));
    let view = Leaving {
        page: request.page(),
        person: person(user),
        at,
        action: &op.path(&format!("/login/leaving/{}", bound.id)),
        csrf: &bound.csrf,
        person_id: &user.id,
        proof: &proof,
        sign_in_url: &op.path(&format!("/login/{}", bound.id)),
    };
    Ok(respond(StatusCode::OK, &PagePolicy::interaction(), &view))
}

/// The person stays.
pub async fn keep(op: Data<Op>, http: HttpRequest, id: Path<String>, payload: Payload) -> HttpResponse {
    let request = PageRequest::new(&op, &http);
    match kept(&request, &id, payload).await {
        Ok(answer) => answer,
        Err(error) => request.refuse("login", &error).await,
    }
}

async fn kept(request: &PageRequest<'_>, id: &str, payload: Payload) -> Result<HttpResponse, OAuthError> {
    let (op, bound) = (request.op, request.interaction(id).await?);
    let form = request.form(&bound, payload).await?;
    let (person, proof) = (form.require("person")?.to_owned(), form.require("proof")?);
    let sent = URL_SAFE_NO_PAD.decode(proof).unwrap_or_default();
    if !op.pepper.verify_mac(KIND, &[bound.id.as_bytes(), person.as_bytes()], &sent) {
        return Err(ErrorCode::InvalidRequest.because("the form carries no valid proof").status(403));
    }
    let now = op.now();
    op.db
        .write(move |tx| {
            if user::store::leaves_at(tx, &person)?.is_some_and(|at| at > now) {
                user::store::set_status(tx, &person, UserStatus::Active, now)?;
                event::store::record(tx, &Event::by_person("user.stayed", &person), now)?;
            }
            Ok(())
        })
        .await?;
    // They sign in as ever, with whatever factors are theirs.
    Ok(see_other(&op.path(&format!("/login/{}", bound.id)), []))
}
