//! Events: how slices tell each other and the audit what happened, in the transaction of the change itself.

pub mod store;

use serde_json::Value;

/// Something that happened to a person, a client or a session. Holds no secret.
#[derive(Clone, Debug, Default)]
pub struct Event {
    /// What happened, such as `session.started`.
    pub kind: &'static str,
    /// Who did it: `person:<id>`, `client:<id>`, `operator` or `system`.
    pub actor: String,
    /// Whom it concerns.
    pub person_id: Option<String>,
    /// Which client it concerns.
    pub client_id: Option<String>,
    /// Which session it concerns.
    pub session_id: Option<String>,
    /// More about it.
    pub detail: Value,
}

impl Event {
    /// An event that a person caused about themselves.
    pub fn by_person(kind: &'static str, person: &str) -> Self {
        Self { kind, actor: format!("person:{person}"), person_id: Some(person.to_owned()), ..Self::default() }
    }

    /// An event that an operator caused.
    pub fn by_operator(kind: &'static str) -> Self {
        Self { kind, actor: "operator".to_owned(), ..Self::default() }
    }

    /// An event that a client caused.
    pub fn by_client(kind: &'static str, client: &str) -> Self {
        Self { kind, actor: format!("client:{client}"), client_id: Some(client.to_owned()), ..Self::default() }
    }

    /// An event that nobody caused at this moment: its time had come.
    pub fn by_system(kind: &'static str) -> Self {
        Self { kind, actor: "system".to_owned(), ..Self::default() }
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

    /// Says more.
    #[must_use]
    pub fn detail(mut self, detail: Value) -> Self {
        self.detail = detail;
        self
    }
}
