//! An account that a person makes: first they prove an address by a code or a link, then they choose name and password.
//! Only who has proved an address is told whether a name is free; nobody is told whether an address has an account.

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
