//! The page.

use crate::account::view::Console;
use crate::pages::page::Page;
use crate::platform::clock::Time;
use askama::Template;

/// `/account/security/recovery-codes`. The form posts `action`, `codes`, and `csrf`; it is answered with the codes.
#[derive(Debug, Template)]
#[template(path = "account/recovery_codes_left.html")]
pub struct RecoveryCodes<'a> {
    pub page: Page<'a>,
    pub console: Console<'a>,
    /// How many there are.
    pub standing: Standing,
}

/// The state of a person's recovery codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// There is no second factor that they could replace.
    NoFactor,
    /// There is a second factor, but no codes.
    None,
    /// This many are unused.
    Left {
        left: u64,
        /// When they were made.
        created_at: Time,
    },
}

impl RecoveryCodes<'_> {
    fn is_low(&self) -> bool {
        matches!(self.standing, Standing::Left { left: 0..=2, .. })
    }

    fn has_factor(&self) -> bool {
        self.standing != Standing::NoFactor
    }

    fn left(&self) -> Option<(u64, Time)> {
        match self.standing {
            Standing::Left { left, created_at } => Some((left, created_at)),
            Standing::NoFactor | Standing::None => None,
        }
    }
}
