//! Language and theme.

use crate::account::api::endpoint::{answered, bearer};
use crate::account::api::schema::Appearance;
use crate::account::api::view::{Problem, if_match, named_version, object, versioned};
use crate::account::appearance_choice;
use crate::model::user::{self, User};
use crate::op::Op;
use crate::platform::http::page::Theme;
use crate::platform::http::{json, limits};
use crate::platform::i18n::languages;
use crate::platform::jose::parse_object;
use crate::protocol::claims::Claims;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::Value;

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
