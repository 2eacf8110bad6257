//! Sign-in without a password: a code and a link to an address that the account has proved. One factor, of the kind
//! that a password is; a second factor is requested afterwards.

pub mod page;
pub(super) mod preview;
pub mod request;
mod view;

use crate::op::feature::{Feature, Sender};
use crate::op::proof_by_mail;
use crate::op::refusal::EndpointName;
use crate::platform::config::FeatureName;

/// As refusals name it.
const ENDPOINT: EndpointName = EndpointName::MailCode;
/// The kind of the work that follows a request.
pub const SIGN_IN: &str = "sign_in_request";

/// Sign-in by a code sent by email.
pub fn feature() -> Feature {
    Feature {
        is_possible: |config| config.mail.is_on(),
        routes: vec![proof_by_mail::routes::<request::SignIn>],
        senders: vec![Sender {
            kind: SIGN_IN,
            is_mail: true,
            send: |op, _, message| Box::pin(proof_by_mail::follow_up::<request::SignIn>(op, message)),
        }],
        ..Feature::new(FeatureName::MailCode)
    }
}
