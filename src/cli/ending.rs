//! Ends what a person has open.

use super::Site;
use crate::platform::clock::Time;
use crate::platform::config::FeatureName;
use crate::platform::db::Connection;
use crate::platform::random::Random;
use crate::tokens::ending::{self, Which};
use diesel::QueryResult;
use std::sync::Arc;

/// How and when a command ends sessions. A server sends what it leaves in the outbox.
#[derive(Clone)]
pub(super) struct Closing {
    /// When.
    pub(super) now: Time,
    random: Arc<dyn Random>,
    tells_clients: bool,
}

impl Closing {
    /// At this time, as the site is configured.
    pub(super) fn at(site: &Site, now: Time) -> Self {
        let tells_clients = site.config.feature(FeatureName::BackchannelLogout) != Some(false);
        Self { now, random: Arc::clone(&site.random), tells_clients }
    }
}

/// Ends a person's sessions, or one of them, as the operator. Returns how many ended.
pub(super) fn end_sessions(
    tx: &mut Connection,
    person: &str,
    only: Option<&str>,
    reason: &'static str,
    closing: &Closing,
) -> QueryResult<usize> {
    let which = only.map_or(Which::All, |only| Which::Only(only.to_owned()));
    let closing = ending::Closing {
        reason,
        tells_clients: closing.tells_clients,
        by_person: false,
        random: Arc::clone(&closing.random),
        now: closing.now,
    };
    Ok(ending::store::end_of_person(tx, person, &which, &closing)?.len())
}
