//! The authorization request as one type (RFC 6749 §4.1.1, OpenID Connect Core §3.1.2.1).

use crate::model::client::Client;
use crate::platform::jose::parse_object;
use crate::protocol::claims::Locales;
use crate::protocol::claims_request::ClaimsRequest;
use crate::protocol::error::{ErrorCode, OAuthError};
use crate::protocol::params::Params;
use crate::protocol::pkce::CodeChallenge;
use crate::protocol::prompt::Prompt;
use crate::protocol::resource;
use crate::protocol::response_type::ResponseType;
use crate::protocol::scope::Scope;
use std::collections::BTreeSet;

const LONGEST_NONCE: usize = 1024;
const LONGEST_HINT: usize = 256;
const LONGEST_CLAIMS: usize = 4096;

/// The parsed parameters of a request.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AuthorizationRequest {
    /// What the answer carries.
    pub response_type: ResponseType,
    /// The requested scope; after the checks, the scope that may be granted.
    pub scope: Scope,
    pub resources: Vec<String>,
    /// Copied into the ID token.
    pub nonce: Option<String>,
    /// Who must present the verifier.
    pub code_challenge: Option<CodeChallenge>,
    /// Which pages are wanted.
    pub prompt: Prompt,
    /// Seconds since the person authenticated, at most.
    pub max_age: Option<u64>,
    /// The client's guess who signs in.
    pub login_hint: Option<String>,
    /// The `sub` of a valid `id_token_hint`, or the value of a `sub` that `claims` asks for (§5.5.1): the one person
    /// who may answer.
    pub hint_sub: Option<String>,
    /// Whether there is an `id_token_hint` that cannot be verified: then the person is asked.
    pub hint_is_unverified: bool,
    /// The languages of the pages.
    pub ui_locales: Option<String>,
    /// Claims asked for by name.
    pub claims: ClaimsRequest,
    /// The languages of the claims.
    pub claims_locales: Locales,
    /// The requested authentication context classes, the best first; voluntary (§3.1.2.1).
    pub acr_values: Vec<String>,
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
        let claims = params.find("claims").map(claims).transpose()?.unwrap_or_default();
        let acr_values = bounded(params, "acr_values", LONGEST_HINT)?.map(|text| words(&text));
        Ok(Self {
            response_type: ResponseType::asked(params).unwrap_or_default(),
            scope: params.find("scope").map(Scope::parse).transpose()?.unwrap_or_default(),
            resources: resource::parse(params.all("resource"))?,
            nonce: bounded(params, "nonce", LONGEST_NONCE)?,
            code_challenge: CodeChallenge::parse(params.find("code_challenge"), params.find("code_challenge_method"))?,
            prompt: Prompt::parse(params.find("prompt"))?,
            max_age,
            login_hint: bounded(params, "login_hint", LONGEST_HINT)?,
            hint_is_unverified: false,
            hint_sub: named_sub(&claims),
            ui_locales: bounded(params, "ui_locales", LONGEST_HINT)?,
            claims,
            claims_locales: bounded(params, "claims_locales", LONGEST_HINT)?
                .map(|text| Locales::parse(&text))
                .unwrap_or_default(),
            acr_values: acr_values.or_else(|| client.metadata.default_acr_values.clone()).unwrap_or_default(),
        })
    }

    /// The parameters that an interaction stores: only the understood parts of known ones. Nothing arbitrary
    /// is stored.
    pub(super) fn kept(&self, params: &Params) -> Params {
        // Each is validated and bounded where it is parsed, or by the registration.
        const WHOLE: [&str; 14] = [
            "response_type",
            "client_id",
            "redirect_uri",
            "state",
            "response_mode",
            "nonce",
            "code_challenge",
            "code_challenge_method",
            "prompt",
            "max_age",
            "display",
            "login_hint",
            "acr_values",
            "claims",
        ];
        let whole = WHOLE.into_iter().filter_map(|name| Some((name, params.find(name)?.to_owned())));
        let scope = params.find("scope").map(|_| ("scope", self.scope.to_string()));
        // An unverifiable hint is stored as a placeholder.
        let hint = params.find("id_token_hint").map(|hint| match self.hint_is_unverified {
            true => ("id_token_hint", "-".to_owned()),
            false => ("id_token_hint", hint.to_owned()),
        });
        let tags = |name| params.find(name).map(|tags| (name, bounded_tags(tags)));
        let tags = ["ui_locales", "claims_locales"].into_iter().filter_map(tags);
        // Each once, in the order of the request: the first decides the form of the token.
        let mut seen = BTreeSet::new();
        let resources = self.resources.iter().filter(move |resource| seen.insert(*resource));
        let resources = resources.map(|resource| ("resource", resource.clone()));
        whole.chain(scope).chain(hint).chain(tags).chain(resources).collect()
    }

    /// Whether this is an OpenID Connect request.
    pub fn is_openid(&self) -> bool {
        self.scope.contains("openid")
    }

    /// The classes of which one must be reached, where the client cannot do without (OpenID Connect Core §5.5.1.1).
    pub fn essential_acr(&self) -> Option<Vec<&str>> {
        let acr = self.claims.of_id_token("acr").filter(|acr| acr.essential)?;
        Some(acr.values.iter().filter_map(serde_json::Value::as_str).collect())
    }
}

/// The person that `claims` insists on.
fn named_sub(claims: &ClaimsRequest) -> Option<String> {
    let of = |asked: &crate::protocol::claims_request::Asked| {
        let values = asked.get("sub").map(|sub| sub.values.as_slice()).unwrap_or_default();
        values.first().and_then(serde_json::Value::as_str).map(str::to_owned)
    };
    of(&claims.id_token).or_else(|| of(&claims.userinfo))
}

fn claims(text: &str) -> Result<ClaimsRequest, OAuthError> {
    if text.len() > LONGEST_CLAIMS {
        return Err(invalid(&format!("claims is longer than {LONGEST_CLAIMS} bytes")));
    }
    let members =
        parse_object(text.as_bytes()).map_err(|error| invalid("claims must be a JSON object").cause(error))?;
    ClaimsRequest::read(members)
}

/// The first whole tags of a list, up to a few hundred bytes.
fn bounded_tags(text: &str) -> String {
    let mut kept = String::new();
    for tag in text.split(' ').filter(|tag| !tag.is_empty()) {
        if kept.len() + tag.len() >= LONGEST_HINT {
            break;
        }
        if !kept.is_empty() {
            kept.push(' ');
        }
        kept.push_str(tag);
    }
    kept
}

fn words(text: &str) -> Vec<String> {
    text.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

fn max_age(text: &str) -> Result<u64, OAuthError> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| digits).ok_or_else(|| invalid("max_age must be a number of seconds"))
}

/// Copied as a whole or refused, never truncated.
fn bounded(params: &Params, name: &'static str, longest: usize) -> Result<Option<String>, OAuthError> {
    match params.find(name) {
        Some(value) if value.len() > longest => Err(invalid(&format!("{name} is longer than {longest} bytes"))),
        value => Ok(value.map(str::to_owned)),
    }
}

fn invalid(why: &str) -> OAuthError {
    ErrorCode::InvalidRequest.because(why).clause("OpenID Connect Core §3.1.2.1")
}
