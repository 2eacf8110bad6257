//! One vocabulary of errors. A rule says what; a face (`op::faces`) says how it looks.

use std::fmt;
use std::time::Duration;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $word:literal, $status:literal;)*) => {
        /// A word of the OAuth error registry (RFC 6749 §11.4 and the registrations after it).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum ErrorCode { $($(#[$doc])* $name,)* }

        impl ErrorCode {
            /// The word on the wire.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }

            /// The HTTP status of a JSON answer with this error.
            pub const fn status(self) -> u16 {
                match self { $(Self::$name => $status,)* }
            }
        }
    };
}

codes! {
    /// RFC 6749 §5.2, §4.1.2.1
    InvalidRequest = "invalid_request", 400;
    /// RFC 6749 §5.2
    InvalidClient = "invalid_client", 401;
    /// RFC 6749 §5.2
    InvalidGrant = "invalid_grant", 400;
    /// RFC 6749 §5.2
    UnauthorizedClient = "unauthorized_client", 400;
    /// RFC 6749 §5.2
    UnsupportedGrantType = "unsupported_grant_type", 400;
    /// RFC 6749 §4.1.2.1
    UnsupportedResponseType = "unsupported_response_type", 400;
    /// RFC 6749 §5.2
    InvalidScope = "invalid_scope", 400;
    /// RFC 6749 §4.1.2.1
    AccessDenied = "access_denied", 403;
    /// RFC 6749 §4.1.2.1
    ServerError = "server_error", 500;
    /// RFC 6749 §4.1.2.1
    TemporarilyUnavailable = "temporarily_unavailable", 503;
    /// OpenID Connect Core §3.1.2.6
    InteractionRequired = "interaction_required", 400;
    /// OpenID Connect Core §3.1.2.6
    LoginRequired = "login_required", 400;
    /// OpenID Connect Core §3.1.2.6
    AccountSelectionRequired = "account_selection_required", 400;
    /// OpenID Connect Core §3.1.2.6
    ConsentRequired = "consent_required", 400;
    /// OpenID Connect Core §3.1.2.6, RFC 9101 §7
    InvalidRequestUri = "invalid_request_uri", 400;
    /// OpenID Connect Core §3.1.2.6, RFC 9101 §7
    InvalidRequestObject = "invalid_request_object", 400;
    /// OpenID Connect Core §3.1.2.6
    RequestNotSupported = "request_not_supported", 400;
    /// OpenID Connect Core §3.1.2.6
    RequestUriNotSupported = "request_uri_not_supported", 400;
    /// OpenID Connect Core §3.1.2.6
    RegistrationNotSupported = "registration_not_supported", 400;
    /// OpenID Connect Core Unmet Authentication Requirements 1.0
    UnmetAuthenticationRequirements = "unmet_authentication_requirements", 400;
    /// RFC 8707 §2
    InvalidTarget = "invalid_target", 400;
    /// RFC 7009 §2.2.1
    UnsupportedTokenType = "unsupported_token_type", 400;
    /// RFC 6750 §3.1
    InvalidToken = "invalid_token", 401;
    /// RFC 6750 §3.1
    InsufficientScope = "insufficient_scope", 403;
    /// RFC 7591 §3.2.2
    InvalidRedirectUri = "invalid_redirect_uri", 400;
    /// RFC 7591 §3.2.2
    InvalidClientMetadata = "invalid_client_metadata", 400;
    /// RFC 7591 §3.2.2
    InvalidSoftwareStatement = "invalid_software_statement", 400;
    /// RFC 7591 §3.2.2
    UnapprovedSoftwareStatement = "unapproved_software_statement", 400;
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl ErrorCode {
    /// Whether it only says that a silent request needs the person (OpenID Connect Core 1.0 §3.1.2.6).
    pub const fn is_of_a_silent_request(self) -> bool {
        matches!(
            self,
            Self::InteractionRequired | Self::LoginRequired | Self::AccountSelectionRequired | Self::ConsentRequired
        )
    }

    /// Says why, in words for the client's developer (RFC 6749 §5.2: no quotes, no backslash).
    pub fn because(self, description: impl Into<String>) -> OAuthError {
        OAuthError {
            code: self,
            description: printable(&description.into()),
            status: self.status(),
            detail: Box::default(),
        }
    }
}

/// What the log and `latchkey explain` learn beyond what the client is told. Holds no secret.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Detail {
    /// The specification and clause that was not met.
    pub clause: Option<&'static str>,
    /// What was sent.
    pub sent: Option<String>,
    /// What is registered or would have been accepted.
    pub expected: Option<String>,
    /// What went wrong underneath.
    pub cause: Option<String>,
    /// Whose request it was.
    pub client_id: Option<String>,
    /// When it may be tried again (RFC 9110 §10.2.3).
    pub retry_after: Option<Duration>,
}

/// A refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OAuthError {
    /// The word.
    pub code: ErrorCode,
    /// For the client.
    pub description: String,
    /// The HTTP status of a JSON answer; differs from the word's own only for sizes and methods (405, 408, 413, 415, 429).
    pub status: u16,
    /// For the log.
    pub detail: Box<Detail>,
}

impl OAuthError {
    /// Names the clause that was not met.
    #[must_use]
    pub fn clause(mut self, clause: &'static str) -> Self {
        self.detail.clause = Some(clause);
        self
    }

    /// Records what was sent against what would have been accepted.
    #[must_use]
    pub fn sent(mut self, sent: impl Into<String>, expected: impl Into<String>) -> Self {
        self.detail.sent = Some(bounded(sent.into()));
        self.detail.expected = Some(bounded(expected.into()));
        self
    }

    /// Records what went wrong underneath.
    #[must_use]
    pub fn cause(mut self, cause: impl fmt::Display) -> Self {
        self.detail.cause = Some(bounded(cause.to_string()));
        self
    }

    /// Records whose request it was.
    #[must_use]
    pub fn client(mut self, client_id: &str) -> Self {
        self.detail.client_id = Some(bounded(client_id.to_owned()));
        self
    }

    /// Says when the request may be sent again.
    #[must_use]
    pub fn retry_after(mut self, wait: Duration) -> Self {
        self.detail.retry_after = Some(wait);
        self
    }

    /// Answers with another HTTP status than the word's own.
    #[must_use]
    pub fn status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }
}

/// Keeps the characters that RFC 6749 §5.2 allows in `error_description`; others become `'` or a space.
fn printable(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '"' | '\\' => '\'',
            ' '..='~' => c,
            _ => ' ',
        })
        .collect()
}

fn bounded(mut text: String) -> String {
    const LIMIT: usize = 512;
    if text.len() > LIMIT {
        let end = (0..=LIMIT).rev().find(|&end| text.is_char_boundary(end)).unwrap_or(0);
        text.truncate(end);
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc6749_5_2_a_description_has_only_the_allowed_characters() {
        let error = ErrorCode::InvalidScope.because("scope \"a\\b\" is ünknown\n");
        assert_eq!(error.description, "scope 'a'b' is  nknown ");
    }

    #[test]
    fn what_was_sent_is_bounded_at_a_character_boundary() {
        let error = ErrorCode::InvalidRequest.because("long").sent("ü".repeat(4000), "short");
        assert!(error.detail.sent.is_some_and(|sent| sent.len() <= 520));
    }
}
