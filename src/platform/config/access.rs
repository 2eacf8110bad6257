//! `features.*`, `scopes.*` and `resources.*`: sections whose names the operator chooses.

use super::keys::Algorithm;
use super::reader::{Reader, written};
use super::value::{Raw, Setting, one_of};
use crate::protocol::acr::Acr;
use std::collections::BTreeMap;
use std::time::Duration;

/// A scope of the operator's own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scope {
    /// A sentence for the consent page, such as "Read your orders".
    pub description: String,
    /// Claims that it releases at userinfo.
    pub claims: Vec<String>,
    /// Whether it reaches further than reading: it stands out on the consent page.
    pub sensitive: bool,
}

/// An API that tokens are issued for (RFC 8707).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Resource {
    /// An absolute URI without a fragment (RFC 8707 §2): the audience of its tokens.
    pub identifier: String,
    /// The scopes that it understands.
    pub scopes: Vec<String>,
    /// `access_token_format`
    pub access_token_format: TokenFormat,
    /// `access_token_signing_alg`; absent is the provider's default.
    pub access_token_signing_alg: Option<Algorithm>,
    /// `access_token_lifetime`; absent is `tokens.access`.
    pub access_token_lifetime: Option<Duration>,
    /// The authentication context class below which nobody gets a token for it; empty is any.
    pub acr: String,
    /// Clients that may introspect tokens for it, by client id.
    pub clients: Vec<String>,
}

/// What an access token looks like.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum TokenFormat {
    /// A signed JWT (RFC 9068).
    #[default]
    Jwt,
    /// A reference that only introspection resolves.
    Opaque,
}

impl Setting for TokenFormat {
    fn parse(raw: &Raw) -> Result<Self, String> {
        one_of(raw, &[("jwt", Self::Jwt), ("opaque", Self::Opaque)])
    }
}

pub(super) fn read_features(reader: &mut Reader) -> BTreeMap<String, bool> {
    let mut features = BTreeMap::new();
    for name in reader.names("features") {
        let mut on = true;
        reader.read_path(vec!["features".to_owned(), name.clone()], &mut on);
        features.insert(name, on);
    }
    features
}

pub(super) fn read_scopes(reader: &mut Reader) -> BTreeMap<String, Scope> {
    let mut scopes = BTreeMap::new();
    for name in reader.names("scopes") {
        let mut scope = Scope::default();
        reader.read_named("scopes", &name, "description", &mut scope.description);
        reader.read_named("scopes", &name, "claims", &mut scope.claims);
        reader.read_named("scopes", &name, "sensitive", &mut scope.sensitive);
        let key = written(&["scopes".to_owned(), name.clone()]);
        reader.require(is_scope_token(&name), &key, "must be named with visible ASCII without quotes (RFC 6749 §3.3)");
        reader.require(!scope.description.is_empty(), &key, "must have a `description` for the consent page");
        scopes.insert(name, scope);
    }
    scopes
}

/// RFC 6749 §3.3: `1*( %x21 / %x23-5B / %x5D-7E )`.
fn is_scope_token(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e))
}

pub(super) fn read_resources(reader: &mut Reader) -> BTreeMap<String, Resource> {
    let mut resources = BTreeMap::new();
    for name in reader.names("resources") {
        let mut resource = Resource::default();
        let section = "resources";
        reader.read_named(section, &name, "identifier", &mut resource.identifier);
        reader.read_named(section, &name, "scopes", &mut resource.scopes);
        reader.read_named(section, &name, "access_token_format", &mut resource.access_token_format);
        reader.read_named(section, &name, "access_token_signing_alg", &mut resource.access_token_signing_alg);
        reader.read_named(section, &name, "access_token_lifetime", &mut resource.access_token_lifetime);
        reader.read_named(section, &name, "clients", &mut resource.clients);
        reader.read_named(section, &name, "acr", &mut resource.acr);
        let key = written(&[section.to_owned(), name.clone()]);
        let rule = "must have an `identifier` that is an absolute URI without a fragment (RFC 8707 §2)";
        reader.require(is_resource_identifier(&resource.identifier), &key, rule);
        let is_class = resource.acr.is_empty() || Acr::parse(&resource.acr).is_some();
        reader.require(is_class, &key, "must have an `acr` of `1fa`, `2fa`, `phr` or `phrh`, or no `acr`");
        resources.insert(name, resource);
    }
    resources
}

fn is_resource_identifier(text: &str) -> bool {
    text.is_ascii() && !text.contains(['#', ' ']) && url::Url::parse(text).is_ok()
}
