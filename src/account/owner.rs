//! The author of a change: person, session and place.

use crate::model::event::{Event, EventKind};
use crate::model::session::store::Device;
use crate::model::user::User;
use crate::tokens::ending::Which;
use std::net::IpAddr;

/// A person who changes their own account.
#[derive(Clone)]
pub struct Owner {
    pub user: User,
    /// The session that stays; none where the access token is bound to none.
    pub session_id: Option<String>,
    /// From where, for throttling.
    pub address: IpAddr,
    /// The same, for emails about the change.
    pub place: Device,
    /// The language of an email to an unverified address.
    pub language: String,
}

impl Owner {
    /// An event about the person.
    pub fn event(&self, kind: EventKind) -> Event {
        let event = Event::by_person(kind, &self.user.id);
        match &self.session_id {
            Some(session) => event.session(session),
            None => event,
        }
    }

    /// Every session but this.
    pub fn others(&self) -> Which {
        self.session_id.clone().map_or(Which::All, Which::AllBut)
    }
}
