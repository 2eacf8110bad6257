//! Pages of the authorize hub: sign-in and consent.

pub mod consent;
pub mod login;
pub mod recovery;
