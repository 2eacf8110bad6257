//! `client_secret_basic` (RFC 6749 §2.3.1, RFC 7617): id and secret are form-encoded before they are joined.

use super::failed;
use crate::platform::secret::Secret;
use crate::protocol::error::OAuthError;
use crate::protocol::params;
use base64::Engine as _;

/// Reads the Authorization header.
///
/// # Errors
/// `invalid_client` for another scheme or anything malformed.
pub(super) fn decode(header: &str) -> Result<(String, Secret<String>), OAuthError> {
    let malformed = || failed("the Authorization header is not well-formed Basic authentication");
    let (scheme, encoded) = header.split_once(' ').ok_or_else(malformed)?;
    if !scheme.eq_ignore_ascii_case("Basic") {
        return Err(failed("the Authorization scheme must be Basic").sent(scheme, "Basic"));
    }
    let bytes = base64::engine::general_purpose::STANDARD.decode(encoded.trim()).map_err(|_| malformed())?;
    let text = Secret::new(String::from_utf8(bytes).map_err(|_| malformed())?);
    let (id, secret) = text.expose().split_once(':').ok_or_else(malformed)?;
    let decode = |part: &str| params::decode(part.as_bytes(), "the Authorization header").map_err(|_| malformed());
    Ok((decode(id)?, Secret::new(decode(secret)?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn basic(text: &str) -> String {
        format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(text))
    }

    #[test]
    fn rfc6749_2_3_1_id_and_secret_are_form_decoded() {
        let (id, secret) = decode(&basic("my%3Aclient:a%2Bb+c%25")).unwrap();
        assert_eq!((id.as_str(), secret.expose().as_str()), ("my:client", "a+b c%"));
    }

    #[test]
    fn rfc7617_2_the_scheme_is_case_insensitive() {
        assert!(decode(&basic("a:b").replace("Basic", "bASIC")).is_ok());
    }

    #[test]
    fn malformed_headers_are_invalid_client() {
        for bad in ["Basic", "Basic !!", "Bearer abc", &basic("no-colon"), "Basic /w=="] {
            assert_eq!(decode(bad).unwrap_err().code.as_str(), "invalid_client", "{bad}");
        }
    }
}
