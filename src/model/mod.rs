//! Floor 2: the nouns every slice shares, each with its rules and its queries (`store.rs`).

pub mod address;
pub mod client;
pub mod consent;
pub mod credential;
pub mod end_reason;
pub mod event;
pub mod factor;
pub mod import;
pub mod initial_access_token;
pub mod key;
pub mod known_device;
pub mod one_time;
pub mod picture;
pub mod session;
pub mod subject;
pub mod user;
