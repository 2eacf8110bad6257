//! Who fetched the JWKS, and where clients' servers are: both by network, so that it can be told which clients have not
//! yet seen a new key. Kept in memory and written down now and then; losing it costs nothing but the telling.

pub mod store;

use crate::platform::clock::Time;
use ipnet::IpNet;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};

/// Between two writings no more are remembered: strangers must not fill the memory.
const MOST: usize = 10_000;

/// Sightings since the last write.
#[derive(Debug, Default)]
pub struct Sightings {
    fetches: Mutex<HashMap<IpNet, Time>>,
    clients: Mutex<HashMap<String, (IpNet, Time)>>,
}

/// What is to be written down.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    fetches: HashMap<IpNet, Time>,
    clients: HashMap<String, (IpNet, Time)>,
}

impl Sightings {
    /// The JWKS was fetched from this network.
    pub fn jwks_fetched(&self, network: IpNet, now: Time) {
        remember(&self.fetches, &network, now);
    }

    /// This client's server authenticated from this network.
    pub fn client_seen(&self, client_id: &str, network: IpNet, now: Time) {
        remember(&self.clients, client_id, (network, now));
    }

    pub fn take(&self) -> Seen {
        let taken = |map: &Mutex<_>| std::mem::take(&mut *map.lock().unwrap_or_else(PoisonError::into_inner));
        let clients = std::mem::take(&mut *self.clients.lock().unwrap_or_else(PoisonError::into_inner));
        Seen { fetches: taken(&self.fetches), clients }
    }
}

impl Seen {
    /// Whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        self.fetches.is_empty() && self.clients.is_empty()
    }
}

fn remember<K, Q, V>(map: &Mutex<HashMap<K, V>>, key: &Q, value: V)
where
    K: Hash + Eq + std::borrow::Borrow<Q>,
    Q: Hash + Eq + ToOwned<Owned = K> + ?Sized,
{
    let mut map = map.lock().unwrap_or_else(PoisonError::into_inner);
    let has_room = map.len() < MOST;
    match map.get_mut(key) {
        Some(held) => *held = value,
        None if has_room => drop(map.insert(key.to_owned(), value)),
        None => {}
    }
}

/// A client whose server was seen, and when somebody in its network last fetched the JWKS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reader {
    pub client_id: String,
    pub fetched_at: Option<Time>,
}

impl Reader {
    /// Whether it may know a key that was published then.
    pub fn knows(&self, published_at: Time) -> bool {
        self.fetched_at.is_some_and(|fetched_at| fetched_at >= published_at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strangers_cannot_fill_the_memory() {
        let sightings = Sightings::default();
        for number in 0..20_000u32 {
            let network = IpNet::new(std::net::Ipv4Addr::from(number << 8).into(), 24).unwrap();
            sightings.jwks_fetched(network, Time::default());
            sightings.client_seen(&number.to_string(), network, Time::default());
        }
        let first: IpNet = "0.0.0.0/24".parse().unwrap();
        sightings.jwks_fetched(first, Time::from_seconds(9));
        let seen = sightings.take();
        assert_eq!((seen.fetches.len(), seen.clients.len()), (MOST, MOST));
        assert_eq!(seen.fetches[&first], Time::from_seconds(9));
        assert!(sightings.take().is_empty());
    }

    #[test]
    fn who_fetched_before_a_key_was_published_does_not_know_it() {
        let reader =
            |seconds: Option<i64>| Reader { client_id: "a".into(), fetched_at: seconds.map(Time::from_seconds) };
        assert!(reader(Some(10)).knows(Time::from_seconds(10)));
        assert!(!reader(Some(9)).knows(Time::from_seconds(10)) && !reader(None).knows(Time::default()));
    }
}
