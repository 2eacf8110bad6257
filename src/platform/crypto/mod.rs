//! Secrets at rest, hashes of tokens, and the tokens' own text form.
//!
//! [`MasterKeys`] encrypt what must be read again (envelope encryption), a [`Pepper`] turns what must only be
//! recognised into a [`TokenHash`], and [`OpaqueToken`] is the text form of every opaque value that leaves the process.

mod master_keys;
mod opaque_token;
mod pepper;

pub use master_keys::{MasterKeyError, MasterKeys, OpenError, Sealed};
pub use opaque_token::{OpaqueToken, TokenKind};
pub use pepper::{Pepper, TokenHash};
