//! One-time codes and links: what is typed, and what a link stands for.

use super::Op;
use crate::model::one_time::{self, Asked, LINK_LIFETIME, NewOneTime, OneTime, Purpose, Tried};
use crate::platform::error::Unavailable;

impl Op {
    /// A proof that is sent to nobody: typing codes for it reveals nothing, neither by text nor by timing.
    pub fn decoy(&self, purpose: Purpose, binding: &str) -> NewOneTime {
        let nobody = self.new_id();
        let asked =
            Asked { purpose, subject: &nobody, binding: Some(binding), payload: "{}".into(), lifetime: LINK_LIFETIME };
        self.one_time(&asked).0
    }

    /// Compares a typed code with the pending one; counts as an attempt.
    ///
    /// # Errors
    /// When the store does not answer; the same for every function here.
    pub async fn try_code(&self, purpose: Purpose, binding: &str, typed: &str) -> Result<Tried, Unavailable> {
        let (hash, binding, now) =
            (one_time::code_hash(&self.pepper, purpose, binding, typed), binding.to_owned(), self.now());
        self.db.write(move |tx| one_time::store::try_code(tx, purpose, &binding, &hash, now)).await
    }

    /// What a link stands for, while it is valid. Looking does not use it up, because mail scanners follow links.
    pub async fn find_link(&self, purpose: Purpose, link: &str) -> Result<Option<OneTime>, Unavailable> {
        let (hash, now) = (one_time::link_hash(&self.pepper, purpose, link), self.now());
        self.db.read(move |connection| one_time::store::find_by_link(connection, purpose, &hash, now)).await
    }
}
