//! Authorization of registration: two kinds of Bearer tokens (RFC 6750 §2.1).

use super::{Owner, store};
use crate::model::client::Origin;
use crate::model::initial_access_token;
use crate::op::registration::RegistrationEndpoint;
use crate::platform::client_ip::ClientIp;
use crate::platform::config::RegistrationMode;
use crate::platform::crypto::{OpaqueToken, TokenHash, TokenKind};
use crate::platform::throttle::{Throttled, Who};
use crate::protocol::error::{ErrorCode, OAuthError};
use crate::protocol::presented::Presented;

/// What lets a client register.
pub(super) enum Leave {
    /// An initial access token, by its hash.
    Token(TokenHash),
    /// Anyone may, at a limited rate per address.
    Anyone,
    /// A token is required, but none was sent.
    Missing,
}

/// An invalid token (RFC 6750 §3.1).
pub(super) fn refused(why: &str) -> OAuthError {
    ErrorCode::InvalidToken.because(why).clause("RFC 7591 §3")
}

impl RegistrationEndpoint {
    /// Whether a client may register. The token is used up later, with the registration; here it is only checked, so that
    /// strangers learn nothing and make us fetch nothing.
    ///
    /// # Errors
    /// `invalid_token` for an invalid initial access token.
    pub(super) async fn registration_leave(&self, presented: &Presented) -> Result<Leave, OAuthError> {
        let is_open = self.config.registration.mode == RegistrationMode::Open;
        let token = match presented {
            Presented::Token(token) => token.bearer()?,
            Presented::Nothing if is_open => return Ok(Leave::Anyone),
            // Other credentials are not ignored.
            Presented::Nothing | Presented::AnotherScheme => return Ok(Leave::Missing),
        };
        let kind = TokenKind::InitialAccessToken;
        if OpaqueToken::parse(kind, token).is_none() {
            return Err(refused("the initial access token is malformed"));
        }
        let (hash, now) = (self.pepper.hash(kind.as_str(), token.as_bytes()), self.clock.now());
        let looked_for = hash.clone();
        let found = self.db.read(move |connection| initial_access_token::store::find(connection, &looked_for)).await?;
        match found {
            Some(found) if found.is_good(now) => Ok(Leave::Token(hash)),
            _ => Err(refused("the initial access token is unknown, used up, expired or revoked")),
        }
    }

    /// `throttle.registration_address`
    pub(super) async fn admit_registration(&self, client: ClientIp) -> Result<(), Throttled> {
        let Some(rate) = &self.config.throttle.registration_address else { return Ok(()) };
        let who = Who::Address(client.address());
        self.throttle.allow("registration", who, rate.count, rate.per).await
    }

    /// The registration that a registration access token opens, if it is this one (RFC 7592 §2); `None` without a
    /// token. It is read from the store itself, so that a replaced token ends at once.
    ///
    /// # Errors
    /// `invalid_token`, the same for an unknown client and a wrong token; `access_denied` (403) when an operator
    /// disabled the client.
    pub(super) async fn registration_owner(
        &self,
        client_id: &str,
        presented: &Presented,
    ) -> Result<Option<Owner>, OAuthError> {
        const LONGEST_ID: usize = 64;
        let Presented::Token(token) = presented else { return Ok(None) };
        let token = token.bearer()?.to_owned();
        let refuse = || {
            refused("the registration access token does not belong to this client")
                .clause("RFC 7592 §2")
                .client(client_id)
        };
        let kind = TokenKind::RegistrationAccessToken;
        if client_id.len() > LONGEST_ID || OpaqueToken::parse(kind, &token).is_none() {
            return Err(refuse());
        }
        let id = client_id.to_owned();
        let found = self.db.read(move |connection| store::find(connection, &id)).await?;
        let (client, issued_at, hash) = found.ok_or_else(refuse)?;
        if client.origin != Origin::Dynamic || !self.pepper.verify(kind.as_str(), token.as_bytes(), &hash) {
            return Err(refuse());
        }
        if !client.enabled {
            return Err(ErrorCode::AccessDenied
                .because("the client was disabled")
                .clause("RFC 7592 §2.1")
                .client(client_id));
        }
        Ok(Some(Owner { client, issued_at, token, hash }))
    }
}
