//! The endpoints.

use super::addresses::endpoint as addresses;
use super::bearer::Bearer;
use super::documentation::document;
use super::passkeys::endpoint as passkeys;
use super::schema::{Activity, Appearance, Application, Event, NewPassword, Password, Profile, Session, written};
use super::view::{Problem, done, hashed, if_match, named_version, object, versioned};
use crate::account::export::export;
use crate::account::new_password::{Change, Outcome};
use crate::account::profile_fields::Changed;
use crate::account::take_back::{self, Taken};
use crate::account::{appearance_choice, new_password, profile_fields, store};
use crate::model::credential;
use crate::model::session;
use crate::model::user::{self, User};
use crate::op::Op;
use crate::op::page::PageRequest;
use crate::platform::clock::Time;
use crate::platform::error::Unavailable;
use crate::platform::http::page::Theme;
use crate::platform::http::{cors, edge, json, limits};
use crate::platform::i18n::languages;
use crate::platform::jose::parse_object;
use crate::platform::secret::Secret;
use crate::protocol::claims::{ACCOUNT, Claims};
use crate::protocol::error::OAuthError;
use crate::protocol::provider_metadata::ProviderMetadata;
use crate::tokens::ending::Which;
use actix_web::http::{Method, header};
use actix_web::web::{self, Data, Path, Payload, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse, Route};
use serde_json::{Value, json};

const ENDPOINT: &str = "account_api";
const METHODS: &str = "GET, PATCH, POST, DELETE";
/// So much of what happened is given at once.
const PART: i64 = 50;

/// Mounts the API.
pub fn routes(config: &mut ServiceConfig) {
    let at = |path: &str, routes: Vec<Route>| {
        let preflight = web::method(Method::OPTIONS).to(preflight);
        let resource = web::resource(format!("/api/account/v1{path}"));
        routes.into_iter().fold(resource, actix_web::Resource::route).route(preflight).default_service(web::to(other))
    };
    config.service(at("/profile", vec![web::get().to(profile), web::patch().to(change_profile)]));
    config.service(at("/appearance", vec![web::get().to(appearance), web::patch().to(change_appearance)]));
    config.service(at("/sessions", vec![web::get().to(sessions)]));
    config.service(at("/sessions/{id}", vec![web::get().to(session), web::delete().to(end_session)]));
    config.service(at("/applications", vec![web::get().to(applications)]));
    config.service(at("/applications/{client_id}", vec![web::get().to(application), web::delete().to(revoke)]));
    config.service(at("/activity", vec![web::get().to(activity)]));
    config.service(at("/password", vec![web::get().to(password), web::post().to(change_password)]));
    let (one, proof) = ("/addresses/{id}", "/addresses/{id}/verification");
    let change = vec![
        web::get().to(addresses::address),
        web::patch().to(addresses::change_address),
        web::delete().to(addresses::remove_address),
    ];
    config.service(at("/addresses", vec![web::get().to(addresses::addresses), web::post().to(addresses::add_address)]));
    config.service(at(one, change));
    config.service(at(proof, vec![web::post().to(addresses::verify_address)]));
    config.service(at("/passkeys", vec![web::get().to(passkeys::passkeys)]));
    let one = vec![
        web::get().to(passkeys::passkey),
        web::patch().to(passkeys::rename_passkey),
        web::delete().to(passkeys::remove_passkey),
    ];
    config.service(at("/passkeys/{id}", one));
    config.service(at("/export", vec![web::get().to(copy)]));
    config.service(at("/openapi.json", vec![web::get().to(openapi)]));
}

/// What the API adds to the metadata document.
pub fn metadata(_: &Op, metadata: &mut ProviderMetadata) {
    metadata.add("scopes_supported", [ACCOUNT]);
}

async fn preflight() -> HttpResponse {
    let mut answer = cors::preflight_for(METHODS);
    let allowed = header::HeaderValue::from_static("Authorization, Content-Type, If-Match");
    answer.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_HEADERS, allowed);
    answer
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

fn looks(user: &User) -> HttpResponse {
    let body = Appearance {
        language: user.appearance.language.clone(),
        theme: user.appearance.theme.map(Theme::as_str),
        languages: languages().iter().map(|language| language.tag).collect(),
    };
    object(&body, Some(&versioned(user.version)))
}

/// What the person's pages look like.
#[utoipa::path(get, path = "/api/account/v1/appearance", responses((status = 200, body = Appearance)))]
pub async fn appearance(op: Data<Op>, http: HttpRequest) -> HttpResponse {
    let answer = async { Ok(looks(&bearer(&op, &http).await?.user)) }.await;
    answered(&op, answer).await
}

