//! Events: how slices tell each other and the audit what happened, in the transaction of the change itself.

mod actor;
mod kind;
pub mod store;
mod stored;

pub use actor::Actor;
pub use kind::EventKind;
pub use stored::{Stored, Word};

use serde_json::Value;

/// An event about a person, a client or a session. Contains no secret.
#[derive(Clone, Debug)]
pub struct Event {
    pub kind: EventKind,
    pub actor: Actor,
    pub person_id: Option<String>,
    /// Which client it concerns.
    pub client_id: Option<String>,
    /// Which session it concerns.
    pub session_id: Option<String>,
    pub detail: Value,
}

impl Event {
    /// An event with an author.
    pub const fn by(actor: Actor, kind: EventKind) -> Self {
        Self { kind, actor, person_id: None, client_id: None, session_id: None, detail: Value::Null }
    }

    /// An event that a person caused about themselves.
    pub fn by_person(kind: EventKind, person: &str) -> Self {
        Self::by(Actor::Person(person.to_owned()), kind).person(person)
    }

    /// An event that an operator caused.
    pub const fn by_operator(kind: EventKind) -> Self {
        Self::by(Actor::Operator, kind)
    }

    /// An event that a client caused.
    pub fn by_client(kind: EventKind, client: &str) -> Self {
        Self::by(Actor::Client(client.to_owned()), kind).client(client)
    }

    /// An event that nobody caused at this moment: its time had come.
    pub const fn by_system(kind: EventKind) -> Self {
        Self::by(Actor::System, kind)
    }

    /// Names the person it concerns.
    #[must_use]
    pub fn person(mut self, id: &str) -> Self {
        self.person_id = Some(id.to_owned());
        self
    }

    /// Names the client it concerns.
    #[must_use]
    pub fn client(mut self, id: &str) -> Self {
        self.client_id = Some(id.to_owned());
        self
    }

    /// Names the session it concerns.
    #[must_use]
    pub fn session(mut self, id: &str) -> Self {
        self.session_id = Some(id.to_owned());
        self
    }

    #[must_use]
    pub fn detail(mut self, detail: Value) -> Self {
        self.detail = detail;
        self
    }
}
