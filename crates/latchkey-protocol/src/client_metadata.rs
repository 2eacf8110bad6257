//! Client metadata (RFC 7591 §2, OpenID Connect Registration §2), with Latchkey's own fields.

mod check;
mod defaults;
mod demands;
mod offered;
mod read;
mod uris;

pub use demands::At;
pub use offered::Offered;

use super::response_type::ResponseType;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::borrow::Cow;

/// How a client authenticates at the token endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ClientAuthMethod {
    None,
    /// RFC 6749 §2.3.1, in the Authorization header.
    ClientSecretBasic,
    /// RFC 6749 §2.3.1, in the body.
    ClientSecretPost,
    /// OpenID Connect Core §9, RFC 7523: an HMAC with the secret.
    ClientSecretJwt,
    /// OpenID Connect Core §9, RFC 7523.
    PrivateKeyJwt,
}

impl ClientAuthMethod {
    /// Every method that is built.
    pub const ALL: [Self; 5] =
        [Self::ClientSecretBasic, Self::ClientSecretPost, Self::ClientSecretJwt, Self::PrivateKeyJwt, Self::None];

    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::ClientSecretBasic => "client_secret_basic",
            Self::ClientSecretPost => "client_secret_post",
            Self::ClientSecretJwt => "client_secret_jwt",
            Self::PrivateKeyJwt => "private_key_jwt",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.as_str() == word)
    }
}

/// What ID tokens from the token endpoint carry of a person. What goes through the browser carries no more than it must.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum IdClaims {
    /// What the scope opens, as userinfo does. Many products read nothing else.
    #[default]
    Scope,
    /// What was asked for by name (OpenID Connect Core §5.5): the rest is at userinfo (§5.4).
    Minimal,
}

impl IdClaims {
    pub const ALL: [Self; 2] = [Self::Scope, Self::Minimal];

    /// The word in configuration and metadata.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Scope => "scope",
            Self::Minimal => "minimal",
        }
    }
}

/// What a client registered. Members that are unknown, or known and not built yet, are kept in `other`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ClientMetadata {
    /// Where authorization responses may go.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub redirect_uris: Vec<String>,
    /// Where the browser may go after signing out (RP-Initiated Logout §2.1).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub post_logout_redirect_uris: Vec<String>,
    /// `none`, `client_secret_basic`, …; absent means `client_secret_basic`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_endpoint_auth_method: Option<String>,
    /// The algorithm of client assertions, when registered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_endpoint_auth_signing_alg: Option<String>,
    /// Absent means `authorization_code`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grant_types: Option<Vec<String>>,
    /// Absent means `code`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_types: Option<Vec<String>>,
    /// What may be asked for, space separated; absent means the standard scopes and the operator's public ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_name: Option<String>,
    /// The client's home page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_uri: Option<String>,
    /// A picture, https only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logo_uri: Option<String>,
    /// https only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy_uri: Option<String>,
    /// https only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tos_uri: Option<String>,
    /// Public keys by value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jwks: Option<Value>,
    /// Public keys by reference.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jwks_uri: Option<String>,
    /// `web` or `native`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub application_type: Option<String>,
    /// RS256 when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token_signed_response_alg: Option<String>,
    /// Encrypts ID tokens when registered (RFC 7518 §4.1).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token_encrypted_response_alg: Option<String>,
    /// `A128CBC-HS256` when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token_encrypted_response_enc: Option<String>,
    /// Userinfo is a JWT when registered (OpenID Connect Core §5.3.2).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub userinfo_signed_response_alg: Option<String>,
    /// Encrypts userinfo when registered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub userinfo_encrypted_response_alg: Option<String>,
    /// `A128CBC-HS256` when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub userinfo_encrypted_response_enc: Option<String>,
    /// The one algorithm of request objects, when registered (RFC 9101 §10.2).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_object_signing_alg: Option<String>,
    /// What request objects may be encrypted with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_object_encryption_alg: Option<String>,
    /// `A128CBC-HS256` when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_object_encryption_enc: Option<String>,
    /// Whether only signed request objects are taken (RFC 9101 §10.5).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub require_signed_request_object: Option<bool>,
    /// Request objects by reference may come from here only (OpenID Connect Core §6.2).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_uris: Option<Vec<String>>,
    /// `public` when absent, or `pairwise` (OpenID Connect Core §8).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject_type: Option<String>,
    /// Names every redirect URI of a sector; its host names the sector (§8.1).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sector_identifier_uri: Option<String>,
    /// Where a login that a third party begins is sent to (OpenID Connect Core §4).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub initiate_login_uri: Option<String>,
    /// Counts as `acr_values` where a request has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_acr_values: Option<Vec<String>>,
    /// Loaded in a frame when the session ends (Front-Channel Logout §2).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frontchannel_logout_uri: Option<String>,
    /// Whether it is given `iss` and `sid`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frontchannel_logout_session_required: Option<bool>,
    /// Told by a logout token when the session ends (Back-Channel Logout §2.2).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backchannel_logout_uri: Option<String>,
    /// Whether the logout token must carry `sid`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backchannel_logout_session_required: Option<bool>,
    /// Whom to ask about the client.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contacts: Option<Vec<String>>,
    /// Which software the client is (RFC 7591 §2).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub software_id: Option<String>,
    /// Which version of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub software_version: Option<String>,
    /// Seconds; counts as `max_age` where a request has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_max_age: Option<u64>,
    /// Whether ID tokens always carry `auth_time`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub require_auth_time: Option<bool>,
    /// Ours: overrides `pkce.require`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub require_pkce: Option<bool>,
    /// Ours: the authentication context class below which nobody signs in to this client.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub require_acr: Option<String>,
    /// Ours: overrides `tokens.id_claims`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token_claims: Option<IdClaims>,
    /// Ours: redirect URIs may have a private-use scheme without a period, or be plain http in a private network.
    #[serde(default, skip_serializing_if = "is_false")]
    pub insecure_redirect_uris: bool,
    /// Ours: no consent page.
    #[serde(default, skip_serializing_if = "is_false")]
    pub trusted: bool,
    /// Ours: the resources (RFC 8707) that this client may ask for; absent means those that list no clients.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resources: Option<Vec<String>>,
    /// Everything else, kept as it came.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

