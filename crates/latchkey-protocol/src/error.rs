//! One vocabulary of errors. A rule says what; a face (`op::faces`) says how it looks.

use std::fmt;
use std::time::Duration;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $word:literal;)*) => {
        /// A word of the OAuth error registry (RFC 6749 §11.4 and the registrations after it).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum ErrorCode { $($(#[$doc])* $name,)* }

        impl ErrorCode {
            /// The word on the wire.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }
        }
    };
}

codes! {
    /// RFC 6749 §5.2, §4.1.2.1
    InvalidRequest = "invalid_request";
    /// RFC 6749 §5.2
    InvalidClient = "invalid_client";
    /// RFC 6749 §5.2
    InvalidGrant = "invalid_grant";
    /// RFC 6749 §5.2
    UnauthorizedClient = "unauthorized_client";
    /// RFC 6749 §5.2
    UnsupportedGrantType = "unsupported_grant_type";
    /// RFC 6749 §4.1.2.1
    UnsupportedResponseType = "unsupported_response_type";
    /// RFC 6749 §5.2
    InvalidScope = "invalid_scope";
    /// RFC 6749 §4.1.2.1
    AccessDenied = "access_denied";
    /// RFC 6749 §4.1.2.1
    ServerError = "server_error";
    /// RFC 6749 §4.1.2.1
    TemporarilyUnavailable = "temporarily_unavailable";
    /// OpenID Connect Core §3.1.2.6
    InteractionRequired = "interaction_required";
    /// OpenID Connect Core §3.1.2.6
    LoginRequired = "login_required";
    /// OpenID Connect Core §3.1.2.6
    AccountSelectionRequired = "account_selection_required";
    /// OpenID Connect Core §3.1.2.6
    ConsentRequired = "consent_required";
    /// OpenID Connect Core §3.1.2.6, RFC 9101 §7
    InvalidRequestUri = "invalid_request_uri";
    /// OpenID Connect Core §3.1.2.6, RFC 9101 §7
    InvalidRequestObject = "invalid_request_object";
    /// OpenID Connect Core §3.1.2.6
    RequestNotSupported = "request_not_supported";
    /// OpenID Connect Core §3.1.2.6
    RequestUriNotSupported = "request_uri_not_supported";
    /// OpenID Connect Core §3.1.2.6
    RegistrationNotSupported = "registration_not_supported";
    /// OpenID Connect Core Unmet Authentication Requirements 1.0
    UnmetAuthenticationRequirements = "unmet_authentication_requirements";
    /// RFC 8707 §2
    InvalidTarget = "invalid_target";
    /// RFC 7009 §2.2.1
    UnsupportedTokenType = "unsupported_token_type";
    /// RFC 6750 §3.1
    InvalidToken = "invalid_token";
    /// RFC 6750 §3.1
    InsufficientScope = "insufficient_scope";
    /// RFC 7591 §3.2.2
    InvalidRedirectUri = "invalid_redirect_uri";
    /// RFC 7591 §3.2.2
    InvalidClientMetadata = "invalid_client_metadata";
    /// RFC 7591 §3.2.2
    InvalidSoftwareStatement = "invalid_software_statement";
    /// RFC 7591 §3.2.2
    UnapprovedSoftwareStatement = "unapproved_software_statement";
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Where a refusal is answered, which decides its HTTP status: the same code has different ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Face {
    /// JSON to a client, at the token endpoint and those that answer like it (RFC 6749 §5.2).
    Client,
    /// A protected resource (RFC 6750 §3.1).
    Resource,
    /// Registration and its management (RFC 7591 §3.2.2, RFC 7592 §2).
    Registration,
    /// An error page.
    Page,
}

/// What an error page tells a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The application isn't known here, or is disabled.
    UnknownApplication,
    /// The application asked to return to a URL that it has not registered.
    ReturnAddress,
    /// The request of the application can't be understood.
    Request,
    /// The page waited too long or was used already; starting again helps.
    Expired,
    /// A form came from another site or without its cookie.
    Cookie,
    /// Too many requests; waiting helps.
    TooMany,
    /// There is no such page.
    NotFound,
    /// A part of the service does not answer; trying again helps.
    Unavailable,
    /// A fault of ours.
    Internal,
}

