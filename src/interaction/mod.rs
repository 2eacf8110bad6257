//! Pages of the authorize hub: sign-in, sign-up, forgotten password, consent; and the choices at
//! their foot.

pub mod appearance;
pub mod consent;
pub mod login;
pub mod recovery;
pub mod signup;
