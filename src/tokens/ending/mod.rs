//! The end of a session: its bound tokens end with it, and the applications that took part are told (Back-Channel
//! Logout §2.3), all in one transaction.

pub mod store;

use crate::model::end_reason::EndReason;
use crate::model::event::Actor;
use crate::platform::clock::Time;
use crate::platform::random::Random;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The kind of a logout message in the outbox, and the name of the feature.
pub const BACKCHANNEL_LOGOUT: &str = "backchannel_logout";

/// Which session ends, and how.
#[derive(Clone, Copy)]
pub struct Ending<'a> {
    pub session_id: &'a str,
    pub person_id: &'a str,
    pub reason: EndReason,
    /// Whether applications are told by logout tokens.
    pub tells_clients: bool,
    pub random: &'a dyn Random,
    pub now: Time,
}

/// Which of a person's sessions end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Which {
    All,
    /// The one with this id, if it is theirs.
    Only(String),
    /// Every other than the one with this id.
    AllBut(String),
}

impl Which {
    fn means(&self, id: &str) -> bool {
        match self {
            Self::All => true,
            Self::Only(only) => only == id,
            Self::AllBut(kept) => kept != id,
        }
    }
}

/// Who ends a person's sessions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum By {
    ThePerson,
    Actor(Actor),
}

/// How a person's sessions end.
#[derive(Clone)]
pub struct Closing {
    pub reason: EndReason,
    /// Whether applications are told by logout tokens.
    pub tells_clients: bool,
    pub by: By,
    pub random: Arc<dyn Random>,
    pub now: Time,
}

/// What a logout message holds: ids, from which each attempt makes a logout token of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogoutNotice {
    /// The session that ended.
    pub session_id: String,
    pub person_id: String,
}
