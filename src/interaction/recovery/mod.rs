//! A forgotten password: a code and a link to the address that the account has, and a new password for whoever shows
//! one of them. A second factor is asked for at the sign-in that follows, as ever.

pub mod page;
pub mod preview;
pub mod request;
mod reset;
pub mod view;

use crate::op::feature::{Feature, Sender};
use crate::platform::config::FeatureName;

/// As refusals name it.
const ENDPOINT: &str = "recovery";
/// The kind of the work that follows a request.
pub const RECOVERY: &str = "recovery_request";

/// A forgotten password.
pub fn feature() -> Feature {
    Feature {
        is_possible: |config| config.mail.is_on(),
        routes: vec![page::routes],
        senders: vec![Sender {
            kind: RECOVERY,
            is_mail: true,
            send: |op, _, message| Box::pin(request::follow_up(op, message)),
        }],
        samples: vec![preview::samples],
        ..Feature::new(FeatureName::Recovery)
    }
}
