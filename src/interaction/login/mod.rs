//! Sign-in, which starts a session.

mod accounts;
mod code;
pub mod leaving;
mod lost;
pub mod mail;
pub mod page;
pub mod passkey;
pub mod preview;
mod reason;
mod second_factor;
mod sign_in;
pub mod view;

use crate::model::known_device;
use crate::op::feature::{Feature, Sweep};
use crate::platform::config::FeatureName;

pub fn feature() -> Feature {
    Feature {
        routes: vec![page::routes],
        sweeps: vec![Sweep {
            tables: &["known_devices"],
            run: |tx, due| known_device::store::sweep(tx, due.now, due.limit),
        }],
        samples: vec![preview::samples],
        ..Feature::new(FeatureName::Login)
    }
}
