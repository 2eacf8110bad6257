//! Who does something.

use super::stored::Word;
use std::fmt;

/// The author of an event.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Actor {
    /// An operator who runs commands on the machine.
    Operator,
    /// The provider itself: a time had come.
    System,
    /// A person, by the id of their row.
    Person(String),
    /// An application, by its `client_id`.
    Client(String),
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Operator => f.write_str("operator"),
            Self::System => f.write_str("system"),
            Self::Person(id) => write!(f, "person:{id}"),
            Self::Client(id) => write!(f, "client:{id}"),
        }
    }
}

impl Word for Actor {
    fn parse(word: &str) -> Option<Self> {
        match word.split_once(':') {
            Some(("person", id)) => Some(Self::Person(id.to_owned())),
            Some(("client", id)) => Some(Self::Client(id.to_owned())),
            _ if word == "operator" => Some(Self::Operator),
            _ if word == "system" => Some(Self::System),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_actor_is_read_as_it_was_written() {
        let client = Actor::Client("https://rp.example:8443/x".to_owned());
        for actor in [Actor::Operator, Actor::System, Actor::Person("01a2".to_owned()), client] {
            assert_eq!(Actor::parse(&actor.to_string()), Some(actor));
        }
        assert_eq!(Actor::parse("robot:7"), None);
    }
}
