//! The metadata documents (OpenID Connect Discovery §4, RFC 8414) and the JWKS (RFC 7517 §5), answered as bytes with an
//! ETag. What they say is put together in `op/metadata.rs`.

pub mod endpoint;

use crate::model::key::sightings;
use crate::op::feature::{Feature, Sweep};
use crate::platform::config::FeatureName;

pub fn feature() -> Feature {
    Feature {
        specs: &["OpenID Connect Discovery 1.0", "RFC 8414", "RFC 7517"],
        routes: vec![endpoint::routes],
        root_routes: endpoint::root_routes,
        sweeps: vec![Sweep {
            tables: &["jwks_fetches", "client_networks"],
            run: |tx, due| sightings::store::sweep(tx, due.now, due.limit),
        }],
        ..Feature::new(FeatureName::Discovery)
    }
}
