//! How well an account is protected, and the next step to protect it better.

use crate::account::codes;
use crate::model::address::{self, Address};
use crate::model::credential::{passkey, store as credential};
use crate::model::factor;
use crate::model::user::User;
use crate::op::Op;
use crate::platform::clock::Time;
use crate::platform::config::FeatureName;
use crate::platform::error::Unavailable;

/// Fewer recovery codes than this are too few.
pub const FEW_CODES: u64 = 3;

/// What protects an account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Safety {
    /// When the password was set; none where there is none.
    pub password_changed_at: Option<Time>,
    /// How many passkeys there are.
    pub passkeys: u64,
    /// Since when there is an authenticator app.
    pub authenticator_since: Option<Time>,
    /// How many recovery codes are left; none where there is no second factor.
    pub codes_left: Option<u64>,
    /// The address that the claims are of.
    pub primary: Option<Address>,
}

/// What is available to people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Means {
    pub passkeys: bool,
    pub authenticator: bool,
    /// Emails, without which no address can be confirmed.
    pub mail: bool,
}

impl Means {
    /// Those of this provider.
    pub fn of(op: &Op) -> Self {
        Self {
            passkeys: op.has_feature(FeatureName::Passkeys),
            authenticator: op.has_feature(FeatureName::Authenticator),
            mail: op.mailer.is_on(),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Proves the primary address.
    Address,
    Passkey,
    /// Sets up an authenticator app.
    Authenticator,
    Codes,
    Nothing,
}

impl Safety {
    /// Of a person.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn of(op: &Op, user: &User) -> Result<Self, Unavailable> {
        let user = user.clone();
        op.db
            .read(move |connection| {
                let id = &user.id;
                let has_factor = factor::store::means(connection, id)?.any();
                let left = codes::left(connection, id)?;
                let passkeys = passkey::store::list(connection, id)?.len();
                Ok(Self {
                    password_changed_at: credential::password_changed_at(connection, id)?.map(Time::from_millis),
                    passkeys: u64::try_from(passkeys).unwrap_or_default(),
                    authenticator_since: factor::store::find_authenticator(connection, id)?.map(|app| app.created_at),
                    codes_left: has_factor.then(|| u64::try_from(left).unwrap_or_default()),
                    primary: address::store::list(connection, &user)?.into_iter().find(|held| held.is_primary),
                })
            })
            .await
    }

    /// What would protect the account best: first a way to recover, then a phishing-resistant factor, then any.
    pub fn next(&self, means: Means) -> Step {
        let is_unproved = self.primary.as_ref().is_none_or(|address| !address.is_verified());
        let has_factor = self.passkeys > 0 || self.authenticator_since.is_some();
        match self.codes_left {
            _ if means.mail && is_unproved => Step::Address,
            _ if !has_factor && means.passkeys => Step::Passkey,
            _ if !has_factor && means.authenticator => Step::Authenticator,
            Some(left) if left < FEW_CODES => Step::Codes,
            _ => Step::Nothing,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(verified_at: Option<Time>) -> Address {
        let (folded, value) = ("ada@example.org".to_owned(), "ada@example.org".to_owned());
        Address { folded, value, verified_at, created_at: Time::default(), is_primary: true }
    }

    #[test]
    fn the_one_next_step_is_the_one_that_protects_best() {
        const ALL: Means = Means { passkeys: true, authenticator: true, mail: true };
        let unproved = Safety { primary: Some(address(None)), ..Safety::default() };
        assert_eq!((unproved.next(ALL), Safety::default().next(ALL)), (Step::Address, Step::Address));
        assert_eq!(unproved.next(Means { mail: false, ..ALL }), Step::Passkey);
        let bare = Safety { primary: Some(address(Some(Time::default()))), ..Safety::default() };
        assert_eq!(bare.next(ALL), Step::Passkey);
        assert_eq!(bare.next(Means { passkeys: false, ..ALL }), Step::Authenticator);
        assert_eq!(bare.next(Means { passkeys: false, authenticator: false, ..ALL }), Step::Nothing);
        let kept = |left| Safety { passkeys: 1, codes_left: Some(left), ..bare.clone() };
        assert_eq!((kept(2).next(ALL), kept(3).next(ALL)), (Step::Codes, Step::Nothing));
    }
}
