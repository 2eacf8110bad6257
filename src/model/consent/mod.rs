//! What a person allowed a client.

pub mod store;

use crate::protocol::scope::Scope;

/// A remembered consent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Consent {
    /// What was allowed.
    pub scope: Scope,
    /// For which resources (RFC 8707).
    pub resources: Vec<String>,
}

impl Consent {
    /// Whether a request asks for nothing beyond this.
    pub fn covers(&self, scope: &Scope, resources: &[String]) -> bool {
        scope.is_within(&self.scope) && resources.iter().all(|resource| self.resources.contains(resource))
    }
}