impl Cause {
    /// What a code alone says.
    const fn of(code: ErrorCode) -> Self {
        match code {
            ErrorCode::UnauthorizedClient => Self::UnknownApplication,
            ErrorCode::TemporarilyUnavailable => Self::Unavailable,
            ErrorCode::ServerError => Self::Internal,
            _ => Self::Request,
        }
    }

    const fn status(self) -> u16 {
        match self {
            Self::UnknownApplication | Self::ReturnAddress | Self::Request | Self::Expired => 400,
            Self::Cookie => 403,
            Self::NotFound => 404,
            Self::TooMany => 429,
            Self::Unavailable => 503,
            Self::Internal => 500,
        }
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

    const fn status_at(self, face: Face) -> u16 {
        match (self, face) {
            (Self::ServerError, _) => 500,
            (Self::TemporarilyUnavailable, _) => 503,
            (Self::InvalidClient | Self::InvalidToken, _) => 401,
            (Self::InsufficientScope, _) => 403,
            // RFC 6749 §5.2 has 400 for all but invalid_client, and RFC 8628 §3.5 gives access_denied there.
            // RFC 7592 §2.1: a client that may not read its registration gets 403.
            (Self::AccessDenied, Face::Registration | Face::Resource) => 403,
            _ => 400,
        }
    }

    /// Says why, in words for the client's developer (RFC 6749 §5.2: no quotes, no backslash).
    pub fn because(self, description: impl Into<String>) -> OAuthError {
        OAuthError {
            code: self,
            description: printable(&description.into()),
            page: Cause::of(self),
            status: None,
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
    /// For the person, where an error page shows it.
    pub page: Cause,
    /// What is wrong with the HTTP request itself, wherever it is answered: sizes, methods, rates (405, 408, 413, 415, 429).
    status: Option<u16>,
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

    /// Says what an error page tells.
    #[must_use]
    pub fn page(mut self, cause: Cause) -> Self {
        self.page = cause;
        self
    }

    /// Answers with this HTTP status everywhere, because the HTTP request itself is refused.
    #[must_use]
    pub fn status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    /// The HTTP status of the answer.
    pub fn status_at(&self, face: Face) -> u16 {
        match (self.status, face) {
            (Some(status), _) => status,
            (None, Face::Page) => self.page.status(),
            (None, face) => self.code.status_at(face),
        }
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
    fn rfc8628_3_5_access_denied_is_400_at_the_token_endpoint_and_403_at_a_registration() {
        let error = ErrorCode::AccessDenied.because("no");
        let statuses = [Face::Client, Face::Registration, Face::Resource].map(|face| error.status_at(face));
        assert_eq!(statuses, [400, 403, 403]);
    }

    #[test]
    fn rfc6749_5_2_a_client_that_is_not_authenticated_gets_401() {
        assert_eq!(ErrorCode::InvalidClient.because("no").status_at(Face::Client), 401);
        assert_eq!(ErrorCode::InvalidGrant.because("no").status_at(Face::Client), 400);
    }

    #[test]
    fn a_page_answers_by_what_it_tells_and_a_broken_http_request_the_same_everywhere() {
        let error = ErrorCode::InvalidRequest.because("no");
        assert_eq!(error.status_at(Face::Page), 400);
        for (cause, status) in [(Cause::Cookie, 403), (Cause::NotFound, 404), (Cause::TooMany, 429)] {
            let error = error.clone().page(cause);
            assert_eq!((error.status_at(Face::Page), error.status_at(Face::Client)), (status, 400));
        }
        assert_eq!(error.status(405).status_at(Face::Page), 405);
    }

    #[test]
    fn what_was_sent_is_bounded_at_a_character_boundary() {
        let error = ErrorCode::InvalidRequest.because("long").sent("ü".repeat(4000), "short");
        assert!(error.detail.sent.is_some_and(|sent| sent.len() <= 520));
    }
}
