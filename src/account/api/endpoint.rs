//! The endpoints.

use super::addresses::endpoint as addresses;
use super::appearance::endpoint as appearance;
use super::authenticator::endpoint as authenticator;
use super::bearer::Bearer;
use super::browsers::endpoint as browsers;
use super::departure::endpoint as departure;
use super::documentation::document;
use super::passkeys::endpoint as passkeys;
use super::password::endpoint as password;
use super::recovery_codes::endpoint as recovery_codes;
use super::schema::{Activity, Application, Event, Profile, Session, written};
use super::view::{Problem, done, hashed, if_match, named_version, object, versioned};
use crate::account::export::export;
use crate::account::profile_fields::Changed;
use crate::account::recovery_codes::Owner;
use crate::account::take_back::{self, Taken};
use crate::account::{profile_fields, store};
use crate::model::event::{Actor, Stored};
use crate::model::session;
use crate::model::user::User;
use crate::op::Op;
use crate::op::page::PageRequest;
use crate::platform::clock::Time;
use crate::platform::error::Unavailable;
use crate::platform::http::{cors, json, limits};
use crate::platform::jose::parse_object;
use crate::protocol::claims::ACCOUNT;
use crate::protocol::error::OAuthError;
use crate::protocol::provider_metadata::ProviderMetadata;
use crate::tokens::ending::Which;
use actix_web::http::{Method, header};
use actix_web::web::{self, Data, Path, Payload, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse, Route};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

const ENDPOINT: &str = "account_api";
const BASE: &str = "/api/account/v1";
const METHODS: &str = "GET, PATCH, POST, DELETE";
/// So much of what happened is given at once.
const PART: i64 = 50;

