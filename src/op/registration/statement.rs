//! Software statements (RFC 7591 §2.3): metadata that somebody whom the operator trusts has signed.

use crate::op::registration::RegistrationEndpoint;
use crate::platform::config::SoftwareStatementIssuer;
use crate::platform::jose::{self, Algorithm, ClaimRules, Rules, Typ, VerificationKeys};
use crate::protocol::error::{ErrorCode, OAuthError};
use serde_json::{Map, Value};

/// Claims about the statement itself, and members that no statement may set.
pub(super) const OVERRIDES_NOTHING: [&str; 11] = [
    "iss",
    "sub",
    "aud",
    "exp",
    "nbf",
    "iat",
    "jti",
    "client_id",
    "client_secret",
    "software_statement",
    "registration_access_token",
];

fn invalid(why: &str) -> OAuthError {
    ErrorCode::InvalidSoftwareStatement.because(why).clause("RFC 7591 §2.3")
}

impl RegistrationEndpoint {
    /// The claims of a statement that counts.
    ///
    /// # Errors
    /// `invalid_software_statement`, `unapproved_software_statement`.
    pub(super) async fn statement_claims(&self, statement: &Value) -> Result<Map<String, Value>, OAuthError> {
        let text = statement.as_str().ok_or_else(|| invalid("software_statement must be a string"))?;
        let parts =
            jose::parse(text).map_err(|error| invalid("software_statement is not a signed JWT").cause(error))?;
        let claimed =
            parts.unverified_claims().map_err(|error| invalid("software_statement has no claims").cause(error))?;
        let issuer =
            claimed.required_text("iss").map_err(|error| invalid("software_statement has no iss").cause(error))?;
        let trusted = self.config.registration.software_statement_issuers.values().find(|known| known.issuer == issuer);
        let trusted = trusted.ok_or_else(|| {
            ErrorCode::UnapprovedSoftwareStatement
                .because("the issuer of software_statement is not trusted by this provider")
                .clause("RFC 7591 §3.2.2")
                .sent(issuer, "registration.software_statement_issuers")
        })?;
        let keys = keys_of(trusted).await?;
        let rules = Rules { algorithms: &Algorithm::ALL, typ: Typ::PlainOr("software-statement+jwt"), keys: &keys };
        let verified = jose::verify_parts(parts, &rules)
            .map_err(|error| invalid("software_statement cannot be verified").cause(error))?;
        ClaimRules::at(self.clock.now())
            .issuer(issuer)
            .expiry_is_optional()
            .check(&verified.claims)
            .map_err(|error| invalid(&format!("of software_statement {error}")))?;
        Ok(verified.claims.into_members())
    }
}

/// The issuer's keys as its file has them now.
async fn keys_of(issuer: &SoftwareStatementIssuer) -> Result<VerificationKeys, OAuthError> {
    let path = issuer.jwks_file.clone();
    let read = tokio::task::spawn_blocking(move || std::fs::read(path)).await;
    // A fault of the operator, not of the client: it may try again once it is fixed.
    let away = |cause: String| {
        ErrorCode::TemporarilyUnavailable.because("the keys of a trusted issuer cannot be read").cause(cause)
    };
    let bytes = read.map_err(|error| away(error.to_string()))?.map_err(|error| away(error.to_string()))?;
    VerificationKeys::parse(&bytes).map_err(|error| away(error.to_string()))
}
