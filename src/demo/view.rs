//! The pages of Harbour, the demo relying party. They look like another product, because a relying party is one.

use crate::pages::page::Page;
use askama::Template;

/// Where a person starts. Answered with `PagePolicy::own_forms()`; signing in is a link.
#[derive(Debug, Template)]
#[template(path = "demo/start.html")]
pub struct Start<'a> {
    pub page: Page<'a>,
    /// Where "Sign in with Latchkey" leads (`/demo/login`).
    pub sign_in_url: &'a str,
    /// The provider's home page.
    pub provider_url: &'a str,
    /// Set after a sign-out that came back here.
    pub signed_out: bool,
}

/// What happened, step by step, after a sign-in. Answered with `PagePolicy::interaction()`, since signing out
/// leads through the provider.
#[derive(Debug, Template)]
#[template(path = "demo/steps.html")]
pub struct Steps<'a> {
    pub page: Page<'a>,
    /// What the claims call the person: `name`, or else `preferred_username` or `sub`.
    pub person: &'a str,
    /// In the order they happened.
    pub steps: Vec<Step>,
    /// The CSRF token of Harbour's own forms.
    pub csrf: &'a str,
    /// POST: uses the refresh token. None without one.
    pub refresh_url: Option<&'a str>,
    /// POST: asks the provider about the access token.
    pub introspect_url: Option<&'a str>,
    /// POST: fetches the claims again.
    pub userinfo_url: Option<&'a str>,
    /// POST: leads to the provider's end-session endpoint.
    pub sign_out_url: &'a str,
}

/// One message of the flow.
#[derive(Debug, Clone)]
pub struct Step {
    pub kind: StepKind,
    /// `GET` or `POST` and the endpoint, as sent, without its query.
    pub request: Option<String>,
    /// Parameters or members, in order, with names as on the wire.
    pub values: Vec<(String, String)>,
    pub documents: Vec<Document>,
}

/// A JSON document, indented by the one who made it.
#[derive(Debug, Clone)]
pub struct Document {
    pub kind: DocumentKind,
    pub json: String,
}

/// The messages that Harbour shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepKind {
    /// What Harbour sent with the browser to the authorization endpoint.
    AuthorizationRequest,
    /// What came back with the browser.
    Callback,
    /// What the token endpoint answered.
    TokenResponse,
    /// The ID token, verified and decoded.
    IdToken,
    /// The access token, decoded.
    AccessToken,
    /// What the userinfo endpoint answered.
    Userinfo,
    /// What the introspection endpoint answered.
    Introspection,
    /// What the token endpoint answered to a refresh.
    Refresh,
}

/// Parts of a token, and plain answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DocumentKind {
    Header,
    Claims,
    /// The body of an answer.
    Answer,
}

impl Steps<'_> {
    fn title(&self, kind: &StepKind) -> String {
        let texts = self.page.texts;
        match kind {
            StepKind::AuthorizationRequest => texts.get("demo-step-authorization"),
            StepKind::Callback => texts.get("demo-step-callback"),
            StepKind::TokenResponse => texts.get("demo-step-token"),
            StepKind::IdToken => texts.get("demo-step-id-token"),
            StepKind::AccessToken => texts.get("demo-step-access-token"),
            StepKind::Userinfo => texts.get("demo-step-userinfo"),
            StepKind::Introspection => texts.get("demo-step-introspection"),
            StepKind::Refresh => texts.get("demo-step-refresh"),
        }
    }

    fn note(&self, kind: &StepKind) -> String {
        let texts = self.page.texts;
        match kind {
            StepKind::AuthorizationRequest => texts.get("demo-step-authorization-note"),
            StepKind::Callback => texts.get("demo-step-callback-note"),
            StepKind::TokenResponse => texts.get("demo-step-token-note"),
            StepKind::IdToken => texts.get("demo-step-id-token-note"),
            StepKind::AccessToken => texts.get("demo-step-access-token-note"),
            StepKind::Userinfo => texts.get("demo-step-userinfo-note"),
            StepKind::Introspection => texts.get("demo-step-introspection-note"),
            StepKind::Refresh => texts.get("demo-step-refresh-note"),
        }
    }

    fn label(&self, kind: &DocumentKind) -> String {
        let texts = self.page.texts;
        match kind {
            DocumentKind::Header => texts.get("demo-document-header"),
            DocumentKind::Claims => texts.get("demo-document-claims"),
            DocumentKind::Answer => texts.get("demo-document-answer"),
        }
    }
}

/// The sign-in failed. Answered with `PagePolicy::own_forms()`.
#[derive(Debug, Template)]
#[template(path = "demo/failed.html")]
pub struct Failed<'a> {
    pub page: Page<'a>,
    /// The error code that came back, such as `access_denied`, or one of Harbour's own.
    pub code: &'a str,
    /// Its description, if one came.
    pub description: Option<&'a str>,
    /// Where "try again" leads.
    pub retry_url: &'a str,
}

impl Failed<'_> {
    fn was_denied(&self) -> bool {
        self.code == "access_denied"
    }
}