/// What is done at a path below [`BASE`].
type Mounted = (&'static str, Vec<(Method, Route)>);

fn by<F, Args>(method: Method, handler: F) -> (Method, Route)
where
    F: actix_web::Handler<Args>,
    Args: actix_web::FromRequest + 'static,
    F::Output: actix_web::Responder + 'static,
{
    (method.clone(), web::method(method).to(handler))
}

/// Everything that is done here, and what describes it all.
fn mounted() -> Vec<Mounted> {
    let (get, post) = (|| Method::GET, || Method::POST);
    let (patch, delete) = (|| Method::PATCH, || Method::DELETE);
    vec![
        ("/profile", vec![by(get(), profile), by(patch(), change_profile)]),
        ("/appearance", vec![by(get(), appearance::appearance), by(patch(), appearance::change_appearance)]),
        ("/sessions", vec![by(get(), sessions), by(delete(), end_other_sessions)]),
        ("/sessions/{id}", vec![by(get(), session), by(delete(), end_session)]),
        ("/applications", vec![by(get(), applications)]),
        ("/applications/{client_id}", vec![by(get(), application), by(delete(), revoke)]),
        ("/activity", vec![by(get(), activity)]),
        (
            "/password",
            vec![
                by(get(), password::password),
                by(post(), password::change_password),
                by(delete(), password::remove_password),
            ],
        ),
        (
            "/authenticator",
            vec![
                by(get(), authenticator::authenticator),
                by(post(), authenticator::enrol_authenticator),
                by(patch(), authenticator::rename_authenticator),
                by(delete(), authenticator::remove_authenticator),
            ],
        ),
        ("/authenticator/offer", vec![by(post(), authenticator::offer_authenticator)]),
        (
            "/recovery-codes",
            vec![by(get(), recovery_codes::recovery_codes), by(post(), recovery_codes::replace_recovery_codes)],
        ),
        (
            "/remembered-browsers",
            vec![by(get(), browsers::remembered_browsers), by(delete(), browsers::forget_browsers)],
        ),
        (
            "/remembered-browsers/{id}",
            vec![by(get(), browsers::remembered_browser), by(delete(), browsers::forget_browser)],
        ),
        ("/addresses", vec![by(get(), addresses::addresses), by(post(), addresses::add_address)]),
        (
            "/addresses/{id}",
            vec![
                by(get(), addresses::address),
                by(patch(), addresses::change_address),
                by(delete(), addresses::remove_address),
            ],
        ),
        ("/addresses/{id}/verification", vec![by(post(), addresses::verify_address)]),
        ("/passkeys", vec![by(get(), passkeys::passkeys)]),
        (
            "/passkeys/{id}",
            vec![
                by(get(), passkeys::passkey),
                by(patch(), passkeys::rename_passkey),
                by(delete(), passkeys::remove_passkey),
            ],
        ),
        ("/export", vec![by(get(), copy)]),
        ("/deletion", vec![by(get(), departure::deletion), by(post(), departure::ask_deletion)]),
    ]
}

/// Mounts the API.
pub fn routes(config: &mut ServiceConfig) {
    let description: Mounted = ("/openapi.json", vec![by(Method::GET, openapi)]);
    for (path, routes) in mounted().into_iter().chain([description]) {
        let preflight = web::method(Method::OPTIONS).to(preflight);
        let resource = web::resource(format!("{BASE}{path}"));
        let resource = routes.into_iter().map(|(_, route)| route).fold(resource, actix_web::Resource::route);
        config.service(resource.route(preflight).default_service(web::to(other)));
    }
}

/// What the API adds to the metadata document.
pub fn metadata(_: &Op, metadata: &mut ProviderMetadata) {
    metadata.add("scopes_supported", [ACCOUNT]);
}

async fn preflight(http: HttpRequest) -> HttpResponse {
    cors::preflight_for(&http, METHODS, "Authorization, Content-Type, If-Match")
}

async fn other(op: Data<Op>) -> HttpResponse {
    Problem::new(405, "method_not_allowed", "nothing is done here by this method").answer(op.issuer())
}

async fn openapi(op: Data<Op>) -> HttpResponse {
    object(&document(op.issuer()), None)
}

/// Why there is no good answer: of the token and the store, or of what was asked.
pub(in crate::account::api) enum Stop {
    Refused(OAuthError),
    Problem(Problem),
}

impl From<OAuthError> for Stop {
    fn from(error: OAuthError) -> Self {
        Self::Refused(error)
    }
}

impl From<Unavailable> for Stop {
    fn from(unavailable: Unavailable) -> Self {
        Self::Refused(unavailable.into())
    }
}

impl From<Problem> for Stop {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

pub(in crate::account::api) type Answer = Result<HttpResponse, Stop>;

pub(in crate::account::api) async fn answered(op: &Op, answer: Answer) -> HttpResponse {
    match answer {
        Ok(answer) => answer,
        Err(Stop::Problem(problem)) => problem.answer(op.issuer()),
        Err(Stop::Refused(error)) => {
            let reference = op.refuse(ENDPOINT, &error).await;
            Problem::refused(&error, &reference).answer(op.issuer())
        }
    }
}

pub(in crate::account::api) async fn bearer(op: &Op, http: &HttpRequest) -> Result<Bearer, Stop> {
    let mut values = http.headers().get_all(header::AUTHORIZATION);
    let value = values.next().filter(|_| values.next().is_none()).and_then(|value| value.to_str().ok());
    Ok(Bearer::read(op, value).await?.ok_or_else(Problem::nobody)?)
}

/// What was sent, as `members` has it.
pub(in crate::account::api) async fn body<T: DeserializeOwned>(
    http: &HttpRequest,
    payload: Payload,
    members: &str,
) -> Result<T, Stop> {
    let body = json::read(http, payload, limits::JSON).await?;
    let unreadable = |_| Problem::new(400, "invalid_request", format!("the body must be an object with {members}"));
    Ok(serde_json::from_slice(&body).map_err(unreadable)?)
}

/// The person, as whoever changes something here.
pub(in crate::account::api) fn owner(op: &Op, http: &HttpRequest, bearer: &Bearer) -> Owner {
    let place = PageRequest::new(op, http).place();
    Owner { person_id: bearer.user.id.clone(), session_id: bearer.session_id.clone(), place }
}

fn shown(op: &Op, user: &User) -> HttpResponse {
    let profile = &op.config.profile;
    let seen = user.claims.iter().filter(|(name, _)| !profile.is_hidden(name));
    let claims = seen.map(|(name, value)| (name.clone(), value.clone())).collect();
    let editable = profile.fields.iter().filter(|field| field.is_editable()).map(|field| field.claim.clone());
    let body = Profile { sub: user.sub.clone(), claims: Value::Object(claims), editable: editable.collect() };
    object(&body, Some(&versioned(user.version)))
}

/// The profile.
#[utoipa::path(get, path = "/api/account/v1/profile", responses((status = 200, body = Profile)))]
pub async fn profile(op: Data<Op>, http: HttpRequest) -> HttpResponse {
    let answer = async { Ok(shown(&op, &bearer(&op, &http).await?.user)) }.await;
    answered(&op, answer).await
}

/// Changes editable claims: members replace, `null` removes (RFC 7396).
#[utoipa::path(
    patch, path = "/api/account/v1/profile", request_body = Object, params(("If-Match" = String, Header)),
    responses((status = 200, body = Profile), (status = 412), (status = 422), (status = 428))
)]
pub async fn change_profile(op: Data<Op>, http: HttpRequest, payload: Payload) -> HttpResponse {
    let answer = async {
        let bearer = bearer(&op, &http).await?;
        let tags = if_match(http.headers())?;
        let body = json::read(&http, payload, limits::JSON).await?;
        let unreadable = |_| Problem::new(400, "invalid_request", "the body must be a JSON object");
        let patch = parse_object(&body).map_err(unreadable)?;
        let Some(version) = named_version(&tags) else { return Err(Problem::stale().into()) };
        match profile_fields::change(&op, &bearer.user.id, version, patch).await? {
            Changed::Saved(user) => Ok(shown(&op, &user)),
            Changed::Stale(_) => Err(Problem::stale().into()),
            Changed::NotEditable(name) => {
                Err(Problem::new(422, "not_editable", format!("{name} cannot be changed here")).into())
            }
            Changed::Wrong(wrong) => {
                let errors = wrong.iter().map(|(name, wrong)| json!({ "claim": name, "detail": wrong.as_str() }));
                let problem = Problem::new(422, "invalid_claims", "some values are not taken");
                Err(problem.with("errors", errors.collect()).into())
            }
        }
    }
    .await;
    answered(&op, answer).await
}