fn is_false(value: &bool) -> bool {
    !*value
}

/// A member that cannot be registered, and the rule it breaks.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{member} {problem}")]
pub struct Invalid {
    pub member: Cow<'static, str>,
    /// What is wrong with it.
    pub problem: String,
}

impl Invalid {
    /// Names a member and the rule it breaks.
    pub fn new(member: impl Into<Cow<'static, str>>, problem: impl Into<String>) -> Self {
        Self { member: member.into(), problem: problem.into() }
    }
}

impl ClientMetadata {
    /// The registered authentication method; `None` for one that is not built.
    pub fn auth_method(&self) -> Option<ClientAuthMethod> {
        match &self.token_endpoint_auth_method {
            Some(word) => ClientAuthMethod::parse(word),
            None => Some(ClientAuthMethod::ClientSecretBasic),
        }
    }

    /// Whether the client may prove itself by this method. A secret is the same secret in the header and in the body
    /// (RFC 6749 §2.3.1): whoever registered one of the two may use both, unless a profile says which.
    pub fn authenticates_by(&self, method: ClientAuthMethod) -> bool {
        use ClientAuthMethod::{ClientSecretBasic, ClientSecretPost};
        let of_secret = |method| matches!(method, ClientSecretBasic | ClientSecretPost);
        let registered = self.auth_method();
        registered == Some(method) || (!self.is_strict() && of_secret(method) && registered.is_some_and(of_secret))
    }

    /// What the client's ID tokens from the token endpoint carry, where the operator says `default`.
    pub fn id_claims(&self, default: IdClaims) -> IdClaims {
        if self.is_strict() { IdClaims::Minimal } else { self.id_token_claims.unwrap_or(default) }
    }

    /// Whether a grant type is registered (absent means `authorization_code`).
    pub fn allows_grant(&self, word: &str) -> bool {
        match &self.grant_types {
            Some(words) => words.iter().any(|known| known == word),
            None => word == "authorization_code",
        }
    }

    /// Whether the client keeps no secret.
    pub fn is_public(&self) -> bool {
        self.auth_method() == Some(ClientAuthMethod::None)
    }

