//! `/account/security/authenticator`: an authenticator app, and the remembered browsers.

pub mod api;
pub mod browsers;
pub mod changes;
pub mod offer;
pub mod page;
pub mod preview;
mod qr;
mod view;

use crate::op::feature::Feature;
use crate::platform::config::FeatureName;

/// Authenticator apps and recovery codes.
pub fn feature() -> Feature {
    Feature {
        specs: &["RFC 6238"],
        routes: vec![page::routes],
        samples: vec![preview::samples],
        ..Feature::new(FeatureName::Authenticator)
    }
}
