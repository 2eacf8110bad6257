//! The choice of language and theme at the foot of pages, for people who are not signed in: two cookies, and back.

pub mod page;

use crate::op::feature::Feature;
use crate::platform::config::FeatureName;

/// The choice at the foot of pages.
pub fn feature() -> Feature {
    Feature { routes: vec![page::routes], ..Feature::new(FeatureName::Appearance) }
}
