//! OpenID Connect Session Management 1.0: the page that applications frame to check whether the session has changed. The
//! values that it compares are made by `op/session_state.rs`.

pub mod page;

use crate::op::feature::Feature;
use crate::platform::config::FeatureName;

/// The session management page.
pub fn feature() -> Feature {
    Feature {
        specs: &["OpenID Connect Session Management 1.0"],
        routes: vec![page::routes],
        metadata: page::metadata,
        ..Feature::new(FeatureName::SessionManagement)
    }
}
