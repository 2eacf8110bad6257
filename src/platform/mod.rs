//! Floor 1: what the machine offers. Knows nothing of OAuth's nouns.

pub mod backup;
pub mod brand;
pub mod client_ip;
pub mod clock;
pub mod config;
pub mod crypto;
pub mod db;
pub mod device;
pub mod egress;
pub mod ephemeral;
pub mod error;
pub mod file_locks;
pub mod freshness;
pub mod http;
pub mod i18n;
pub mod id;
pub mod machine;
pub mod mail;
pub mod outbox;
pub mod password;
pub mod paths;
pub mod picture;
pub mod private_file;
pub mod random;
pub mod request_id;
pub mod telemetry;
pub mod throttle;
pub mod trace;
pub mod typed;

pub use latchkey_jose as jose;
pub use latchkey_jose::secret;
