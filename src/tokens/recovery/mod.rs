//! After the database went back in time: a backup was restored, or a replica promoted that had not heard everything.
//!
//! What was revoked, used or ended since is unknown to it. So all of that kind ends, whatever it was, and counts no
//! more even where only its holder knows of it (I3): what was issued is judged by an epoch, and no epoch of before
//! comes again.

pub mod store;
pub mod witness;

use crate::platform::clock::Time;
use serde::Serialize;

/// What an operator knows was not taken back since, and leaves in force.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Keep {
    /// What people allowed applications.
    pub consents: bool,
    /// The recovery codes of people with a second factor.
    pub recovery_codes: bool,
    /// Initial access tokens, and the registration access tokens of clients (RFC 7591, RFC 7592).
    pub registrations: bool,
}

/// How many of each ended, or would.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Ended {
    /// People whose epoch was raised.
    pub people: i64,
    /// Sessions that were open.
    pub sessions: i64,
    /// Token families that were live.
    pub token_families: i64,
    /// Codes and links that went out by mail.
    pub one_time_codes: i64,
    /// Recovery codes that nobody had used.
    pub recovery_codes: i64,
    pub consents: i64,
    pub initial_access_tokens: i64,
    pub registration_access_tokens: i64,
}

/// The first second that counts again: tokens without a family and assertions that were made before it do not.
pub const fn begins_anew(now: Time) -> i64 {
    now.seconds().saturating_add(1)
}
