//! `POST /login/leaving/{interaction}`, from the page that is shown instead of starting the session.

use super::view::{Leaving, Problem};
use crate::interaction::login::passkey::view::{Asked, Offer};
use crate::interaction::login::second_factor::{self, Outcome, Typed};
use crate::model::credential;
use crate::model::event::{self, Event, EventKind};
use crate::model::factor;
use crate::model::user::{self, User, UserStatus};
use crate::op::Op;
use crate::op::authorize::interaction::Bound;
use crate::op::page::{PageRequest, person, see_other};
use crate::op::refusal::EndpointName;
use crate::pages::page::{PagePolicy, respond};
use crate::platform::config::FeatureName;
use crate::platform::error::Unavailable;
use crate::platform::http::edge::Visit;
use crate::platform::paths::Screen;
use crate::protocol::error::{Cause, ErrorCode, OAuthError};
use actix_web::http::{StatusCode, header};
use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The proof of a person whose account is marked for deletion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::interaction::login) enum Proven {
    Password,
    /// A passkey, which is two factors.
    Passkey,
}

impl Proven {
    /// The kind of the proof that the form carries: one never passes as the other.
    const fn kind(self) -> &'static str {
        match self {
            Self::Password => "leaving",
            Self::Passkey => "leaving_by_passkey",
        }
    }

    fn proof(self, op: &Op, bound: &Bound, person: &Proving) -> String {
        let version = person.version();
        let about = [bound.id.as_bytes(), person.user.id.as_bytes(), version.as_bytes()];
        URL_SAFE_NO_PAD.encode(op.pepper.mac(self.kind(), &about))
    }

    /// The content of a form's proof.
    fn read(op: &Op, bound: &Bound, person: &Proving, proof: &str) -> Option<Self> {
        let sent = URL_SAFE_NO_PAD.decode(proof).unwrap_or_default();
        let version = person.version();
        let about = [bound.id.as_bytes(), person.user.id.as_bytes(), version.as_bytes()];
        [Self::Password, Self::Passkey].into_iter().find(|kind| op.pepper.verify_mac(kind.kind(), &about, &sent))
    }
}

/// The state of a person when they authenticated: changing the password or the deletion invalidates the proof.
struct Proving {
    user: User,
    password: Option<(String, i64)>,
}

impl Proving {
    async fn find(op: &Op, id: &str) -> Result<Option<Self>, Unavailable> {
        let id = id.to_owned();
        op.db
            .read(move |connection| {
                let Some(user) = user::store::find(connection, &id)? else { return Ok(None) };
                let password = credential::store::find_password(connection, &id)?;
                Ok(Some(Self { user, password: password.map(|held| (held.id, held.version)) }))
            })
            .await
    }

    fn version(&self) -> String {
        serde_json::json!([self.user.epoch, self.password]).to_string()
    }
}

/// The page for an authenticated person whose account is marked for deletion.
///
/// # Errors
/// When the store does not answer.
pub(in crate::interaction::login) async fn offer(
    request: &PageRequest<'_>,
    bound: &Bound,
    user: &User,
    proven: Proven,
) -> Result<HttpResponse, OAuthError> {
    show(request, bound, (user, proven), None).await
}

/// People with a second factor need it here too, or a recovery code: a password alone cannot cancel the deletion.
async fn show(
    request: &PageRequest<'_>,
    bound: &Bound,
    (user, proven): (&User, Proven),
    problem: Option<Problem>,
) -> Result<HttpResponse, OAuthError> {
    let (op, id) = (request.op, user.id.clone());
    let (at, means) = op
        .db
        .read(move |connection| {
            let at = user::store::leaves_at(connection, &id)?.unwrap_or_default();
            Ok((at, factor::store::means(connection, &id)?))
        })
        .await?;
    let proving = Proving::find(op, &user.id).await?;
    let proof = proving.map(|proving| proven.proof(op, bound, &proving)).unwrap_or_default();
    let asks = means.any() && proven == Proven::Password;
    let passkey = (asks && means.passkey && op.has_feature(FeatureName::Passkeys))
        .then(|| Offer::new(op.path(Screen::Passkey.at(&bound.id)), Asked::default(), &request.texts));
    let view = Leaving {
        page: request.page(),
        person: person(op, user),
        at,
        action: &op.path(Screen::Leaving.at(&bound.id)),
        csrf: &bound.csrf,
        person_id: &user.id,
        proof: &proof,
        sign_in_url: &op.path(Screen::SignIn.at(&bound.id)),
        asks_code: asks,
        has_authenticator: means.authenticator,
        passkey,
        problem,
    };
    let wait = match problem {
        Some(Problem::Wait { seconds }) => Some(seconds),
        _ => None,
    };
    let status = if wait.is_some() { StatusCode::TOO_MANY_REQUESTS } else { StatusCode::OK };
    let mut answer = respond(status, &PagePolicy::interaction(), &view);
    if let Some(seconds) = wait {
        answer.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from(seconds));
    }
    Ok(answer)
}

pub async fn keep(op: Data<Op>, http: HttpRequest, id: Path<String>, visit: Visit, payload: Payload) -> HttpResponse {
    let request = PageRequest::new(&op, &http);
    match kept(&request, &id, visit, payload).await {
        Ok(answer) => answer,
        Err(error) => request.refuse(EndpointName::Login, &error).await,
    }
}

async fn kept(request: &PageRequest<'_>, id: &str, visit: Visit, payload: Payload) -> Result<HttpResponse, OAuthError> {
    let (op, bound) = (request.op, request.interaction(id).await?);
    let form = request.form(&bound, payload).await?;
    let (person, proof) = (form.require("person")?.to_owned(), form.require("proof")?);
    let proving = Proving::find(op, &person).await?;
    let found = proving.and_then(|proving| Some((Proven::read(op, &bound, &proving, proof)?, proving.user)));
    let Some((proven, user)) = &found else {
        return Err(ErrorCode::InvalidRequest.because("the form carries no valid proof").page(Cause::Cookie));
    };
    let (proven, now) = (*proven, op.now());
    if proven == Proven::Password
        && let Some(problem) = missing(request, user, form.find("code").unwrap_or_default(), visit).await?
    {
        return show(request, &bound, (user, proven), Some(problem)).await;
    }
    op.db
        .write(move |tx| {
            if user::store::leaves_at(tx, &person)?.is_some_and(|at| at > now) {
                user::store::set_status(tx, &person, UserStatus::Active, now)?;
                event::store::record(tx, &Event::by_person(EventKind::UserStayed, &person), now)?;
            }
            Ok(())
        })
        .await?;
    // They sign in as ever, with whatever factors are theirs.
    Ok(see_other(&op.path(Screen::SignIn.at(&bound.id)), []))
}

/// The problem of the second factor, if the person has one.
async fn missing(
    request: &PageRequest<'_>,
    user: &User,
    code: &str,
    visit: Visit,
) -> Result<Option<Problem>, Unavailable> {
    let (op, id) = (request.op, user.id.clone());
    if !op.db.read(move |connection| factor::store::means(connection, &id)).await?.any() {
        return Ok(None);
    }
    if code.trim().is_empty() {
        return Ok(Some(Problem::Missing));
    }
    let typed = Typed { code: code.trim(), sender: request.sender(&visit) };
    Ok(match second_factor::check(op, &user.id, typed).await? {
        Outcome::Proven(_) => None,
        Outcome::Wrong => Some(Problem::Wrong),
        Outcome::Wait(wait) => Some(Problem::Wait { seconds: wait.as_secs() }),
    })
}
