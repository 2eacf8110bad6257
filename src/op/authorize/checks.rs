//! What a request must pass before its parameters are read, one check a line, in this order.

use crate::model::client::Client;
use crate::op::Op;
use crate::platform::config::RequirePkce;
use crate::protocol::error::{ErrorCode, OAuthError};
use crate::protocol::params::Params;

type Check = fn(&Op, &Params, &Client) -> Result<(), OAuthError>;

/// The order of the checks: each may rely on those above it.
const CHECKS: [(&str, Check); 5] = [
    ("OpenID Connect Core §6", no_request_objects),
    ("RFC 6749 §3.1.1", response_type),
    ("OAuth 2.0 Multiple Response Types §2.1", response_mode),
    ("RFC 6749 §4.1.2.1", grant_type),
    ("RFC 9700 §2.1.1", pkce),
];

/// Runs every check.
pub(super) fn run(op: &Op, params: &Params, client: &Client) -> Result<(), OAuthError> {
    CHECKS.iter().try_for_each(|(clause, check)| check(op, params, client).map_err(|error| error.clause(clause)))
}

fn no_request_objects(_: &Op, params: &Params, _: &Client) -> Result<(), OAuthError> {
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

fn response_type(_: &Op, params: &Params, client: &Client) -> Result<(), OAuthError> {
    match params.require("response_type")? {
        "code" if client.metadata.allows_response_type("code") => Ok(()),
        "code" => Err(ErrorCode::UnauthorizedClient.because("response_type code is not registered for this client")),
        other => Err(ErrorCode::UnsupportedResponseType.because("response_type must be code").sent(other, "code")),
    }
}

fn response_mode(_: &Op, params: &Params, _: &Client) -> Result<(), OAuthError> {
    match params.find("response_mode") {
        None | Some("query") => Ok(()),
        Some(other) => Err(ErrorCode::InvalidRequest.because("response_mode must be query").sent(other, "query")),
    }
}

fn grant_type(_: &Op, _: &Params, client: &Client) -> Result<(), OAuthError> {
    if client.metadata.allows_grant("authorization_code") {
        return Ok(());
    }
    Err(ErrorCode::UnauthorizedClient.because("the grant authorization_code is not registered for this client"))
}

fn pkce(op: &Op, params: &Params, client: &Client) -> Result<(), OAuthError> {
    let by_rule = match op.config.require_pkce {
        RequirePkce::All => true,
        RequirePkce::Public => client.metadata.is_public(),
        RequirePkce::Off => false,
    };
    let required = client.metadata.require_pkce.unwrap_or(by_rule);
    if required && params.find("code_challenge").is_none() {
        return Err(ErrorCode::InvalidRequest
            .because("code_challenge is missing; PKCE with S256 is required")
            .sent("no code_challenge", "code_challenge"));
    }
    Ok(())
}
