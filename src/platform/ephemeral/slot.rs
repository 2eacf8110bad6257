//! The typed layer: values of one kind, as JSON.

use super::{Ephemeral, Key, KeyHasher, Namespace};
use crate::platform::error::Unavailable;
use serde::{Serialize, de::DeserializeOwned};
use std::{marker::PhantomData, sync::Arc, time::Duration};

/// A store and the hasher of its keys: what [`Slot`]s are cut from. Cheap to clone.
#[derive(Clone)]
pub struct Slots {
    store: Arc<dyn Ephemeral>,
    hasher: KeyHasher,
}

impl Slots {
    /// Binds a store to the secret under which its keys are hashed.
    pub fn new(store: Arc<dyn Ephemeral>, hasher: KeyHasher) -> Self {
        Self { store, hasher }
    }

    /// The values of one kind. All values of a kind have the same type.
    pub fn slot<T: Serialize + DeserializeOwned>(&self, namespace: Namespace) -> Slot<T> {
        Slot { slots: self.clone(), namespace, holds: PhantomData }
    }

    /// The store itself, for [`Ephemeral::ping`] and [`Ephemeral::store_id`].
    pub fn store(&self) -> &dyn Ephemeral {
        &*self.store
    }
}

/// Values of type `T` in one [`Namespace`].
#[derive(Clone)]
pub struct Slot<T> {
    slots: Slots,
    namespace: Namespace,
    holds: PhantomData<fn() -> T>,
}

/// A value as it was read, for [`Slot::replace`].
pub struct Versioned<T> {
    pub value: T,
    bytes: Vec<u8>,
}

impl<T: Serialize + DeserializeOwned> Slot<T> {
    /// Writes `value` for `ttl`, whatever was there.
    pub async fn put(&self, id: &str, value: &T, ttl: Duration) -> Result<(), Unavailable> {
        self.store().put(&self.key(id), encode(value)?, ttl).await
    }

    /// Writes `value` only where nothing is; `true` when this call wrote.
    pub async fn put_if_absent(&self, id: &str, value: &T, ttl: Duration) -> Result<bool, Unavailable> {
        self.store().put_if_absent(&self.key(id), encode(value)?, ttl).await
    }

    /// The value, unless absent, expired, or written in a shape that this version no longer knows.
    pub async fn find(&self, id: &str) -> Result<Option<T>, Unavailable> {
        let bytes = self.store().get(&self.key(id)).await?;
        Ok(bytes.and_then(|bytes| self.decode(&bytes)))
    }

    /// Like [`Slot::find`], with what [`Slot::replace`] needs to tell whether another was faster.
    pub async fn find_versioned(&self, id: &str) -> Result<Option<Versioned<T>>, Unavailable> {
        let bytes = self.store().get(&self.key(id)).await?;
        Ok(bytes.and_then(|bytes| Some(Versioned { value: self.decode(&bytes)?, bytes })))
    }

    /// Writes `new` only while the stored value is still the one that was read; `true` when this call wrote.
    pub async fn replace(&self, id: &str, old: &Versioned<T>, new: &T, ttl: Duration) -> Result<bool, Unavailable> {
        self.store().compare_and_swap(&self.key(id), &old.bytes, encode(new)?, ttl).await
    }

    /// Reads and deletes: of any number of callers at most one gets the value.
    pub async fn take(&self, id: &str) -> Result<Option<T>, Unavailable> {
        let bytes = self.store().take(&self.key(id)).await?;
        Ok(bytes.and_then(|bytes| self.decode(&bytes)))
    }

    /// Removes the value; `true` when there was one.
    pub async fn delete(&self, id: &str) -> Result<bool, Unavailable> {
        self.store().delete(&self.key(id)).await
    }

    fn store(&self) -> &dyn Ephemeral {
        &*self.slots.store
    }

    fn key(&self, id: &str) -> Key {
        Key::new(&self.slots.hasher, self.namespace, id)
    }

    fn decode(&self, bytes: &[u8]) -> Option<T> {
        // Left by another version of the program. Failing here would lock people out until the value expires.
        serde_json::from_slice(bytes)
            .inspect_err(|error| tracing::warn!(namespace = ?self.namespace, %error, "cannot read a short-lived value"))
            .ok()
    }
}

impl Slots {
    /// Counts one more under this id; `ttl` runs from the first count.
    pub async fn increment(&self, namespace: Namespace, id: &str, ttl: Duration) -> Result<u64, Unavailable> {
        self.store.increment(&Key::new(&self.hasher, namespace, id), ttl).await
    }
}

fn encode<T: Serialize>(value: &T) -> Result<Vec<u8>, Unavailable> {
    serde_json::to_vec(value)
        .map_err(|error| Unavailable::new(format!("cannot write a short-lived value as JSON: {error}")))
}
