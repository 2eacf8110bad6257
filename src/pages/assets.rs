//! Stylesheets, scripts and images: compiled in, served under names that carry a hash of their content, so that a
//! browser may keep them for ever.

use super::asset::Asset;
use super::looks::Looks;
use crate::platform::paths::Location;
use actix_web::web;
use actix_web::{HttpRequest, HttpResponse};
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

#[derive(rust_embed::RustEmbed)]
#[folder = "static"]
struct Files;

/// Files that are served as one; the parts are not served alone.
const BUNDLES: &[(&str, &[&str])] =
    &[("css/app.css", &["css/tokens.css", "css/base.css", "css/components.css", "css/pages.css", "css/passkeys.css"])];

static ASSETS: LazyLock<Assets> = LazyLock::new(Assets::load);

/// Mounts `GET` and `HEAD /static/…`. To be called inside the scope of the issuer's path, if it has one.
pub fn configure(config: &mut web::ServiceConfig) {
    config.service(
        web::resource(Location::Static("{path:.+}").to_string())
            .route(web::get().to(serve))
            .route(web::head().to(serve)),
    );
}

/// The URL path of the asset `name` (such as `css/app.css`) for a page whose issuer has the path `base_path`
/// (empty, or like `/auth`). A name that isn't there gives a path that answers 404.
pub fn url(base_path: &str, name: &str) -> String {
    let path = ASSETS.paths.get(name).map_or(name, String::as_str);
    format!("{base_path}{}", Location::Static(path))
}

/// Every asset with its path below `/static`.
pub fn all() -> impl Iterator<Item = (&'static str, &'static Asset)> {
    ASSETS.files.iter().map(|(path, asset)| (path.as_str(), asset))
}

async fn serve(path: web::Path<String>, looks: Option<web::Data<Looks>>, request: HttpRequest) -> HttpResponse {
    let own = || looks.as_ref().and_then(|looks| looks.file(&path));
    match ASSETS.files.get(path.as_str()).or_else(own) {
        Some(asset) => asset.answer(request.headers()),
        None => HttpResponse::NotFound().finish(),
    }
}

struct Assets {
    /// From the plain name to the hashed path.
    paths: HashMap<String, String>,
    /// From the hashed path.
    files: HashMap<String, Asset>,
}

impl Assets {
    fn load() -> Self {
        let mut assets = Self { paths: HashMap::new(), files: HashMap::new() };
        let is_part = |name: &str| BUNDLES.iter().any(|(_, parts)| parts.contains(&name));
        for name in Files::iter().filter(|name| !is_part(name)) {
            assets.add(&name, content(&name).into_owned());
        }
        for (name, parts) in BUNDLES {
            assets.add(name, parts.iter().flat_map(|part| content(part).into_owned()).collect());
        }
        assets
    }

    fn add(&mut self, name: &str, content: Vec<u8>) {
        let (path, asset) = Asset::new(name, content);
        self.paths.insert(name.to_owned(), path.clone());
        self.files.insert(path, asset);
    }
}

fn content(name: &str) -> Cow<'static, [u8]> {
    Files::get(name).map(|file| file.data).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::web::Bytes;
    use actix_web::{App, http::StatusCode, test};

    async fn get(path: &str, headers: &[(&'static str, &str)]) -> HttpResponse<Bytes> {
        let app = test::init_service(App::new().service(web::scope("/auth").configure(configure))).await;
        let request = headers.iter().fold(test::TestRequest::get().uri(path), |r, h| r.insert_header(*h));
        let answer = test::call_service(&app, request.to_request()).await;
        let (parts, body) = answer.into_parts().1.into_parts();
        parts.set_body(actix_web::body::to_bytes(body).await.ok().unwrap())
    }

    fn header<'a>(answer: &'a HttpResponse<Bytes>, name: &str) -> &'a str {
        answer.headers().get(name).map_or("", |value| value.to_str().unwrap())
    }

    #[actix_web::test]
    async fn an_asset_may_be_kept_for_ever_under_its_hashed_name() {
        let answer = get(&url("/auth", "css/app.css"), &[]).await;
        assert_eq!(answer.status(), StatusCode::OK);
        assert_eq!(header(&answer, "cache-control"), "public, max-age=31536000, immutable");
        assert_eq!(header(&answer, "content-type"), "text/css; charset=utf-8");
        assert!(answer.body().starts_with(&content("css/tokens.css")));
    }

    #[actix_web::test]
    async fn gzip_is_sent_only_to_those_who_take_it() {
        let path = url("/auth", "css/app.css");
        let packed = get(&path, &[("accept-encoding", "br, gzip;q=0.8")]).await;
        assert_eq!(header(&packed, "content-encoding"), "gzip");
        let plain = get(&path, &[("accept-encoding", "gzip;q=0.0")]).await;
        assert!(!plain.headers().contains_key("content-encoding"));
        assert!(packed.body().len() * 2 < plain.body().len());
    }

    #[actix_web::test]
    async fn a_known_etag_is_answered_with_304() {
        let path = url("/auth", "js/app.js");
        let etag = header(&get(&path, &[]).await, "etag").to_owned();
        assert_eq!(get(&path, &[("if-none-match", &etag)]).await.status(), StatusCode::NOT_MODIFIED);
    }

    #[actix_web::test]
    async fn what_is_not_there_is_404() {
        for path in [
            "/auth/static/css/app.css",
            "/auth/static/css/tokens.css",
            "/auth/static/../Cargo.toml",
            "/auth/static/%00",
        ] {
            assert_eq!(get(path, &[]).await.status(), StatusCode::NOT_FOUND, "{path}");
        }
    }

    #[::core::prelude::v1::test]
    fn no_stylesheet_names_a_side_that_another_language_has_elsewhere() {
        let sides = ["left", "right", "margin-left", "margin-right", "padding-left", "padding-right", "border-left"];
        for name in Files::iter().filter(|name| name.ends_with(".css")) {
            let css = String::from_utf8(content(&name).into_owned()).unwrap();
            for declaration in css.split([';', '{', '}']) {
                let (property, value) = declaration.split_once(':').unwrap_or_default();
                let is_aligned = matches!(property.trim(), "text-align" | "float" | "clear");
                let is_side = sides.contains(&property.trim()) || property.trim() == "border-right";
                let is_physical = is_side || (is_aligned && sides.contains(&value.trim()));
                assert!(!is_physical, "{name}: {declaration}");
            }
        }
    }

    #[::core::prelude::v1::test]
    fn a_page_and_all_it_loads_stay_small() {
        let wire: usize = ["css/app.css", "js/app.js", "img/mark.svg"]
            .iter()
            .filter_map(|name| ASSETS.files.get(ASSETS.paths.get(*name)?))
            .map(|asset| asset.gzip.as_ref().unwrap_or(&asset.plain).len())
            .sum();
        assert!(wire < 20_000, "{wire} bytes, and the page itself needs some of the 30 KB too");
    }
}
