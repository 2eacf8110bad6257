//! A person's consent to a client.

pub mod store;

use crate::protocol::scope::Scope;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Consent {
    pub scope: Scope,
    /// For which resources (RFC 8707).
    pub resources: Vec<String>,
    /// Claims that were asked for by name (OpenID Connect Core §5.5).
    pub claims: Vec<String>,
}

impl Consent {
    /// Whether a request asks for nothing beyond this.
    pub fn covers(&self, asked: &Self) -> bool {
        asked.scope.is_within(&self.scope)
            && asked.resources.iter().all(|resource| self.resources.contains(resource))
            && asked.claims.iter().all(|claim| self.claims.contains(claim))
    }
}
