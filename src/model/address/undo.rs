//! The way back from a change that took an address away, or its place as the primary one.
//!
//! An intruder in an account can add their own address and remove the owner's; the owner then needs a way
//! back. The owner removes the intruder's address too, and that must be permanent. The two are told apart by which
//! address was proved first: an undo counts only while the account holds no address that was proved before it.

use super::Address;
use crate::platform::clock::Time;
use serde::{Deserialize, Serialize};

/// What is remembered beside an undo.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Taken {
    /// Whose address it was.
    pub person_id: String,
    /// As it is compared.
    pub folded: String,
    /// As it was typed.
    pub value: String,
    /// When it was proved.
    pub verified_at: Time,
    /// Since when the account had it.
    pub created_at: Time,
    /// Whether the claims were of it.
    pub was_primary: bool,
    /// When it was taken away.
    pub at: Time,
}

impl Taken {
    /// What is to be remembered of an address at a change; `None` where it was never proved.
    pub fn of(person: &str, address: &Address, at: Time) -> Option<Self> {
        Some(Self {
            person_id: person.to_owned(),
            folded: address.folded.clone(),
            value: address.value.clone(),
            verified_at: address.verified_at?,
            created_at: address.created_at,
            was_primary: address.is_primary,
            at,
        })
    }

    /// Whether the undo counts beside the addresses that the account holds.
    pub fn counts(&self, held: &[Address]) -> bool {
        let others = held.iter().filter(|other| other.folded != self.folded);
        others.filter_map(|other| other.verified_at).all(|proved| proved >= self.verified_at)
    }

    /// The address as it comes back.
    pub fn address(&self) -> Address {
        Address {
            folded: self.folded.clone(),
            value: self.value.clone(),
            verified_at: Some(self.verified_at),
            created_at: self.created_at,
            is_primary: self.was_primary,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(folded: &str, verified_at: Option<i64>) -> Address {
        let (verified_at, created_at) = (verified_at.map(Time::from_millis), Time::from_millis(0));
        Address { folded: folded.into(), value: folded.into(), verified_at, created_at, is_primary: false }
    }

    #[test]
    fn an_undo_counts_unless_an_address_was_proved_before_it() {
        let taken = |at| Taken::of("p", &address("a", Some(at)), Time::from_millis(100)).unwrap();
        assert!(taken(5).counts(&[]));
        assert!(taken(5).counts(&[address("b", Some(5)), address("c", Some(6)), address("d", None)]));
        assert!(!taken(5).counts(&[address("b", Some(4)), address("c", Some(6))]));
        assert!(taken(5).counts(&[address("a", Some(1))]), "the address itself is no other");
        assert!(Taken::of("p", &address("a", None), Time::from_millis(100)).is_none());
    }
}
