//! What administrators do: a folder or a file per kind of thing, a function per verb. Each takes proof that its actor
//! may ([`Permit`]), decides, changes, and records the event in the same transaction. Commands parse, ask and print, and
//! call these; whatever else administers calls the same ones.
//!
//! Owned here: who may do what, which person is meant, and what belongs to one change (a disabled person's sessions end,
//! a deleted client's tokens are revoked). Not owned: words for people, exit codes, HTTP.

pub mod clients;
pub mod consents;
pub mod events;
mod installation;
pub mod keys;
pub mod outbox;
pub mod people;
mod permission;
pub mod recovery;
pub mod registration_tokens;
pub mod sessions;

pub use installation::Installation;
pub use permission::{
    ClientSecrets, Clients, Credentials, Delete, Denied, Events, Grants, Keys, Listed, Messages, Object, Permission,
    Permit, Read, RegistrationTokens, Sessions, Store, Users, Verb, Write, permit,
};
