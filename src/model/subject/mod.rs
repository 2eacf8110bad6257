//! Subject identifiers (OpenID Connect Core §8): one name of a person for all, or one for each sector.

pub mod store;

use super::client::Client;
use crate::platform::random::{self, Random};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// How a client names people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Naming {
    /// By the one `sub` of each person.
    Public,
    /// By a `sub` that only this sector knows (§8.1).
    Pairwise {
        /// The host that stands for the client's redirect URIs.
        sector: String,
        /// A new subject for a person in this sector: random, so that nobody can compute it.
        fresh: String,
    },
}

impl Naming {
    /// How this client names people, whatever it asks for.
    pub fn of(client: &Client, random: &dyn Random) -> Self {
        match client.sector() {
            Some(sector) => Self::Pairwise { sector, fresh: URL_SAFE_NO_PAD.encode(random::bytes::<16>(random)) },
            None => Self::Public,
        }
    }
}
