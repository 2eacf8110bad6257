//! Pages of the authorize hub: sign-in, sign-up, a forgotten password, consent.

pub mod consent;
pub mod login;
pub mod recovery;
pub mod signup;
