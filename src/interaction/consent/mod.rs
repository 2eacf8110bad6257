//! Consent of a person to a client.

pub mod page;
pub mod preview;
pub mod view;

use crate::op::feature::Feature;
use crate::platform::config::FeatureName;

pub fn feature() -> Feature {
    Feature { routes: vec![page::routes], samples: vec![preview::samples], ..Feature::new(FeatureName::Consent) }
}
