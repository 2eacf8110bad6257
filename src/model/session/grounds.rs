//! What a proof rests on, and whether it still does. Time passes between a proof and the session that begins by it: a
//! password waits for its turn to be verified, and a first factor for the second.

use super::AuthenticationMethod;
use crate::model::user::{self, User};
use crate::model::{address, credential, factor};
use crate::platform::clock::Time;
use crate::platform::db::Connection;
use diesel::QueryResult;
use serde::{Deserialize, Serialize};

/// What a proof rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grounds {
    /// The password that was set at this time, as read with the hash that was verified.
    Password(Time),
    /// The address that a code or link was sent to.
    Address(String),
    /// A key or an app that the person holds, by its id.
    Factor(String),
    /// A code that was used up when it was checked, and can't be taken away any more.
    Spent,
}

/// A factor that was proven.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProvenFactor {
    pub method: AuthenticationMethod,
    pub grounds: Grounds,
}

impl Grounds {
    fn hold(&self, connection: &mut Connection, user: &User) -> QueryResult<bool> {
        Ok(match self {
            Self::Password(set_at) => {
                let held = credential::store::find_password(connection, &user.id)?;
                held.is_some_and(|held| held.set_at == *set_at)
            }
            Self::Address(address) => address::store::holds(connection, user, address)?,
            Self::Factor(id) => factor::store::holds(connection, &user.id, id)?,
            Self::Spent => true,
        })
    }
}

/// The person who proved who they are, unless something changed since that makes a proof worthless: they were disabled,
/// their epoch raised, or what a proof rests on replaced or removed.
///
/// # Errors
/// Any failure of the database.
pub fn still_proven(
    connection: &mut Connection,
    (person, epoch): (&str, i64),
    grounds: &[Grounds],
) -> QueryResult<Option<User>> {
    let found = user::store::find(connection, person)?;
    let Some(user) = found.filter(|user| user.is_active() && user.epoch == epoch) else { return Ok(None) };
    for grounds in grounds {
        if !grounds.hold(connection, &user)? {
            return Ok(None);
        }
    }
    Ok(Some(user))
}
