//! Grant types: a folder each. A grant checks its own part of a token request; oxide-auth's state machines are the
//! checked core, driven in each `engine.rs`.

pub mod authorization_code;
pub mod client_credentials;
mod core;
pub mod refresh_token;

use crate::protocol::error::{ErrorCode, OAuthError};

fn invalid_grant(why: &str) -> OAuthError {
    ErrorCode::InvalidGrant.because(why).clause("RFC 6749 §5.2")
}
