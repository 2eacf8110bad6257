//! `/account/security/authenticator`: an authenticator app, recovery codes, and the browsers that need neither.

pub mod page;
pub mod preview;
mod qr;
mod view;
