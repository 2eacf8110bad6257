//! What a request must pass before its parameters are read, one check a line, in this order.

use super::AuthorizationEndpoint;
use super::return_to::is_openid;
use crate::model::client::Client;
use crate::op::letters::takes_sign_ups;
use crate::platform::config::{Config, RequirePkce};
use crate::protocol::error::{ErrorCode, OAuthError};
use crate::protocol::params::Params;
use crate::protocol::response_type::{ResponseMode, ResponseType};

type Check = fn(&AuthorizationEndpoint, &Params, &Client) -> Result<(), OAuthError>;

/// The order of the checks: each may rely on those above it.
const CHECKS: [(&str, Check); 7] = [
    ("OpenID Connect Core §6", no_request_objects),
    ("RFC 6749 §3.1.1", response_type),
    ("OAuth 2.0 Multiple Response Types §2.1", response_mode),
    ("OpenID Connect Core §3.2.2.1, §3.3.2.11", nonce),
    ("RFC 6749 §4.1.2.1", grant_type),
    ("Initiating User Registration via OpenID Connect 1.0 §4", create),
    ("RFC 9700 §2.1.1", pkce),
];

/// Runs every check.
pub(super) fn run(endpoint: &AuthorizationEndpoint, params: &Params, client: &Client) -> Result<(), OAuthError> {
    CHECKS.iter().try_for_each(|(clause, check)| check(endpoint, params, client).map_err(|error| error.clause(clause)))
}

fn no_request_objects(_: &AuthorizationEndpoint, params: &Params, _: &Client) -> Result<(), OAuthError> {
    for (name, code) in [
        ("request", ErrorCode::RequestNotSupported),
        ("request_uri", ErrorCode::RequestUriNotSupported),
        ("registration", ErrorCode::RegistrationNotSupported),
    ] {
        if params.find(name).is_some() {
            return Err(code.because(format!("parameter {name} is not supported")));
        }
    }
    Ok(())
}

fn response_type(endpoint: &AuthorizationEndpoint, params: &Params, client: &Client) -> Result<(), OAuthError> {
    let sent = params.require("response_type")?;
    let offered = offered(&endpoint.config);
    let Some(asked) = ResponseType::parse(sent).filter(|asked| offered.contains(asked)) else {
        let offered: Vec<_> = offered.iter().map(|known| known.as_str()).collect();
        return Err(ErrorCode::UnsupportedResponseType
            .because(format!("response_type must be one of: {}", offered.join(", ")))
            .sent(sent, offered.join(", ")));
    };
    if !client.metadata.allows_response_type(asked) {
        let registered = client.metadata.response_types.clone().unwrap_or_else(|| vec!["code".to_owned()]);
        return Err(ErrorCode::UnauthorizedClient
            .because(format!("response_type {asked} is not registered for this client"))
            .sent(sent, registered.join(", ")));
    }
    if asked.id_token && !is_openid(params) {
        return Err(ErrorCode::InvalidRequest
            .because(format!("response_type {asked} needs the scope openid"))
            .sent(params.find("scope").unwrap_or_default(), "openid"));
    }
    Ok(())
}

/// Types whose tokens pass through the browser are there for clients that cannot change any more.
pub(super) fn offered(config: &Config) -> Vec<ResponseType> {
    let legacy = config.legacy_implicit;
    ResponseType::ALL.into_iter().filter(|known| legacy || !known.is_front_channel()).collect()
}

fn response_mode(_: &AuthorizationEndpoint, params: &Params, _: &Client) -> Result<(), OAuthError> {
    let Some(sent) = params.find("response_mode") else { return Ok(()) };
    let asked = ResponseType::asked(params).unwrap_or_default();
    match ResponseMode::parse(sent) {
        Some(mode) if mode.may_carry(asked) => Ok(()),
        Some(_) => Err(ErrorCode::InvalidRequest
            .because(format!("response_mode query cannot carry response_type {asked}"))
            .sent(sent, "fragment, form_post")),
        None => Err(ErrorCode::InvalidRequest
            .because("response_mode must be query, fragment or form_post")
            .sent(sent, "query, fragment, form_post")),
    }
}

/// Without a nonce nobody could tell a stolen ID token from one of their own.
fn nonce(_: &AuthorizationEndpoint, params: &Params, _: &Client) -> Result<(), OAuthError> {
    let asked = ResponseType::asked(params).unwrap_or_default();
    if asked.id_token && params.find("nonce").is_none() {
        return Err(ErrorCode::InvalidRequest
            .because(format!("nonce is missing; response_type {asked} requires it"))
            .sent("no nonce", "nonce"));
    }
    Ok(())
}

fn grant_type(_: &AuthorizationEndpoint, params: &Params, client: &Client) -> Result<(), OAuthError> {
    let asked = ResponseType::asked(params).unwrap_or_default();
    if !asked.code || client.metadata.allows_grant("authorization_code") {
        return Ok(());
    }
    Err(ErrorCode::UnauthorizedClient.because("the grant authorization_code is not registered for this client"))
}

/// Where people can't sign up, nobody may be led to believe otherwise.
fn create(endpoint: &AuthorizationEndpoint, params: &Params, _: &Client) -> Result<(), OAuthError> {
    let asked = params.find("prompt").is_some_and(|prompt| prompt.split(' ').any(|word| word == "create"));
    if asked && !takes_sign_ups(&endpoint.features, &endpoint.config) {
        return Err(ErrorCode::InvalidRequest
            .because("prompt create is not offered: people cannot sign up here")
            .sent("create", "none, login, consent, select_account"));
    }
    Ok(())
}

fn pkce(endpoint: &AuthorizationEndpoint, params: &Params, client: &Client) -> Result<(), OAuthError> {
    let by_rule = match endpoint.config.require_pkce {
        RequirePkce::All => true,
        RequirePkce::Public => client.metadata.is_public(),
        RequirePkce::Off => false,
    };
    let with_code = ResponseType::asked(params).is_some_and(|asked| asked.code);
    let required = with_code && client.metadata.require_pkce.unwrap_or(by_rule);
    if required && params.find("code_challenge").is_none() {
        return Err(ErrorCode::InvalidRequest
            .because("code_challenge is missing; PKCE with S256 is required")
            .sent("no code_challenge", "code_challenge"));
    }
    Ok(())
}