async fn sessions_of(op: &Op, bearer: &Bearer) -> Result<Vec<Session>, Unavailable> {
    let (id, now) = (bearer.user.id.clone(), op.now());
    let listed = op.db.read_long(move |connection| session::store::list(connection, &id, now)).await?;
    let session = |listed: session::store::Listed| Session {
        created_at: written(listed.created_at),
        expires_at: written(listed.expires_at),
        user_agent: listed.user_agent,
        network: listed.network,
        current: bearer.session_id.as_ref() == Some(&listed.id),
        id: listed.id,
    };
    Ok(listed.into_iter().map(session).collect())
}

/// Where the person is signed in.
#[utoipa::path(get, path = "/api/account/v1/sessions", responses((status = 200, body = [Session])))]
pub async fn sessions(op: Data<Op>, http: HttpRequest) -> HttpResponse {
    let answer = async {
        let bearer = bearer(&op, &http).await?;
        let sessions = sessions_of(&op, &bearer).await?;
        Ok(object(&sessions, Some(&hashed(&sessions))))
    }
    .await;
    answered(&op, answer).await
}

/// Signs out everywhere else, where the sessions are those that were read.
#[utoipa::path(
    delete, path = "/api/account/v1/sessions", params(("If-Match" = String, Header)),
    responses((status = 204), (status = 412), (status = 428))
)]
pub async fn end_other_sessions(op: Data<Op>, http: HttpRequest) -> HttpResponse {
    let answer = async {
        let bearer = bearer(&op, &http).await?;
        let tags = if_match(http.headers())?;
        if !tags.contains(&hashed(&sessions_of(&op, &bearer).await?)) {
            return Err(Problem::stale().into());
        }
        let which = bearer.session_id.clone().map_or(Which::All, Which::AllBut);
        take_back::sessions(&op, &bearer.user.id, which).await?;
        Ok(done())
    }
    .await;
    answered(&op, answer).await
}

async fn one_session(op: &Op, bearer: &Bearer, id: &str) -> Result<Session, Stop> {
    let found = sessions_of(op, bearer).await?.into_iter().find(|session| session.id == id);
    Ok(found.ok_or_else(Problem::not_found)?)
}

/// One session.
#[utoipa::path(
    get, path = "/api/account/v1/sessions/{id}", params(("id" = String, Path)),
    responses((status = 200, body = Session), (status = 404))
)]
pub async fn session(op: Data<Op>, http: HttpRequest, id: Path<String>) -> HttpResponse {
    let answer = async {
        let bearer = bearer(&op, &http).await?;
        let session = one_session(&op, &bearer, &id).await?;
        Ok(object(&session, Some(&hashed(&session))))
    }
    .await;
    answered(&op, answer).await
}

/// Signs one session out.
#[utoipa::path(
    delete, path = "/api/account/v1/sessions/{id}", params(("id" = String, Path), ("If-Match" = String, Header)),
    responses((status = 204), (status = 404), (status = 412), (status = 428))
)]
pub async fn end_session(op: Data<Op>, http: HttpRequest, id: Path<String>) -> HttpResponse {
    let answer = async {
        let bearer = bearer(&op, &http).await?;
        let tags = if_match(http.headers())?;
        let session = one_session(&op, &bearer, &id).await?;
        if !tags.contains(&hashed(&session)) {
            return Err(Problem::stale().into());
        }
        let ended = take_back::sessions(&op, &bearer.user.id, Which::Only(session.id)).await?;
        if ended.is_empty() { Err(Problem::not_found().into()) } else { Ok(done()) }
    }
    .await;
    answered(&op, answer).await
}

async fn applications_of(op: &Op, bearer: &Bearer) -> Result<Vec<Application>, Unavailable> {
    let mut found = Vec::new();
    for access in take_back::applications(op, &bearer.user.id).await? {
        let client = op.clients.find(&access.client_id).await?;
        found.push(Application {
            name: client.map_or_else(|| access.client_id.clone(), |client| client.name().to_owned()),
            client_id: access.client_id,
            scope: access.allowed.scope.to_string(),
            claims: access.allowed.claims,
            resources: access.allowed.resources,
            since: access.since.rfc3339(),
            last_used_at: access.used_at.map(Time::rfc3339),
            offline: access.is_offline,
            version: access.version,
        });
    }
    Ok(found)
}

