//! Language and theme.

use super::choice::{self, Changed};
use crate::account::api::{Part, by};
use crate::account::caller::Caller;
use crate::model::user::{self, User};
use crate::platform::brand::Theme;
use crate::platform::http::api::{Answer, Problem, object, versioned};
use crate::platform::i18n::languages;
use crate::protocol::claims::Claims;
use actix_web::HttpResponse;
use actix_web::http::Method;
use serde::Serialize;
use serde_json::Value;
use utoipa::{OpenApi as _, ToSchema};

/// What this adds to the API.
pub fn part() -> Part {
    let endpoints = vec![("/appearance", vec![by(Method::GET, appearance), by(Method::PATCH, change_appearance)])];
    Part { endpoints, description: Description::openapi() }
}

#[derive(utoipa::OpenApi)]
#[openapi(paths(appearance, change_appearance))]
struct Description;

/// Language and theme of the person's pages.
#[derive(Debug, Serialize, ToSchema)]
pub struct Appearance {
    /// A language tag; absent or null: the browser decides.
    pub language: Option<String>,
    /// `system`, `light` or `dark`; null where nothing was chosen.
    pub theme: Option<&'static str>,
    /// The languages that can be chosen.
    pub languages: Vec<&'static str>,
}

fn looks(user: &User) -> HttpResponse {
    let body = Appearance {
        language: user.appearance.language.clone(),
        theme: user.appearance.theme.map(Theme::as_str),
        languages: languages().iter().map(|language| language.tag).collect(),
    };
    object(&body, Some(&versioned(user.version)))
}

/// Language and theme of the person's pages.
#[utoipa::path(get, path = "/api/account/v1/appearance", responses((status = 200, body = Appearance)))]
pub async fn appearance(caller: Caller) -> Answer {
    Ok(looks(&caller.user))
}

/// Changes `language` and `theme`: members replace, `null` lets the browser decide (RFC 7396).
#[utoipa::path(
    patch, path = "/api/account/v1/appearance", request_body(content = Object, content_type = "application/merge-patch+json"),
    params(("If-Match" = String, Header)),
    responses((status = 200, body = Appearance), (status = 412), (status = 422), (status = 428))
)]
pub async fn change_appearance(caller: Caller) -> Answer {
    let (seen, patch) = (caller.seen()?, caller.patch()?);
    let chosen = patched(caller.user.appearance.clone(), &patch)?;
    match choice::change(&caller.op, &caller.owner(), seen, chosen).await? {
        Changed::Saved(user) => Ok(looks(&user)),
        Changed::Stale(_) => Err(Problem::stale().into()),
        Changed::Unknown => {
            Err(Problem::new(422, "unknown_language", "language must be one of languages, or null").into())
        }
    }
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
