//! Floor 2: the only mint. An [`Authorization`] is proven, then issued; nothing else makes a token.

pub mod access_token;
mod authorization;
pub mod code;
pub mod ending;
pub mod family;
mod id_token;
pub mod live;
mod logout_token;
mod mint;
pub mod recovery;
pub mod resource;
pub mod revoked;

pub use authorization::Authorization;
pub use id_token::id_token_algorithm;
pub use mint::{FrontChannel, FrontChannelTokens, IssueError, Lifetimes, Mint, Parts as MintParts, token_type};
