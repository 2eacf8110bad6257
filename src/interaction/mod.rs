//! Pages of the authorize hub: sign-in, sign-up, a forgotten password, consent; and what is chosen at
//! their foot.

pub mod appearance;
pub mod consent;
pub mod login;
pub mod recovery;
pub mod signup;
