//! What every HTML page shares: its shell's data, its headers.

use super::looks::Brand;
use super::{assets, focus};
use crate::platform::brand::Theme;
use crate::platform::i18n::{Language, Texts, languages};
use crate::platform::paths::Location;
use actix_web::{HttpResponse, http::StatusCode, http::header};
use askama::Template;

/// The data of the shell around every page (`templates/layout.html`).
#[derive(Debug, Clone)]
pub struct Page<'a> {
    /// The messages, in the language of this request.
    pub texts: &'a Texts,
    /// Light or dark, where the person chose.
    pub theme: Theme,
    /// The path of the issuer: empty, or like `/auth`, without a slash at its end.
    pub base_path: &'a str,
    /// The name of the provider, by branding.
    pub product: &'a str,
    pub brand: Option<&'a Brand>,
    /// Where language and theme can be chosen, to people who are not signed in.
    pub chooser: Option<Chooser>,
}

/// The choice of language and theme at the foot of a page.
#[derive(Debug, Clone)]
pub struct Chooser {
    /// Where the form posts to.
    pub action: String,
    /// The page to come back to, a path of ours.
    pub to: String,
}

/// A picture of ours, for each look.
#[derive(Debug, Clone)]
pub struct Logo {
    /// Where the look is light, or not known.
    pub url: String,
    /// For whose system is dark, where the system decides.
    pub dark: Option<String>,
}

/// A link at the foot.
#[derive(Debug)]
pub struct FootLink<'a> {
    pub url: &'a str,
    /// What it is called.
    pub text: String,
}

impl<'a> Page<'a> {
    /// A page that follows the person's system and shows our own mark.
    pub const fn new(texts: &'a Texts, base_path: &'a str, product: &'a str) -> Self {
        Self { texts, theme: Theme::System, base_path, product, brand: None, chooser: None }
    }

    /// The URL path of an asset, such as `css/app.css`.
    pub fn asset(&self, name: &str) -> String {
        assets::url(self.base_path, name)
    }

    fn static_url(&self, path: &str) -> String {
        format!("{}{}", self.base_path, Location::Static(path))
    }

    pub fn home_url(&self) -> String {
        format!("{}{}", self.base_path, Location::Home)
    }

    pub fn demo_url(&self) -> String {
        format!("{}{}", self.base_path, Location::Demo)
    }

    /// The operator's logo for the look at hand.
    pub fn logo(&self) -> Option<Logo> {
        let brand = self.brand?;
        let (light, dark) = (brand.logo.as_deref()?, brand.logo_dark.as_deref());
        Some(match (self.theme, dark) {
            (Theme::Dark, Some(dark)) => Logo { url: self.static_url(dark), dark: None },
            (Theme::System, Some(dark)) => Logo { url: self.static_url(light), dark: Some(self.static_url(dark)) },
            _ => Logo { url: self.static_url(light), dark: None },
        })
    }

    /// Whether the logo contains the name, which is then not shown beside it.
    pub fn logo_has_name(&self) -> bool {
        self.brand.is_some_and(|brand| brand.logo.is_some() && brand.logo_has_name)
    }

    /// The icon: where it is, and its media type.
    pub fn favicon(&self) -> (String, &'static str) {
        let own = self.brand.and_then(|brand| brand.favicon.as_ref());
        own.map_or_else(
            || (self.asset("img/mark.svg"), "image/svg+xml"),
            |(path, media_type)| (self.static_url(path), *media_type),
        )
    }

    /// The operator's stylesheets, which come after ours.
    pub fn stylesheets(&self) -> Vec<String> {
        let paths = self.brand.map(|brand| brand.stylesheets.as_slice()).unwrap_or_default();
        paths.iter().map(|path| self.static_url(path)).collect()
    }

    pub fn foot_links(&self) -> Vec<FootLink<'_>> {
        let Some(links) = self.brand.map(|brand| &brand.links) else { return Vec::new() };
        let texts = self.texts;
        let link = |url: &'a Option<String>, text: String| url.as_deref().map(|url| FootLink { url, text });
        [
            link(&links.privacy, texts.get("foot-privacy")),
            link(&links.terms, texts.get("foot-terms")),
            link(&links.support, texts.get("foot-support")),
            link(&links.imprint, texts.get("foot-imprint")),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// The languages that can be chosen.
    pub fn languages(&self) -> Vec<Language> {
        languages()
    }

    /// What the language at hand is called.
    pub fn language_name(&self) -> &'static str {
        let tag = self.texts.lang();
        languages().into_iter().find(|language| language.tag == tag).map_or("", |language| language.name)
    }