/// The applications that the person lets in.
#[utoipa::path(get, path = "/api/account/v1/applications", responses((status = 200, body = [Application])))]
pub async fn applications(op: Data<Op>, http: HttpRequest) -> HttpResponse {
    let answer = async {
        let bearer = bearer(&op, &http).await?;
        Ok(object(&applications_of(&op, &bearer).await?, None))
    }
    .await;
    answered(&op, answer).await
}

/// One application. Its ETag is of what the person allowed; it does not move with use.
#[utoipa::path(
    get, path = "/api/account/v1/applications/{client_id}", params(("client_id" = String, Path)),
    responses((status = 200, body = Application), (status = 404))
)]
pub async fn application(op: Data<Op>, http: HttpRequest, id: Path<String>) -> HttpResponse {
    let answer = async {
        let bearer = bearer(&op, &http).await?;
        let found = applications_of(&op, &bearer).await?.into_iter().find(|application| application.client_id == *id);
        let found = found.ok_or_else(Problem::not_found)?;
        Ok(object(&found, Some(&versioned(found.version))))
    }
    .await;
    answered(&op, answer).await
}

/// Takes back what an application may: its tokens end.
#[utoipa::path(
    delete, path = "/api/account/v1/applications/{client_id}",
    params(("client_id" = String, Path), ("If-Match" = String, Header)),
    responses((status = 204), (status = 404), (status = 412), (status = 428))
)]
pub async fn revoke(op: Data<Op>, http: HttpRequest, id: Path<String>) -> HttpResponse {
    let answer = async {
        let bearer = bearer(&op, &http).await?;
        // A tag that is no version of ours matches nothing, and an unknown application is still not found.
        let version = named_version(&if_match(http.headers())?).unwrap_or(-1);
        match take_back::application(&op, &bearer.user.id, &id, Some(version)).await? {
            Taken::Back => Ok(done()),
            Taken::Unknown => Err(Problem::not_found().into()),
            Taken::Stale => Err(Problem::stale().into()),
        }
    }
    .await;
    answered(&op, answer).await
}

/// What happened, newest first.
#[utoipa::path(
    get, path = "/api/account/v1/activity", params(("before" = Option<i64>, Query)),
    responses((status = 200, body = Activity))
)]
pub async fn activity(op: Data<Op>, http: HttpRequest) -> HttpResponse {
    let answer = async {
        let bearer = bearer(&op, &http).await?;
        let pairs = http.query_string().split('&');
        let before = pairs.filter_map(|pair| pair.strip_prefix("before=")).next().and_then(|text| text.parse().ok());
        let id = bearer.user.id;
        let found = op.db.read_long(move |connection| store::happened(connection, &id, before, PART)).await?;
        let is_full = i64::try_from(found.len()).is_ok_and(|count| count == PART);
        let next = found.last().filter(|_| is_full).map(|event| event.sequence);
        let items = found.into_iter().map(|event| Event {
            at: written(event.at),
            detail: serde_json::from_str(&event.detail).unwrap_or_default(),
            by_operator: event.actor == Stored::Known(Actor::Operator),
            kind: event.kind.to_string(),
            client_id: event.client_id,
            session_id: event.session_id,
        });
        Ok(object(&Activity { items: items.collect(), next }, None))
    }
    .await;
    answered(&op, answer).await
}

/// Everything that is held about the person. Asks for a sign-in of the last ten minutes.
#[utoipa::path(get, path = "/api/account/v1/export", responses((status = 200, body = Object), (status = 401)))]
pub async fn copy(op: Data<Op>, http: HttpRequest) -> HttpResponse {
    let answer = async {
        let bearer = bearer(&op, &http).await?;
        bearer.must_be_fresh(op.now())?;
        Ok(object(&export(&op, &bearer.user.id).await?, None))
    }
    .await;
    answered(&op, answer).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn what_is_mounted_is_described_and_the_other_way_round() {
        let description = json!(document("https://op.example"));
        let mut described = BTreeSet::new();
        for (path, methods) in description["paths"].as_object().unwrap() {
            for method in methods.as_object().unwrap().keys() {
                described.insert(format!("{} {path}", method.to_uppercase()));
            }
        }
        let all = mounted()
            .into_iter()
            .flat_map(|(path, routes)| routes.into_iter().map(move |(method, _)| format!("{method} {BASE}{path}")));
        assert_eq!(all.collect::<BTreeSet<_>>(), described);
        assert!(described.iter().all(|line| METHODS.contains(line.split(' ').next().unwrap())));
    }
}
