//! Token revocation (RFC 7009).

pub mod endpoint;

use super::Op;
use crate::model::client::Client;
use crate::model::end_reason::EndReason;
use crate::model::event::{self, Event, EventKind};
use crate::op::feature::Feature;
use crate::platform::clock::{Clock, Time};
use crate::platform::config::FeatureName;
use crate::platform::crypto::Pepper;
use crate::platform::db::Db;
use crate::platform::error::Unavailable;
use crate::tokens::access_token::AccessTokenClaims;
use crate::tokens::family::{Family, PresentedRefreshToken, store as families};
use crate::tokens::{Mint, revoked};
use std::sync::Arc;

pub struct RevocationEndpoint {
    clock: Arc<dyn Clock>,
    db: Db,
    pepper: Pepper,
    mint: Arc<Mint>,
}

impl RevocationEndpoint {
    /// From the provider's shared state.
    pub fn new(op: &Op) -> Self {
        let (clock, mint) = (Arc::clone(&op.clock), Arc::clone(&op.mint));
        Self { clock, db: op.db.clone(), pepper: op.pepper.clone(), mint }
    }

    /// Revokes a token of this client: a refresh token ends its family and every access token of it, an access token
    /// ends alone (RFC 7009 §2.1). Anything else has no effect. Which kind it is shows in its form:
    /// `token_type_hint` is not needed.
    ///
    /// # Errors
    /// When the store did not confirm: the client must not believe that the token is dead.
    pub async fn revoke(&self, client: &Client, token: &str) -> Result<(), Unavailable> {
        if let Some(presented) = PresentedRefreshToken::parse(token) {
            return self.revoke_family(client, presented).await;
        }
        match self.mint.find(token).await? {
            Some(claims) if claims.client_id == client.id => self.revoke_access_token(claims).await,
            Some(_) | None => Ok(()),
        }
    }

    async fn revoke_family(&self, client: &Client, presented: PresentedRefreshToken) -> Result<(), Unavailable> {
        let (client_id, pepper, now) = (client.id.clone(), self.pepper.clone(), self.clock.now());
        self.db
            .write(move |tx| {
                let found = families::find(tx, &presented.family_id)?.map(|(family, _)| family);
                let own = found.filter(|family| is_own(family, &client_id, &pepper, &presented));
                if let Some(family) = own
                    && families::revoke(tx, &family.id, EndReason::Revoked, now)?
                {
                    event::store::record(tx, &ended(&family), now)?;
                }
                Ok(())
            })
            .await
    }

    async fn revoke_access_token(&self, claims: AccessTokenClaims) -> Result<(), Unavailable> {
        let now = self.clock.now();
        self.db
            .write(move |tx| {
                if revoked::store::insert(tx, &claims.jti, Time::from_seconds(claims.exp))? {
                    let detail = serde_json::json!({ "jti": claims.jti, "family": claims.family_id });
                    event::store::record(
                        tx,
                        &Event::by_client(EventKind::AccessTokenRevoked, &claims.client_id).detail(detail),
                        now,
                    )?;
                }
                Ok(())
            })
            .await
    }
}

/// An older token of the family works as well: its holder wants the family ended.
fn is_own(family: &Family, client_id: &str, pepper: &Pepper, presented: &PresentedRefreshToken) -> bool {
    family.client_id == client_id && family.made(pepper, presented)
}

fn ended(family: &Family) -> Event {
    let event = Event::by_client(EventKind::TokenFamilyRevoked, &family.client_id).person(&family.person_id);
    let event = event.detail(serde_json::json!({ "family": family.id }));
    match &family.session_id {
        Some(session_id) => event.session(session_id),
        None => event,
    }
}

pub fn feature() -> Feature {
    Feature {
        specs: &["RFC 7009"],
        mount: vec![endpoint::mount],
        metadata: endpoint::metadata,
        ..Feature::new(FeatureName::Revocation)
    }
}
