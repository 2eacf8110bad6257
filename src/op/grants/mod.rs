//! Grant types: a folder each. A grant judges its own part of a token request; oxide-auth's state machines are the
//! checked core, driven in each `engine.rs`.

pub mod authorization_code;
pub mod client_credentials;
mod core;
pub mod refresh_token;

use crate::platform::db::Connection;
use crate::protocol::error::{ErrorCode, OAuthError};
use diesel::QueryResult;

/// A disabled client must lose at once: asked in the transaction that spends something for it.
fn still_enabled(tx: &mut Connection, client_id: &str) -> QueryResult<bool> {
    crate::model::client::store::is_enabled(tx, client_id)
}

fn invalid_grant(why: &str) -> OAuthError {
    ErrorCode::InvalidGrant.because(why).clause("RFC 6749 §5.2")
}
