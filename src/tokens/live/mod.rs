//! Whether a person's access token is valid: asked for each use, and on PostgreSQL together with other requests at
//! the same time.

pub mod store;

use super::access_token::{AccessTokenClaims, Standing};
use super::family::Authorized;
use crate::model::user::User;
use crate::platform::clock::Time;
use crate::platform::db::{Db, Engine, Together};
use crate::platform::error::Unavailable;
use crate::protocol::confirmation::Binding;

/// What is asked about a token of a family.
#[derive(Clone, Debug)]
pub struct Question {
    pub family_id: String,
    /// Whose tokens it must be.
    pub client_id: String,
    /// The one access token, which may have been revoked by itself.
    pub jti: String,
    pub now: Time,
}

/// What an access token of a person stands for.
#[derive(Clone, Debug)]
pub struct Delegated {
    pub user: User,
    pub authorized: Authorized,
    /// What the token is bound to.
    pub bound_to: Option<Binding>,
}

/// The person of a live family, and what they authorized; `None` where it no longer counts.
pub type Live = Option<Delegated>;

pub struct Standings {
    db: Db,
    /// On PostgreSQL: a query of its own would cost each request two changes of threads and a round trip.
    together: Option<Together<Question, Live>>,
}

impl Standings {
    pub fn new(db: Db) -> Self {
        let together = (db.engine() == Engine::Postgres).then(|| Together::new(db.clone(), store::find_all));
        Self { db, together }
    }

    /// Whether an access token still stands: not revoked, its family live, its person active. What it is bound to is
    /// judged by [`Standing::told`].
    ///
    /// # Errors
    /// When the store does not answer.
    pub(super) async fn of(&self, claims: &AccessTokenClaims, now: Time) -> Result<Standing, Unavailable> {
        match (Question::about(claims, now), &self.together) {
            (Some(question), Some(together)) => Ok(Standing::of_live(together.ask(question).await?)),
            _ => {
                let claims = claims.clone();
                self.db.read(move |connection| super::access_token::found(connection, &claims, now)).await
            }
        }
    }
}

impl Question {
    /// About a person's token; `None` for a client's own.
    pub fn about(claims: &AccessTokenClaims, now: Time) -> Option<Self> {
        Some(Self {
            family_id: claims.family_id.clone()?,
            client_id: claims.client_id.clone(),
            jti: claims.jti.clone(),
            now,
        })
    }
}
