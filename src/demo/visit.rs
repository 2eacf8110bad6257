//! What the demo remembers of a browser.

use super::view::Step;
use crate::platform::random::{self, Random};
use openidconnect::{AccessToken, RefreshToken, core::CoreIdToken};
use std::{sync::Arc, time::Duration};

/// The browsers that are remembered, and for how long.
const MAX_VISITS: u64 = 500;
const LIFETIME: Duration = Duration::from_secs(3600);

/// Where a browser is.
#[derive(Clone)]
pub(super) enum Visit {
    /// At the provider, to sign in.
    Away(Box<Pending>),
    SignedIn(Box<SignedIn>),
    /// At the provider, to sign out; comes back with this `state`.
    Leaving(String),
}

/// What the answer to an authorization request must fit.
#[derive(Clone)]
pub(super) struct Pending {
    pub(super) state: String,
    pub(super) nonce: String,
    pub(super) code_verifier: String,
    pub(super) steps: Vec<Step>,
}

/// Someone who signed in.
#[derive(Clone)]
pub(super) struct SignedIn {
    pub(super) person: String,
    pub(super) csrf: String,
    pub(super) id_token: CoreIdToken,
    pub(super) subject: String,
    pub(super) access_token: AccessToken,
    pub(super) refresh_token: Option<RefreshToken>,
    pub(super) steps: Vec<Step>,
}

impl SignedIn {
    /// Adds steps after those of the sign-in, and forgets the oldest of the added when there are too many.
    pub(super) fn add(&mut self, steps: Vec<Step>) {
        const OF_THE_SIGN_IN: usize = 6;
        const SHOWN: usize = 20;
        self.steps.extend(steps);
        while self.steps.len() > SHOWN {
            self.steps.remove(OF_THE_SIGN_IN);
        }
    }
}

/// All visits by the value of their cookie. Bounded: the least used go first.
pub(super) struct Visits {
    random: Arc<dyn Random>,
    kept: moka::sync::Cache<String, Visit>,
}

impl Visits {
    pub(super) fn new(random: Arc<dyn Random>) -> Self {
        let kept = moka::sync::Cache::builder().max_capacity(MAX_VISITS).time_to_live(LIFETIME).build();
        Self { random, kept }
    }

    /// Remembers a visit under a new cookie value, which it returns.
    pub(super) fn begin(&self, visit: Visit) -> String {
        let cookie = random::token(&*self.random);
        self.kept.insert(cookie.clone(), visit);
        cookie
    }

    pub(super) fn find(&self, cookie: &str) -> Option<Visit> {
        self.kept.get(cookie)
    }

    /// Finds and forgets in one step.
    pub(super) fn take(&self, cookie: &str) -> Option<Visit> {
        self.kept.remove(cookie)
    }

    pub(super) fn keep(&self, cookie: &str, visit: Visit) {
        self.kept.insert(cookie.to_owned(), visit);
    }
}
