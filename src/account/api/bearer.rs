//! Whose token it is, and whether it may be used here.

use super::view::Problem;
use crate::account::visit::FRESH;
use crate::model::user::User;
use crate::op::Op;
use crate::platform::clock::Time;
use crate::protocol::claims::ACCOUNT;
use crate::protocol::confirmation;
use crate::protocol::error::{ErrorCode, OAuthError};
use crate::protocol::presented::PresentedToken;
use crate::tokens::access_token::{Asked, Standing, standing};
use crate::tokens::family;
use crate::tokens::live::Delegated;

/// A person, by their access token.
pub(super) struct Bearer {
    /// Who.
    pub(super) user: User,
    /// The session that the token comes from, where it is bound to one.
    pub(super) session_id: Option<String>,
    authenticated_at: Time,
}

impl Bearer {
    /// Judges a token that was presented.
    ///
    /// # Errors
    /// `invalid_token`; `insufficient_scope` without the scope `account` (RFC 6750 §3.1).
    pub(super) async fn read(op: &Op, presented: PresentedToken) -> Result<Self, OAuthError> {
        let token = op.mint.read(&presented.text).await?;
        // A token for another API is no key to the account, whatever its scope says (RFC 8707 §2).
        if !token.aud.names().iter().any(|name| name == op.issuer()) {
            return Err(invalid("the access token is meant for another resource"));
        }
        if op.clients.find_enabled(&token.client_id).await?.is_none() {
            return Err(invalid("the client of the access token is disabled"));
        }
        let (scope, now) = (token.scope.clone(), op.now());
        let found = op
            .db
            .read(move |connection| {
                let standing = standing(connection, &token, Asked::ByResource(&presented.proof), now)?;
                let family = match &token.family_id {
                    Some(id) => family::store::find(connection, id)?.map(|(family, _)| family),
                    None => None,
                };
                Ok((standing, family))
            })
            .await?;
        if matches!(found.0, Standing::Unproven) {
            return Err(confirmation::unproven());
        }
        let (Standing::Person(person), Some(family)) = found else {
            return Err(invalid("the access token was revoked, or speaks for no person"));
        };
        if !scope.contains(ACCOUNT) {
            let why = "the access token was not granted the scope account";
            return Err(ErrorCode::InsufficientScope.because(why).sent(scope.to_string(), ACCOUNT));
        }
        let Delegated { user, authorized, .. } = *person;
        let session_id = family.session_id;
        Ok(Self { user, session_id, authenticated_at: authorized.auth_time })
    }

    /// Refuses what asks for a fresh sign-in, as the console does (RFC 9470 §3).
    ///
    /// # Errors
    /// `insufficient_user_authentication`.
    pub(super) fn must_be_fresh(&self, now: Time) -> Result<(), Problem> {
        if now.since(self.authenticated_at) <= FRESH { Ok(()) } else { Err(Problem::not_fresh(FRESH)) }
    }
}

fn invalid(why: &str) -> OAuthError {
    ErrorCode::InvalidToken.because(why).clause("RFC 6750 §3.1")
}
