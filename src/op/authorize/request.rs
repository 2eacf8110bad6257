//! The authorization request as one type (RFC 6749 §4.1.1, OpenID Connect Core §3.1.2.1).

use crate::model::client::Client;
use crate::protocol::error::{ErrorCode, OAuthError};
use crate::protocol::params::Params;
use crate::protocol::pkce::CodeChallenge;
use crate::protocol::prompt::Prompt;
use crate::protocol::resource;
use crate::protocol::scope::Scope;

const LONGEST_NONCE: usize = 1024;
const LONGEST_HINT: usize = 256;

/// What a client asks for, each parameter read once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuthorizationRequest {
    /// What is asked for; after the checks: what may be asked for.
    pub scope: Scope,
    /// For which APIs.
    pub resources: Vec<String>,
    /// Copied into the ID token.
    pub nonce: Option<String>,
    /// Who must present the verifier.
    pub code_challenge: Option<CodeChallenge>,
    /// Which pages are wanted.
    pub prompt: Prompt,
    /// Seconds since the person authenticated, at most.
    pub max_age: Option<u64>,
    /// Who the client thinks it is.
    pub login_hint: Option<String>,
    /// The `sub` of a valid `id_token_hint`.
    pub hint_sub: Option<String>,
    /// The languages of the pages.
    pub ui_locales: Option<String>,
}

impl AuthorizationRequest {
    /// Parses the parameters.
    ///
    /// # Errors
    /// `invalid_request`, `invalid_scope` or `invalid_target` that names the parameter and the rule.
    pub(super) fn parse(params: &Params, client: &Client) -> Result<Self, OAuthError> {
        let max_age = params.find("max_age").map(max_age).transpose()?.or(client.metadata.default_max_age);
        let display = params.find("display");
        if display.is_some_and(|display| !["page", "popup", "touch", "wap"].contains(&display)) {
            return Err(invalid("display must be page, popup, touch or wap"));
        }
        Ok(Self {
            scope: params.find("scope").map(Scope::parse).transpose()?.unwrap_or_default(),
            resources: resource::parse(params.all("resource"))?,
            nonce: bounded(params, "nonce", LONGEST_NONCE)?,
            code_challenge: CodeChallenge::parse(params.find("code_challenge"), params.find("code_challenge_method"))?,
            prompt: Prompt::parse(params.find("prompt"))?,
            max_age,
            login_hint: bounded(params, "login_hint", LONGEST_HINT)?,
            hint_sub: None,
            ui_locales: bounded(params, "ui_locales", LONGEST_HINT)?,
        })
    }
}

fn max_age(text: &str) -> Result<u64, OAuthError> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| digits).ok_or_else(|| invalid("max_age must be a number of seconds"))
}

/// Copied whole or refused, never cut.
fn bounded(params: &Params, name: &'static str, longest: usize) -> Result<Option<String>, OAuthError> {
    match params.find(name) {
        Some(value) if value.len() > longest => Err(invalid(&format!("{name} is longer than {longest} bytes"))),
        value => Ok(value.map(str::to_owned)),
    }
}

fn invalid(why: &str) -> OAuthError {
    ErrorCode::InvalidRequest.because(why).clause("OpenID Connect Core §3.1.2.1")
}