/// Changes `language` and `theme`: members replace, `null` leaves it to the browser (RFC 7396).
#[utoipa::path(
    patch, path = "/api/account/v1/appearance", request_body = Object, params(("If-Match" = String, Header)),
    responses((status = 200, body = Appearance), (status = 412), (status = 422), (status = 428))
)]
pub async fn change_appearance(op: Data<Op>, http: HttpRequest, payload: Payload) -> HttpResponse {
    let answer = async {
        let bearer = bearer(&op, &http).await?;
        let tags = if_match(http.headers())?;
        let body = json::read(&http, payload, limits::JSON).await?;
        let unreadable = |_| Problem::new(400, "invalid_request", "the body must be a JSON object");
        let patch = parse_object(&body).map_err(unreadable)?;
        let Some(version) = named_version(&tags) else { return Err(Problem::stale().into()) };
        let chosen = patched(bearer.user.appearance, &patch)?;
        match appearance_choice::change(&op, &bearer.user.id, version, chosen).await? {
            appearance_choice::Changed::Saved(user) => Ok(looks(&user)),
            appearance_choice::Changed::Stale(_) => Err(Problem::stale().into()),
            appearance_choice::Changed::Unknown => {
                Err(Problem::new(422, "unknown_language", "language must be one of languages, or null").into())
            }
        }
    }
    .await;
    answered(&op, answer).await
}

fn patched(mut held: user::Appearance, patch: &Claims) -> Result<user::Appearance, Problem> {
    for (name, value) in patch {
        match (name.as_str(), value) {
            ("language", Value::Null) => held.language = None,
            ("language", Value::String(tag)) => held.language = Some(tag.clone()),
            ("theme", Value::Null) => held.theme = None,
            ("theme", Value::String(word)) if Theme::from_word(word).is_some() => held.theme = Theme::from_word(word),
            ("theme", _) => {
                return Err(Problem::new(422, "unknown_theme", "theme must be system, light, dark or null"));
            }
            ("language", _) => return Err(Problem::new(422, "unknown_language", "language must be a tag or null")),
            _ => return Err(Problem::new(422, "not_editable", format!("{name} cannot be changed here"))),
        }
    }
    Ok(held)
}

async fn sessions_of(op: &Op, bearer: &Bearer) -> Result<Vec<Session>, Unavailable> {
    let (id, now) = (bearer.user.id.clone(), op.now());
    let listed = op.db.read(move |connection| session::store::list(connection, &id, now)).await?;
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
        Ok(object(&sessions_of(&op, &bearer).await?, None))
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
        let found = op.db.read(move |connection| store::happened(connection, &id, before, PART)).await?;
        let is_full = i64::try_from(found.len()).is_ok_and(|count| count == PART);
        let next = found.last().filter(|_| is_full).map(|event| event.sequence);
        let items = found.into_iter().map(|event| Event {
            at: written(event.at),
            detail: serde_json::from_str(&event.detail).unwrap_or_default(),
            kind: event.kind,
            client_id: event.client_id,
            session_id: event.session_id,
        });
        Ok(object(&Activity { items: items.collect(), next }, None))
    }
    .await;
    answered(&op, answer).await
}

/// When the password was set. Its ETag is what a change names.
#[utoipa::path(get, path = "/api/account/v1/password", responses((status = 200, body = Password), (status = 404)))]
pub async fn password(op: Data<Op>, http: HttpRequest) -> HttpResponse {
    let answer = async {
        let id = bearer(&op, &http).await?.user.id;
        let found = op
            .db
            .read(move |connection| {
                let password = credential::store::find_password(connection, &id)?;
                Ok(password.zip(credential::store::password_changed_at(connection, &id)?))
            })
            .await?;
        let (password, changed_at) = found.ok_or_else(Problem::not_found)?;
        Ok(object(&Password { changed_at: written(changed_at) }, Some(&versioned(password.version))))
    }
    .await;
    answered(&op, answer).await
}

/// Changes the password; every other session ends.
#[utoipa::path(
    post, path = "/api/account/v1/password", request_body = NewPassword, params(("If-Match" = String, Header)),
    responses((status = 204), (status = 403), (status = 412), (status = 422), (status = 428), (status = 429))
)]
pub async fn change_password(op: Data<Op>, http: HttpRequest, arrival: edge::Visit, payload: Payload) -> HttpResponse {
    let answer = async {
        let bearer = bearer(&op, &http).await?;
        let version = named_version(&if_match(http.headers())?).unwrap_or(-1);
        let body = json::read(&http, payload, limits::JSON).await?;
        let unreadable =
            |_| Problem::new(400, "invalid_request", "the body must have current_password and new_password");
        let sent: NewPassword = serde_json::from_slice(&body).map_err(unreadable)?;
        let change = Change {
            user: &bearer.user,
            current: Secret::new(sent.current_password),
            new: Secret::new(sent.new_password),
            address: arrival.client.address(),
            place: PageRequest::new(&op, &http).place(),
            kept_session: bearer.session_id.clone(),
            version: Some(version),
        };
        judged(new_password::change(&op, &change).await?)
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
