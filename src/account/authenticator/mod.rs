//! `/account/security/authenticator`: an authenticator app, recovery codes, and the browsers that need neither.

mod change;
pub mod page;
mod pending;
pub mod preview;
mod qr;
mod view;
