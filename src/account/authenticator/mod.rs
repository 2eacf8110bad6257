//! `/account/security/authenticator`: an authenticator app, recovery codes, and the browsers that need neither.

mod change;
pub mod page;
mod pending;
mod qr;
mod view;
