//! Sign-up: people first prove an address by a code or a link, then choose name and password.
//! Only after the proof they learn whether a name is free; nobody learns whether an address has an account.

mod join;
pub mod page;
pub mod preview;
pub mod request;
pub mod view;

use crate::op::feature::{Feature, Sender};
use crate::op::proof_by_mail;
use crate::op::refusal::EndpointName;
use crate::platform::config::{FeatureName, SignupMode};

/// As refusals name it.
const ENDPOINT: EndpointName = EndpointName::Signup;
/// The kind of the work that follows a request.
pub const SIGN_UP: &str = "sign_up_request";

/// Accounts that people make themselves.
pub fn feature() -> Feature {
    Feature {
        specs: &["Initiating User Registration via OpenID Connect 1.0"],
        is_possible: |config| config.signup != SignupMode::Off,
        routes: vec![proof_by_mail::routes::<request::SignUp>],
        metadata: page::metadata,
        senders: vec![Sender {
            kind: SIGN_UP,
            is_mail: true,
            send: |op, _, message| Box::pin(proof_by_mail::follow_up::<request::SignUp>(op, message)),
        }],
        samples: vec![preview::samples],
        ..Feature::new(FeatureName::Signup)
    }
}
