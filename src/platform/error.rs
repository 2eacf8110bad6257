//! The one failure that every store shares.

/// A store could not confirm a request. Answered with 503 and Retry-After, never "as if not found".
#[derive(Debug, Clone, thiserror::Error)]
#[error("store unavailable: {cause}")]
pub struct Unavailable {
    /// For the log: which store and what it said. Contains no secret.
    pub cause: String,
}

impl Unavailable {
    /// Wraps whatever a store's client library reported.
    pub fn new(cause: impl std::fmt::Display) -> Self {
        Self { cause: cause.to_string() }
    }
}

impl From<Unavailable> for crate::protocol::error::OAuthError {
    fn from(unavailable: Unavailable) -> Self {
        crate::protocol::error::ErrorCode::TemporarilyUnavailable
            .because("the service is temporarily unavailable, try again shortly")
            .cause(unavailable.cause)
    }
}
