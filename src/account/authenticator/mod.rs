//! `/account/security/authenticator`: an authenticator app, and the browsers that need no code of it.

pub mod api;
pub mod browsers;
pub mod changes;
pub mod offer;
pub mod page;
pub mod preview;
mod qr;
mod view;
