//! The `prompt` parameter (OpenID Connect Core §3.1.2.1).

use super::error::{ErrorCode, OAuthError};
use serde::{Deserialize, Serialize};

/// Which pages the relying party asks for, or forbids.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prompt {
    /// No page may be shown.
    pub none: bool,
    /// The person must authenticate again.
    pub login: bool,
    /// The person must be asked for consent.
    pub consent: bool,
    /// The person must choose an account.
    pub select_account: bool,
    /// The person wants an account (Initiating User Registration via OpenID Connect 1.0).
    pub create: bool,
}

impl Prompt {
    /// Parses a space separated list.
    ///
    /// # Errors
    /// `invalid_request` for an unknown word, or `none` beside another.
    pub fn parse(text: Option<&str>) -> Result<Self, OAuthError> {
        let mut prompt = Self::default();
        for word in text.unwrap_or_default().split(' ').filter(|word| !word.is_empty()) {
            match word {
                "none" => prompt.none = true,
                "login" => prompt.login = true,
                "consent" => prompt.consent = true,
                "select_account" => prompt.select_account = true,
                "create" => prompt.create = true,
                _ => return Err(refuse("prompt must be none, login, consent, select_account or create")),
            }
        }
        if prompt.none && (prompt.login || prompt.consent || prompt.select_account || prompt.create) {
            return Err(refuse("prompt none cannot be combined with another value"));
        }
        Ok(prompt)
    }
}

fn refuse(why: &str) -> OAuthError {
    ErrorCode::InvalidRequest.because(why).clause("OpenID Connect Core §3.1.2.1")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn oidc_core_3_1_2_1_none_stands_alone() {
        assert!(Prompt::parse(Some("none")).unwrap().none);
        assert!(Prompt::parse(Some("none login")).is_err());
        assert!(Prompt::parse(Some("login consent")).unwrap().consent);
        assert!(Prompt::parse(Some("dance")).is_err());
        assert_eq!(Prompt::parse(None).unwrap(), Prompt::default());
    }
}
