//! Pictures of people and logos of applications, which we serve ourselves: no page and no application asks another
//! server for them, which would tell it who looks.

pub mod store;

use crate::platform::picture::Picture;
use crate::platform::random::{self, Random};

/// The kind of the message in the outbox that asks for the logo of its client.
pub const CLIENT_LOGO: &str = "client_logo";
/// The claim that names a person's picture (OpenID Connect Core §5.1).
pub const CLAIM: &str = "picture";

/// A picture with the name that it is served under.
#[derive(Clone)]
pub struct Named {
    /// 256 random bits, another for every picture: nobody finds a person's picture without having been told.
    pub name: String,
    pub picture: Picture,
}

impl Named {
    pub fn new(picture: Picture, random: &dyn Random) -> Self {
        Self { name: random::token(random), picture }
    }
}

/// The logo of an application, as pages name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logo {
    /// What its URL ends with.
    pub name: String,
    /// Whether it came from the `logo_uri`, and not from an operator.
    pub is_fetched: bool,
}
