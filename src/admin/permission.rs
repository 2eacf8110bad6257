//! Who may do what. A [`Permit`] is made by [`permit`] alone, so that a change that asks for one cannot be reached
//! without the check.

use crate::model::event::Actor;
use std::fmt;
use std::marker::PhantomData;

macro_rules! words {
    ($trait:ident: $($(#[$doc:meta])* $name:ident = $word:literal,)+) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy, Debug)]
            pub enum $name {}

            impl $trait for $name {
                const WORD: &'static str = $word;
            }
        )+
    };
}

/// What is done.
pub trait Verb {
    /// As it is written.
    const WORD: &'static str;
}

words! { Verb:
    /// Look at it.
    Read = "read",
    /// Make or change it.
    Write = "write",
    /// End or remove it.
    Delete = "delete",
}

/// What it is done to.
pub trait Object {
    /// As it is written: the kind's name in the administration API.
    const WORD: &'static str;
}

words! { Object:
    /// People.
    Users = "users",
    /// Passwords and second factors of people.
    Credentials = "credentials",
    /// Where people are signed in.
    Sessions = "sessions",
    /// What people allowed applications, and the tokens issued on it.
    Grants = "grants",
    /// Applications.
    Clients = "clients",
    /// Secrets of applications.
    ClientSecrets = "client-secrets",
    /// Initial access tokens (RFC 7591 §3).
    RegistrationTokens = "registration-tokens",
    /// Keys of the provider.
    Keys = "keys",
    /// What happened.
    Events = "events",
    /// What waits in the outbox.
    Messages = "messages",
    /// The store as a whole.
    Store = "store",
}

/// A verb and an object that belong together.
pub trait Listed {}

macro_rules! permissions {
    ($($verb:ident: $($object:ident),+;)+) => {
        $($(impl Listed for ($verb, $object) {})+)+

        impl Permission {
            /// Every permission that there is.
            pub const ALL: &[Self] = &[$($(Self::of::<$verb, $object>(),)+)+];
        }
    };
}

permissions! {
    Read: Users, Sessions, Grants, Clients, RegistrationTokens, Keys, Events, Messages;
    Write: Users, Credentials, Clients, ClientSecrets, RegistrationTokens, Keys;
    Delete: Users, Credentials, Sessions, Grants, Clients, RegistrationTokens, Keys, Store;
}

/// The right to do something to a kind of thing, such as `write:users`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Permission {
    verb: &'static str,
    object: &'static str,
}

impl Permission {
    const fn of<V: Verb, O: Object>() -> Self {
        Self { verb: V::WORD, object: O::WORD }
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.verb, self.object)
    }
}

/// Proof that an actor may do `V` to `O`.
#[derive(Clone, Debug)]
pub struct Permit<V, O> {
    actor: Actor,
    of: PhantomData<fn() -> (V, O)>,
}

impl<V, O> Permit<V, O> {
    /// Who acts.
    pub const fn actor(&self) -> &Actor {
        &self.actor
    }
}

/// The actor lacks a permission.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{actor} lacks the permission {permission}")]
pub struct Denied {
    /// Who.
    pub actor: Actor,
    /// What they would have needed.
    pub permission: Permission,
}

/// The check.
///
/// # Errors
/// [`Denied`] when the actor does not hold the permission.
pub fn permit<V: Verb, O: Object>(actor: &Actor) -> Result<Permit<V, O>, Denied>
where
    (V, O): Listed,
{
    let permission = Permission::of::<V, O>();
    if holds(actor, permission) {
        Ok(Permit { actor: actor.clone(), of: PhantomData })
    } else {
        Err(Denied { actor: actor.clone(), permission })
    }
}

/// Whoever can run commands on the machine can read its keys and write its database: nothing is kept from them. Nobody
/// else administers anything yet.
const fn holds(actor: &Actor, _: Permission) -> bool {
    match actor {
        Actor::Operator => true,
        Actor::System | Actor::Person(_) | Actor::Client(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_operator_holds_every_permission_and_nobody_else_any() {
        let others = [Actor::System, Actor::Person("p".into()), Actor::Client("c".into())];
        for permission in Permission::ALL {
            assert!(holds(&Actor::Operator, *permission), "{permission}");
            assert!(others.iter().all(|actor| !holds(actor, *permission)), "{permission}");
        }
    }

    #[test]
    fn a_permit_names_its_actor_and_a_refusal_the_permission() {
        let given = permit::<Write, Users>(&Actor::Operator).unwrap();
        assert_eq!(given.actor(), &Actor::Operator);
        let denied = permit::<Delete, Clients>(&Actor::Person("7".into())).unwrap_err();
        assert_eq!(denied.to_string(), "person:7 lacks the permission delete:clients");
    }

    #[test]
    fn each_permission_is_listed_once() {
        let words: std::collections::BTreeSet<_> = Permission::ALL.iter().map(ToString::to_string).collect();
        assert_eq!(words.len(), Permission::ALL.len());
    }
}
