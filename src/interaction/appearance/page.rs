//! `POST /appearance`.

use crate::op::Op;
use crate::op::page::{PageRequest, other_methods, see_other};
use crate::op::refusal::EndpointName;
use crate::platform::brand::Theme;
use crate::platform::http::cookies::{LANGUAGE, LOOKS_LIFETIME, THEME};
use crate::platform::http::{form, origin};
use crate::platform::i18n::find_language;
use crate::platform::paths::Location;
use crate::protocol::error::{Cause, ErrorCode, OAuthError};
use crate::protocol::params::Params;
use actix_web::web::{self, Data, Payload, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};

const ENDPOINT: EndpointName = EndpointName::Appearance;

pub fn routes(config: &mut ServiceConfig) {
    let choice = web::resource(Location::Appearance.to_string()).route(web::post().to(choose));
    config.service(choice.default_service(other_methods("POST")));
}

async fn choose(op: Data<Op>, http: HttpRequest, payload: Payload) -> HttpResponse {
    let request = PageRequest::new(&op, &http);
    match chosen(&request, payload).await {
        Ok(answer) => answer,
        Err(error) => request.refuse(ENDPOINT, &error).await,
    }
}

/// No CSRF token: forms of other sites are recognised by their origin, and could only change language and theme.
async fn chosen(request: &PageRequest<'_>, payload: Payload) -> Result<HttpResponse, OAuthError> {
    let op = request.op;
    if !origin::is_ours(request.http.headers(), op.config.issuer.origin()) {
        let error = ErrorCode::InvalidRequest.because("the form was sent from another site");
        return Err(error.page(Cause::Cookie).clause("RFC 9700 §4.7"));
    }
    let form = form::read(request.http, payload).await?;
    let way_back = way_back(form.require("to")?, op.config.issuer.prefix());
    let way_back = way_back.ok_or_else(|| ErrorCode::InvalidRequest.because("to must be a path of this server"))?;
    let mut cookies = Vec::new();
    if let Some(tag) = changed(&form, "language").and_then(find_language).map(|language| language.tag) {
        // It takes precedence over the application's choice for the rest of this interaction.
        let value = interaction(&way_back).map_or_else(|| tag.to_owned(), |id| format!("{tag}~{id}"));
        cookies.push(op.cookies().set(LANGUAGE, &value, Some(LOOKS_LIFETIME)));
    }
    if let Some(theme) = changed(&form, "theme").and_then(Theme::from_word) {
        cookies.push(match theme {
            Theme::System => op.cookies().remove(THEME),
            theme => op.cookies().set(THEME, theme.as_str(), Some(LOOKS_LIFETIME)),
        });
    }
    Ok(see_other(&way_back, cookies))
}

/// The choice, where it differs from the page: changing the theme does not choose a language.
fn changed<'a>(form: &'a Params, name: &str) -> Option<&'a str> {
    let chosen = form.find(name)?;
    (form.find(&format!("shown_{name}")) != Some(chosen)).then_some(chosen)
}

/// A path below the issuer, and nothing that a browser could take for another host. What names languages in its query
/// is left out, or the choice would be without effect.
fn way_back(to: &str, prefix: &str) -> Option<String> {
    const LONGEST: usize = 8 * 1024;
    let is_plain = to.len() <= LONGEST && to.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    let is_below = to.strip_prefix(prefix).is_some_and(|rest| rest.starts_with('/'));
    if !is_plain || !is_below || to.starts_with("//") || to.contains("/../") || to.contains('#') {
        return None;
    }
    let Some((path, query)) = to.split_once('?') else { return Some(to.to_owned()) };
    let kept: Vec<&str> = query.split('&').filter(|pair| !pair.starts_with("ui_locales=")).collect();
    Some(if kept.concat().is_empty() { path.to_owned() } else { format!("{path}?{}", kept.join("&")) })
}

/// The interaction of a path: ids are 22 letters, which no other part of our paths has.
fn interaction(path: &str) -> Option<&str> {
    let path = path.split('?').next().unwrap_or_default();
    let is_id = |part: &&str| {
        part.len() == 22 && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
    };
    path.split('/').find(is_id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_stays_here() {
        let back = |to: &str| way_back(to, "");
        assert_eq!(back("/login/abc?switch=1").as_deref(), Some("/login/abc?switch=1"));
        assert_eq!(back("/logout?ui_locales=fr%20de&state=x").as_deref(), Some("/logout?state=x"));
        assert_eq!(back("/logout?ui_locales=fr").as_deref(), Some("/logout"));
        for bad in
            ["", "x", "//evil.example", "/\\evil.example", "https://evil.example/", "/a\r\nSet-Cookie: x", "/a b", "/é"]
        {
            assert_eq!(back(bad), None, "{bad:?}");
        }
        assert_eq!(way_back("/auth/login", "/auth").as_deref(), Some("/auth/login"));
        for bad in ["/login", "/authx/login", "/auth/../x", "/auth"] {
            assert_eq!(way_back(bad, "/auth"), None, "{bad}");
        }
    }

    #[test]
    fn a_choice_is_bound_to_the_interaction_of_its_page() {
        assert_eq!(interaction("/login/AAAAAAAAAAAAAAAAAAAAAA?x=1"), Some("AAAAAAAAAAAAAAAAAAAAAA"));
        assert_eq!(interaction("/logout"), None);
    }
}
