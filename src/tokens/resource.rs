//! The operator's APIs (RFC 8707): who may ask for them, and what their access tokens look like.

use crate::model::client::Client;
use crate::platform::config::{self, TokenFormat};
use crate::platform::jose::Algorithm;
use crate::protocol::acr::Acr;
use crate::protocol::claims;
use crate::protocol::error::{ErrorCode, OAuthError};
use crate::protocol::resource::same;
use crate::protocol::scope::Scope;
use std::time::Duration;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    /// What a client names, and what `aud` carries.
    pub identifier: String,
    /// The scopes that make sense there; empty: any.
    pub scopes: Vec<String>,
    /// What signs its tokens.
    pub algorithm: Algorithm,
    /// JWT, or a text that only introspection explains.
    pub format: TokenFormat,
    /// How long its tokens live.
    pub lifetime: Duration,
    /// The class below which nobody gets a token for it.
    pub acr: Option<Acr>,
    /// The clients that may introspect its tokens, beside the one that they were issued to.
    pub introspecting_clients: Vec<String>,
}

/// Every API that is configured.
#[derive(Clone, Debug)]
pub struct Resources {
    list: Vec<Resource>,
    /// What signs tokens for none of them.
    own: Algorithm,
}

impl Resources {
    /// Reads them from the configuration.
    pub fn new(config: &config::Config) -> Self {
        let resource = |resource: &config::Resource| Resource {
            identifier: resource.identifier.clone(),
            scopes: resource.scopes.clone(),
            algorithm: resource.access_token_signing_alg.and_then(Algorithm::parse).unwrap_or(Algorithm::RS256),
            format: resource.access_token_format,
            lifetime: resource.access_token_lifetime.unwrap_or(config.tokens.access),
            acr: Acr::parse(&resource.acr),
            introspecting_clients: resource.clients.clone(),
        };
        Self { list: config.resources.values().map(resource).collect(), own: own_algorithm(config) }
    }

    /// The API with this identifier; a slash at the end makes no difference.
    pub fn find(&self, identifier: &str) -> Option<&Resource> {
        self.list.iter().find(|resource| same(&resource.identifier, identifier))
    }

    /// The identifiers, as configured, of what a client asks for.
    ///
    /// # Errors
    /// `invalid_target` for an API that is unknown or not this client's (RFC 8707 §2).
    pub fn resolve(&self, client: &Client, asked: &[String]) -> Result<Vec<String>, OAuthError> {
        let refuse = |identifier: &String| {
            let known: Vec<_> = self.list.iter().map(|resource| resource.identifier.as_str()).collect();
            ErrorCode::InvalidTarget
                .because("resource is unknown, or not allowed for this client")
                .clause("RFC 8707 §2")
                .sent(identifier, known.join(" "))
                .client(&client.id)
        };
        let allowed = |resource: &&Resource| match &client.metadata.resources {
            Some(list) => list.iter().any(|allowed| same(allowed, &resource.identifier)),
            None => true,
        };
        asked
            .iter()
            .map(|identifier| {
                let found = self.find(identifier).filter(allowed);
                found.map(|resource| resource.identifier.clone()).ok_or_else(|| refuse(identifier))
            })
            .collect()
    }

    /// Whether a client may introspect tokens for one of these audiences.
    pub fn introspects(&self, client_id: &str, audiences: &[String]) -> bool {
        audiences
            .iter()
            .filter_map(|audience| self.find(audience))
            .any(|resource| resource.introspecting_clients.iter().any(|known| known == client_id))
    }

    /// The part of a scope that makes sense at these: where each of them lists its scopes, the operator's other scopes
    /// stay out of the token. The standard ones are the provider's own business.
    pub fn fit(&self, scope: &Scope, identifiers: &[String]) -> Scope {
        let resources: Vec<&Resource> = identifiers.iter().filter_map(|identifier| self.find(identifier)).collect();
        if resources.is_empty() || resources.iter().any(|resource| resource.scopes.is_empty()) {
            return scope.clone();
        }
        let listed = |token: &str| resources.iter().any(|resource| resource.scopes.iter().any(|known| known == token));
        scope.filter(|token| claims::is_standard_scope(token) || listed(token))
    }

    /// How an access token for these is made: the first one's format and algorithm, the shortest lifetime.
    pub fn style(&self, identifiers: &[String], default_lifetime: Duration) -> (TokenFormat, Algorithm, Duration) {
        let mut resources = identifiers.iter().filter_map(|identifier| self.find(identifier));
        match resources.next() {
            None => (TokenFormat::Jwt, self.own, default_lifetime),
            Some(first) => {
                let lifetime = resources.map(|resource| resource.lifetime).fold(first.lifetime, Duration::min);
                (first.format, first.algorithm, lifetime)
            }
        }
    }
}

/// Tokens without a resource are read here alone, whose signature is then the cheapest that there is a key for. (Those
/// for an API are RS256 unless it says otherwise, as RFC 9068 §2.1 has it in every API.)
fn own_algorithm(config: &config::Config) -> Algorithm {
    let signs = |name: &&str| config.keys.algorithms.contains(name);
    let usual = ["ES256", "RS256"].into_iter().find(signs).or(config.keys.algorithms.first().copied());
    config.tokens.access_signing_alg.or(usual).and_then(Algorithm::parse).unwrap_or(Algorithm::RS256)
}

/// Judges what a token request asks for against what was granted (RFC 8707 §2.2): nothing asked means all of it.
///
/// # Errors
/// `invalid_target` for anything beyond.
pub fn narrow(granted: &[String], asked: &[String]) -> Result<Vec<String>, OAuthError> {
    if asked.is_empty() {
        return Ok(granted.to_vec());
    }
    asked
        .iter()
        .map(|identifier| {
            granted.iter().find(|known| same(known, identifier)).cloned().ok_or_else(|| {
                ErrorCode::InvalidTarget
                    .because("resource was not granted")
                    .clause("RFC 8707 §2.2")
                    .sent(identifier, granted.join(" "))
            })
        })
        .collect()
}
