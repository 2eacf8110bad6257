//! The actors of the sentences: [`TestOp`], a provider in this process; [`Browser`], a person's; [`RelyingParty`].
//!
//! Time is a clock that tests advance, passwords are cheap, ports are the system's choice, and no test knows another.

pub mod answer;
pub mod assertion;
pub mod authenticator;
pub mod browser;
pub mod console;
pub mod http;
pub mod https_site;
pub mod mailbox;
pub mod people;
pub mod receiver;
pub mod registrar;
pub mod relying_party;
pub mod stores;
pub mod test_op;
pub mod tls_mailbox;
mod turn;
pub mod wire;

pub use answer::Answer;
pub use browser::Browser;
#[allow(unused_imports)]
pub use relying_party::{Auth, RelyingParty, Request, Tokens};
pub use stores::Stores;
pub use test_op::{Setup, TestOp};

use std::future::Future;
use std::time::Duration;

/// What a sentence may ask for: a provider that runs, or one that it sets up.
pub trait Begin: Sized {
    fn begin(stores: Stores) -> Self;
}

impl Begin for TestOp {
    fn begin(stores: Stores) -> Self {
        Setup::begin(stores).start()
    }
}

impl Begin for Setup {
    fn begin(stores: Stores) -> Self {
        Self::new(stores)
    }
}

/// Runs one sentence on one pair of stores.
pub fn run<T: Begin, F: Future<Output = ()>>(stores: Stores, sentence: impl FnOnce(T) -> F) {
    let _turn = turn::take();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(sentence(T::begin(stores)));
}

/// Each sentence becomes two tests: on SQLite with the embedded ephemeral store, and on PostgreSQL with Redis.
#[macro_export]
macro_rules! on_both_stores {
    ($($(#[$about:meta])* async fn $name:ident($given:ident: $kind:ty) $body:block)*) => {
        $($(#[$about])* async fn $name($given: $kind) $body)*

        mod sqlite {
            $(#[test] fn $name() { $crate::support::run($crate::support::Stores::Sqlite, super::$name) })*
        }

        mod postgres {
            $(#[test] fn $name() { $crate::support::run($crate::support::Stores::Postgres, super::$name) })*
        }
    };
}

pub const fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

pub const fn minutes(count: u64) -> Duration {
    seconds(60 * count)
}

pub const fn days(count: u64) -> Duration {
    seconds(86_400 * count)
}
