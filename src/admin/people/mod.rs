//! People: finding the one that is meant, and every change that somebody else makes to them.

mod delete;
mod disable;
mod factors;
mod find;
mod invite;
mod password;
mod resolve;
mod search;
mod write;

pub use delete::delete;
pub use disable::{disable, enable};
pub use factors::{FactorsReset, reset_factors};
pub use find::{Found, NameKind, Person, find};
pub use invite::{Invited, invite};
pub use password::{PasswordSet, SetPassword, set_password};
pub use resolve::{Resolved, Verdict, resolve_addresses};
pub use search::search;
pub use write::{Change, Stamp, add, alter, create, name_after, update};