    /// What is registered and not offered yet: kept, and refused when used.
    pub fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        if self.auth_method().is_none() {
            warnings.push(format!(
                "token_endpoint_auth_method {} is not supported: this client cannot authenticate",
                self.token_endpoint_auth_method.as_deref().unwrap_or_default()
            ));
        }
        for word in self.grant_types.iter().flatten() {
            if !["authorization_code", "implicit", "refresh_token", "client_credentials"].contains(&word.as_str()) {
                warnings.push(format!("grant type {word} is not supported"));
            }
        }
        for text in self.response_types.iter().flatten().filter(|text| ResponseType::parse(text).is_none()) {
            warnings.push(format!("response type {text} is not supported"));
        }
        warnings.extend(self.unmet());
        let unused = self.other.keys().filter(|member| !self.is_unmet(member));
        warnings.extend(unused.map(|member| format!("member {member} is stored but not used")));
        warnings
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn metadata(json: Value) -> ClientMetadata {
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn rfc7591_2_absent_members_have_their_defaults() {
        let client = metadata(serde_json::json!({"redirect_uris": ["https://rp.example/cb"]}));
        assert_eq!(client.auth_method(), Some(ClientAuthMethod::ClientSecretBasic));
        assert!(client.allows_grant("authorization_code") && !client.allows_grant("refresh_token"));
        assert!(client.allows_response_type(crate::response_type::ResponseType::CODE) && client.check().is_ok());
    }

    #[test]
    fn rfc7591_2_every_invalid_member_is_named() {
        let client = metadata(serde_json::json!({
            "redirect_uris": ["http://rp.example/cb"], "logo_uri": "javascript:alert(1)",
            "jwks": {"keys": []}, "jwks_uri": "https://rp.example/jwks"
        }));
        let members: Vec<_> = client.check().unwrap_err().into_iter().map(|invalid| invalid.member).collect();
        assert_eq!(members, ["redirect_uris", "logo_uri", "jwks"]);
    }

    #[test]
    fn rfc6749_2_3_1_a_secret_may_come_in_the_header_and_in_the_body_alike_unless_a_profile_says_which() {
        use ClientAuthMethod::{ClientSecretBasic as Basic, ClientSecretJwt as Jwt, ClientSecretPost as Post, None};
        let by = |method: &str, used: [ClientAuthMethod; 4]| {
            let client = metadata(serde_json::json!({ "token_endpoint_auth_method": method }));
            used.map(|used| client.authenticates_by(used))
        };
        let used = [Basic, Post, Jwt, None];
        assert_eq!(by("client_secret_basic", used), [true, true, false, false]);
        assert_eq!(by("client_secret_post", used), [true, true, false, false]);
        assert_eq!(by("client_secret_jwt", used), [false, false, true, false]);
        assert_eq!(by("private_key_jwt", used), [false, false, false, false]);
        assert_eq!(by("tls_client_auth", used), [false, false, false, false]);
        assert_eq!(by("none", used), [false, false, false, true]);
        let strict = metadata(serde_json::json!({"profile": "fapi2"}));
        assert!(strict.authenticates_by(Basic) && !strict.authenticates_by(Post));
    }

    #[test]
    fn a_clients_word_on_id_tokens_overrides_the_operators_and_a_profile_overrides_both() {
        let of = |json: Value, default| metadata(json).id_claims(default);
        assert_eq!(of(serde_json::json!({}), IdClaims::Scope), IdClaims::Scope);
        assert_eq!(of(serde_json::json!({}), IdClaims::Minimal), IdClaims::Minimal);
        assert_eq!(of(serde_json::json!({"id_token_claims": "minimal"}), IdClaims::Scope), IdClaims::Minimal);
        assert_eq!(of(serde_json::json!({"id_token_claims": "scope"}), IdClaims::Minimal), IdClaims::Scope);
        let strict = serde_json::json!({"id_token_claims": "scope", "profile": "fapi2"});
        assert_eq!(of(strict, IdClaims::Scope), IdClaims::Minimal);
    }

    #[test]
    fn unknown_members_are_kept_and_warned_of() {
        let client = metadata(serde_json::json!({"redirect_uris": ["https://rp.example/cb"], "client_name#ja": "x"}));
        assert_eq!(client.other.len(), 1);
        assert!(client.warnings().iter().any(|warning| warning.contains("client_name#ja")));
    }

    #[test]
    fn cli_18_a_public_client_cannot_register_client_credentials() {
        let client =
            metadata(serde_json::json!({"token_endpoint_auth_method": "none", "grant_types": ["client_credentials"]}));
        assert!(client.check().is_err());
    }
}