    /// The themes that can be chosen.
    pub const fn themes(&self) -> [Theme; 3] {
        Theme::ALL
    }

    /// The `data-theme` of the document, where the system doesn't decide.
    pub const fn fixed_theme(&self) -> Option<&'static str> {
        match self.theme {
            Theme::System => None,
            Theme::Light => Some("light"),
            Theme::Dark => Some("dark"),
        }
    }
}

/// The Content-Security-Policy of a page: no inline script or style, nothing of other origins.
#[derive(Debug, Clone, Default)]
pub struct PagePolicy {
    form_action: bool,
    frame_origins: Vec<String>,
    framed: bool,
}

impl PagePolicy {
    /// For sign-in, consent and sign-out pages. Without `form-action`: Chrome holds the whole redirect chain after
    /// the POST against it, and that chain leads to the relying party and wherever it redirects to.
    pub fn interaction() -> Self {
        Self::default()
    }

    /// For every other page: its forms post to us alone.
    pub fn own_forms() -> Self {
        Self { form_action: true, ..Self::default() }
    }

    /// For the one page that other sites frame: it shows nothing, and only our own script runs in it.
    pub fn framed() -> Self {
        Self { framed: true, ..Self::default() }
    }

    /// Lets the page frame these origins, as [`url::Origin::ascii_serialization`] writes them, and no others.
    #[must_use]
    pub fn with_frames<'a>(mut self, origins: impl IntoIterator<Item = &'a str>) -> Self {
        self.frame_origins = origins.into_iter().map(str::to_owned).collect();
        self.frame_origins.sort();
        self.frame_origins.dedup();
        self
    }

    pub fn header(&self) -> String {
        if self.framed {
            return "default-src 'none'; script-src 'self'; base-uri 'none'; form-action 'none'".to_owned();
        }
        let frames = match self.frame_origins.as_slice() {
            [] => String::new(),
            origins => format!("; frame-src {}", origins.join(" ")),
        };
        let forms = if self.form_action { "; form-action 'self'" } else { "" };
        format!(
            "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; connect-src 'self'; \
             base-uri 'none'; frame-ancestors 'none'{frames}{forms}"
        )
    }
}

/// Renders `view` as an HTML page that must not be cached.
pub fn respond(status: StatusCode, policy: &PagePolicy, view: &impl Template) -> HttpResponse {
    let Ok(html) = view.render() else {
        return HttpResponse::InternalServerError()
            .content_type("text/plain; charset=utf-8")
            .body("error: server_error");
    };
    let html = focus::on_first_fault(html);
    HttpResponse::build(status)
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::CONTENT_SECURITY_POLICY, policy.header()))
        .body(html)
}

/// Renders `view`; where there is no room for its request just now, as a 503 that says when to come again.
pub fn respond_or_busy(is_busy: bool, policy: &PagePolicy, view: &impl Template) -> HttpResponse {
    if !is_busy {
        return respond(StatusCode::OK, policy, view);
    }
    let mut answer = respond(StatusCode::SERVICE_UNAVAILABLE, policy, view);
    answer.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from_static("2"));
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interaction_pages_carry_no_form_action_and_others_only_self() {
        assert!(!PagePolicy::interaction().header().contains("form-action"));
        assert!(PagePolicy::own_forms().header().ends_with("form-action 'self'"));
    }

    #[test]
    fn no_policy_allows_anything_inline() {
        assert!(!PagePolicy::own_forms().header().contains("unsafe"));
    }

    #[test]
    fn a_page_frames_exactly_the_origins_that_it_names() {
        let header = PagePolicy::interaction().with_frames(["https://b.example", "https://a.example:8443"]).header();
        assert!(header.ends_with("; frame-src https://a.example:8443 https://b.example"), "{header}");
        assert!(!PagePolicy::interaction().header().contains("frame-src"));
        assert!(!PagePolicy::framed().header().contains("frame-ancestors"));
    }

    #[test]
    fn no_page_shows_a_picture_of_another_server() {
        for policy in [
            PagePolicy::interaction(),
            PagePolicy::own_forms(),
            PagePolicy::interaction().with_frames(["https://a.example"]),
        ] {
            assert!(policy.header().contains("; img-src 'self'; "), "{}", policy.header());
        }
    }
}
