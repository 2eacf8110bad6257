//! Ids: UUIDv7 from the given clock and randomness.

use super::{clock::Time, random::Random};

/// A new UUIDv7 as text: sorts by time, and is never reused.
pub fn new(now: Time, random: &dyn Random) -> String {
    let millis = u64::try_from(now.millis()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &super::random::bytes::<10>(random)).into_uuid().to_string()
}
