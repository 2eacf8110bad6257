//! `/account/security/passkeys`: a person's passkeys.

pub mod api;
pub mod changes;
pub mod page;
pub mod preview;
mod view;

use crate::op::feature::Feature;
use crate::platform::config::FeatureName;

/// Passkeys: made here, used by a part of sign-in.
pub fn feature() -> Feature {
    Feature {
        specs: &["Web Authentication Level 3", "OpenID Connect EAP ACR Values 1.0"],
        is_possible: |config| config.rp_id().is_some(),
        routes: vec![page::routes],
        samples: vec![preview::samples],
        ..Feature::new(FeatureName::Passkeys)
    }
}
