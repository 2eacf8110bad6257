//! The text form of opaque values: prefix, payload, checksum, so that scanners find leaks and slips of the hand are
//! noticed before a store is asked.

use crate::platform::random::{self, Random};
use crate::platform::secret::Secret;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq as _;

/// 32 bits in base64url.
const CHECKSUM: usize = 6;
/// Longer texts are refused unread.
const LONGEST: usize = 1024;

/// The purpose of an opaque value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// An authorization code (RFC 6749 §4.1.2).
    AuthorizationCode,
    /// A refresh token (RFC 6749 §1.5).
    RefreshToken,
    /// An opaque access token (RFC 6749 §1.4).
    AccessToken,
    /// A client secret that we made (RFC 6749 §2.3.1).
    ClientSecret,
    /// A registration access token (RFC 7592 §3).
    RegistrationAccessToken,
    /// An initial access token (RFC 7591 §3).
    InitialAccessToken,
}

impl TokenKind {
    /// What the text begins with.
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::AuthorizationCode => "lk_ac_",
            Self::RefreshToken => "lk_rt_",
            Self::AccessToken => "lk_at_",
            Self::ClientSecret => "lk_cs_",
            Self::RegistrationAccessToken => "lk_rat_",
            Self::InitialAccessToken => "lk_iat_",
        }
    }

    /// The kind's name, for [`super::Pepper::hash`].
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AuthorizationCode => "authorization_code",
            Self::RefreshToken => "refresh_token",
            Self::AccessToken => "access_token",
            Self::ClientSecret => "client_secret",
            Self::RegistrationAccessToken => "registration_access_token",
            Self::InitialAccessToken => "initial_access_token",
        }
    }
}

/// An opaque value as its holder sees it.
#[derive(Debug, Clone)]
pub struct OpaqueToken(Secret<String>);

impl OpaqueToken {
    /// A fresh value of 256 random bits.
    pub fn new(kind: TokenKind, random: &dyn Random) -> Self {
        Self::from_bytes(kind, &random::bytes::<32>(random))
    }

    /// The text form of a payload of the caller's own, as derived tokens have it (up to 700 bytes can be parsed again).
    pub fn from_bytes(kind: TokenKind, payload: &[u8]) -> Self {
        let mut text = kind.prefix().to_owned();
        URL_SAFE_NO_PAD.encode_string(payload, &mut text);
        let checksum = checksum(&text);
        text.push_str(&checksum);
        Self(Secret::new(text))
    }

    /// The payload, when the text has that kind's prefix and its checksum is right. Says nothing of its validity.
    pub fn parse(kind: TokenKind, text: &str) -> Option<Vec<u8>> {
        let body = text.strip_prefix(kind.prefix()).filter(|_| text.len() <= LONGEST)?;
        let payload = body.get(..body.len().checked_sub(CHECKSUM)?)?;
        let (covered, found) = text.split_at_checked(text.len().checked_sub(CHECKSUM)?)?;
        bool::from(checksum(covered).as_bytes().ct_eq(found.as_bytes())).then_some(())?;
        URL_SAFE_NO_PAD.decode(payload).ok()
    }

    /// The text, to be handed to its holder.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// The text by value.
    pub fn into_secret(self) -> Secret<String> {
        self.0
    }
}

fn checksum(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    URL_SAFE_NO_PAD.encode(digest.get(..4).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::random::OsRandom;

    const KINDS: [TokenKind; 6] = [
        TokenKind::AuthorizationCode,
        TokenKind::RefreshToken,
        TokenKind::AccessToken,
        TokenKind::ClientSecret,
        TokenKind::RegistrationAccessToken,
        TokenKind::InitialAccessToken,
    ];

    #[test]
    fn a_token_is_read_as_its_own_kind_only() {
        for made in KINDS {
            let token = OpaqueToken::new(made, &OsRandom);
            for read in KINDS {
                assert_eq!(OpaqueToken::parse(read, token.expose()).is_some(), made == read);
            }
        }
    }

    #[test]
    fn payloads_of_any_length_come_back() {
        for length in 0..200 {
            let payload = vec![0xa5; length];
            let token = OpaqueToken::from_bytes(TokenKind::RefreshToken, &payload);
            assert_eq!(OpaqueToken::parse(TokenKind::RefreshToken, token.expose()), Some(payload));
        }
    }

    #[test]
    fn a_slip_of_the_hand_is_noticed() {
        let text = OpaqueToken::new(TokenKind::AccessToken, &OsRandom).expose().to_owned();
        for at in 0..text.len() {
            let mut bytes = text.clone().into_bytes();
            bytes[at] = if bytes[at] == b'x' { b'y' } else { b'x' };
            assert_eq!(OpaqueToken::parse(TokenKind::AccessToken, std::str::from_utf8(&bytes).unwrap()), None);
            assert_eq!(OpaqueToken::parse(TokenKind::AccessToken, &text[..at]), None);
        }
        assert_eq!(OpaqueToken::parse(TokenKind::AccessToken, &format!("{text}=")), None);
    }

    #[test]
    fn a_token_does_not_print() {
        assert_eq!(format!("{:?}", OpaqueToken::new(TokenKind::AccessToken, &OsRandom)), "OpaqueToken(•••)");
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_parsing_panic(text in "(lk_at_)?\\PC{0,80}") {
            let _ = OpaqueToken::parse(TokenKind::AccessToken, &text);
        }
    }
}
