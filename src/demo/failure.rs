//! What may go wrong, as the demo's own page shows it.

use super::wire::WireError;
use actix_web::http::StatusCode;
use openidconnect::{
    ClaimsVerificationError, ConfigurationError, DiscoveryError, RequestTokenError, SigningError,
    StandardErrorResponse, UserInfoError, core::CoreErrorResponseType,
};

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {}", description.as_deref().unwrap_or("no description"))]
pub struct Failure {
    /// The code that came back, such as `access_denied`, or a word of the demo's own.
    pub code: String,
    pub description: Option<String>,
    /// 400 for what came with the browser, 502 for what the provider answered or did not.
    pub status: StatusCode,
}

impl Failure {
    pub(super) fn client(code: &str, description: impl Into<Option<String>>) -> Self {
        Self { code: code.to_owned(), description: description.into(), status: StatusCode::BAD_REQUEST }
    }

    pub(super) fn provider(code: &str, description: impl std::fmt::Display) -> Self {
        Self { code: code.to_owned(), description: Some(description.to_string()), status: StatusCode::BAD_GATEWAY }
    }
}

impl From<DiscoveryError<WireError>> for Failure {
    fn from(error: DiscoveryError<WireError>) -> Self {
        Self::provider("discovery_failed", with_causes(&error))
    }
}

impl From<ClaimsVerificationError> for Failure {
    fn from(error: ClaimsVerificationError) -> Self {
        Self::provider("invalid_id_token", with_causes(&error))
    }
}

impl From<SigningError> for Failure {
    fn from(error: SigningError) -> Self {
        Self::provider("invalid_id_token", with_causes(&error))
    }
}

impl From<UserInfoError<WireError>> for Failure {
    fn from(error: UserInfoError<WireError>) -> Self {
        Self::provider("userinfo_failed", with_causes(&error))
    }
}

impl From<ConfigurationError> for Failure {
    fn from(error: ConfigurationError) -> Self {
        Self::provider("not_announced", error)
    }
}

impl From<RequestTokenError<WireError, StandardErrorResponse<CoreErrorResponseType>>> for Failure {
    /// An error response (RFC 6749 §5.2) keeps its own code.
    fn from(error: RequestTokenError<WireError, StandardErrorResponse<CoreErrorResponseType>>) -> Self {
        match error {
            RequestTokenError::ServerResponse(said) => {
                Self::client(said.error().as_ref(), said.error_description().cloned())
            }
            other => Self::provider("no_answer", with_causes(&other)),
        }
    }
}

fn with_causes(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}
