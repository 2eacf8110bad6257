//! A forgotten password: a code and a link to the account's address, and a new password for the person who presents
//! one of them. This signs in, as one factor: a second one is requested as usual.

pub mod page;
pub mod preview;
pub mod request;
mod reset;
pub mod view;

use crate::op::feature::{Feature, Sender};
use crate::op::proof_by_mail;
use crate::op::refusal::EndpointName;
use crate::platform::config::FeatureName;

/// As refusals name it.
const ENDPOINT: EndpointName = EndpointName::Recovery;
/// The kind of the work that follows a request.
pub const RECOVERY: &str = "recovery_request";

pub fn feature() -> Feature {
    Feature {
        is_possible: |config| config.mail.is_on(),
        routes: vec![proof_by_mail::routes::<request::Recovery>],
        senders: vec![Sender {
            kind: RECOVERY,
            is_mail: true,
            send: |op, _, message| Box::pin(proof_by_mail::follow_up::<request::Recovery>(op, message)),
        }],
        samples: vec![preview::samples],
        ..Feature::new(FeatureName::Recovery)
    }
}
