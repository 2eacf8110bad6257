//! Floor 1: what the machine offers. Knows nothing of OAuth's nouns.

pub mod brand;
pub mod clock;
pub mod config;
pub mod crypto;
pub mod db;
pub mod device;
pub mod egress;
pub mod ephemeral;
pub mod error;
pub mod freshness;
pub mod http;
pub mod i18n;
pub mod id;
pub mod jose;
pub mod machine;
pub mod mail;
pub mod outbox;
pub mod password;
pub mod private_file;
pub mod random;
pub mod request_id;
pub mod secret;
pub mod telemetry;
pub mod throttle;
