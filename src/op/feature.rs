//! A feature: what the one list in `app` says of it.

use super::Op;
use super::token::Grant;
use crate::protocol::provider_metadata::ProviderMetadata;
use actix_web::web::ServiceConfig;
use std::sync::Arc;

/// A part of the provider that mounts itself: discovery announces only what is mounted.
#[derive(Clone)]
pub struct Feature {
    /// The name in `features.NAME`.
    pub name: &'static str,
    /// The specifications that it implements.
    pub specs: &'static [&'static str],
    /// Its endpoints.
    pub routes: fn(&mut ServiceConfig),
    /// What it adds to the metadata document.
    pub metadata: fn(&Op, &mut ProviderMetadata),
    /// Its grant type, if it is one.
    pub grant: Option<Arc<dyn Grant>>,
}
