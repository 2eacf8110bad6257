//! The checks of a request before its parameters are read, one per line, in this order.

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
const CHECKS: [(&str, Check); 8] = [
    ("RFC 7591 §2", demands),
    ("OpenID Connect Core §6", no_request_objects),
    ("RFC 6749 §3.1.1", response_type),
    ("OAuth 2.0 Multiple Response Types §2.1", response_mode),
    ("OpenID Connect Core §3.2.2.1, §3.3.2.11", nonce),
    ("RFC 6749 §4.1.2.1", grant_type),
    ("Initiating User Registration via OpenID Connect 1.0 §4", create),
    ("RFC 9700 §2.1.1", pkce),
];

pub(super) fn run(endpoint: &AuthorizationEndpoint, params: &Params, client: &Client) -> Result<(), OAuthError> {
    CHECKS.iter().try_for_each(|(clause, check)| check(endpoint, params, client).map_err(|error| error.clause(clause)))
}

/// A registration that requires an unsupported feature: the client would get less security than it asked for.
fn demands(_: &AuthorizationEndpoint, _: &Params, client: &Client) -> Result<(), OAuthError> {
    client.metadata.usable()
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

/// Types that return tokens through the browser exist for clients that cannot be changed any more.
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

/// Without a nonce a client cannot tell a stolen ID token from its own.
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

/// Refuses `prompt=create` where people cannot sign up.
fn create(endpoint: &AuthorizationEndpoint, params: &Params, _: &Client) -> Result<(), OAuthError> {
    let asked = params.find("prompt").is_some_and(|prompt| prompt.split(' ').any(|word| word == "create"));
    if asked && !takes_sign_ups(&endpoint.features, &endpoint.config) {
        return Err(ErrorCode::InvalidRequest
            .because("prompt create is not supported: people cannot sign up here")
            .sent("create", "none, login, consent, select_account"));
    }
    Ok(())
}

/// What protects a stolen code from being used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Proof {
    None,
    Pkce,
    /// A nonce is enough, since an OpenID client compares it with the ID token (RFC 9700 §2.1.1).
    PkceOrNonce,
}

fn required_proof(rule: RequirePkce, client: &Client) -> Proof {
    match (client.metadata.require_pkce, rule) {
        (Some(true), _) | (None, RequirePkce::All) => Proof::Pkce,
        (Some(false), _) | (None, RequirePkce::Off) => Proof::None,
        (None, RequirePkce::Rfc9700 | RequirePkce::Public) if client.metadata.is_public() => Proof::Pkce,
        (None, RequirePkce::Rfc9700) => Proof::PkceOrNonce,
        (None, RequirePkce::Public) => Proof::None,
    }
}

fn pkce(endpoint: &AuthorizationEndpoint, params: &Params, client: &Client) -> Result<(), OAuthError> {
    let with_code = ResponseType::asked(params).is_some_and(|asked| asked.code);
    if !with_code || params.find("code_challenge").is_some() {
        return Ok(());
    }
    let nonce = is_openid(params) && params.find("nonce").is_some();
    let refuse = |why: &str, sent| Err(ErrorCode::InvalidRequest.because(why).sent(sent, "code_challenge"));
    match required_proof(endpoint.config.require_pkce, client) {
        Proof::None => Ok(()),
        Proof::PkceOrNonce if nonce => Ok(()),
        Proof::Pkce => refuse("code_challenge is missing; PKCE with S256 is required", "no code_challenge"),
        Proof::PkceOrNonce => refuse(
            "code_challenge is missing, and there is no OpenID nonce instead; the application can send either, \
             or the operator can set require_pkce to false for this client or change pkce.require",
            "neither code_challenge nor nonce",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::client::Origin;
    use serde_json::json;

    fn proof(rule: RequirePkce, metadata: serde_json::Value) -> Proof {
        let client = Client {
            id: "rp".into(),
            enabled: true,
            version: 1,
            origin: Origin::Operator,
            metadata: serde_json::from_value(metadata).unwrap(),
            logo: None,
            secrets: vec![],
            keys: None,
        };
        required_proof(rule, &client)
    }

    #[test]
    fn rfc9700_2_1_1_public_clients_need_pkce_and_confidential_ones_that_or_a_nonce() {
        let (confidential, public) = (json!({}), json!({"token_endpoint_auth_method": "none"}));
        for (rule, of_confidential, of_public) in [
            (RequirePkce::All, Proof::Pkce, Proof::Pkce),
            (RequirePkce::Rfc9700, Proof::PkceOrNonce, Proof::Pkce),
            (RequirePkce::Public, Proof::None, Proof::Pkce),
            (RequirePkce::Off, Proof::None, Proof::None),
        ] {
            assert_eq!(proof(rule, confidential.clone()), of_confidential, "{rule:?}");
            assert_eq!(proof(rule, public.clone()), of_public, "{rule:?}");
            assert_eq!(proof(rule, json!({"require_pkce": true})), Proof::Pkce, "{rule:?}");
            assert_eq!(proof(rule, json!({"require_pkce": false})), Proof::None, "{rule:?}");
        }
    }
}
