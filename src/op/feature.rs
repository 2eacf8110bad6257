//! A feature: everything that the provider needs to know about one of its parts, built in the feature's slice.

use super::Op;
use super::hubs::Hubs;
use super::token::Grant;
use crate::pages::preview::{Sample, Stage};
use crate::platform::clock::Time;
use crate::platform::config::{Config, FeatureName};
use crate::platform::db::Connection;
use crate::platform::outbox::{Delivery, Message};
use crate::protocol::grant_type::GrantType;
use crate::protocol::provider_metadata::ProviderMetadata;
use actix_web::web::ServiceConfig;
use futures_util::future::BoxFuture;
use std::sync::Arc;

/// Mounts endpoints or pages; called by every worker.
pub type Routes = Arc<dyn Fn(&mut ServiceConfig) + Send + Sync>;
/// Creates a slice's state once, and returns what mounts it.
pub type Mount = fn(&Op, &Hubs) -> Routes;
/// Mounts what needs only the provider.
pub type PlainRoutes = fn(&mut ServiceConfig);
/// Pages with sample data.
pub type Samples = fn(&Stage<'_>) -> Vec<Sample>;

/// A part of the provider: discovery announces only mounted features, and disabled ones are refused.
#[derive(Clone)]
pub struct Feature {
    /// The name in `features.NAME`.
    pub name: FeatureName,
    /// The specifications that it implements.
    pub specs: &'static [&'static str],
    /// Whether the rest of the configuration allows it.
    pub is_possible: fn(&Config) -> bool,
    /// Whether it is on where `features.NAME` is not set.
    pub is_on_by_default: bool,
    /// Its endpoints and pages, below the issuer's path.
    pub routes: Vec<PlainRoutes>,
    /// The same for slices with their own state.
    pub mount: Vec<Mount>,
    /// Its endpoints at the root of the host, where the issuer has a path; the path is the argument.
    pub root_routes: fn(&mut ServiceConfig, &str),
    /// What it adds to the metadata document.
    pub metadata: fn(&Op, &mut ProviderMetadata),
    /// Its grant type, if it is one.
    pub grant: Option<GrantFeature>,
    /// Sends its messages in the outbox.
    pub senders: Vec<Sender>,
    /// Deletes old rows of its tables, even while it is disabled.
    pub sweeps: Vec<Sweep>,
    /// Its pages with sample data.
    pub samples: Vec<Samples>,
}

impl Feature {
    /// An empty feature: always possible, and on by default.
    pub fn new(name: FeatureName) -> Self {
        Self {
            name,
            specs: &[],
            is_possible: |_| true,
            is_on_by_default: true,
            routes: Vec::new(),
            mount: Vec::new(),
            root_routes: |_, _| {},
            metadata: |_, _| {},
            grant: None,
            senders: Vec::new(),
            sweeps: Vec::new(),
            samples: Vec::new(),
        }
    }

    /// Adds another slice's part, for a feature that consists of several slices.
    #[must_use]
    pub fn with(mut self, part: Part) -> Self {
        self.routes.extend(part.routes);
        self.sweeps.extend(part.sweeps);
        self.samples.extend(part.samples);
        self
    }

    fn is_on(&self, config: &Config) -> bool {
        (self.is_possible)(config) && config.feature(self.name).unwrap_or(self.is_on_by_default)
    }
}

/// A slice's part of a feature that consists of several slices, such as a page of the account console.
#[derive(Clone, Default)]
pub struct Part {
    /// Its endpoints and pages.
    pub routes: Vec<PlainRoutes>,
    /// What deletes rows of its tables.
    pub sweeps: Vec<Sweep>,
    /// Its pages with sample data.
    pub samples: Vec<Samples>,
}

impl Part {
    /// Pages and their samples.
    pub fn page(routes: PlainRoutes, samples: Samples) -> Self {
        Self { routes: vec![routes], samples: vec![samples], ..Self::default() }
    }
}

/// Sends messages of one kind.
#[derive(Clone, Copy)]
pub struct Sender {
    /// The kind, as the outbox keeps it.
    pub kind: &'static str,
    /// Whether it is sent by mail: without a mail server none are tried.
    pub is_mail: bool,
    pub send: for<'a> fn(&'a Op, &'a Hubs, Message) -> BoxFuture<'a, Delivery>,
}

/// Creates a grant type.
#[derive(Clone, Copy)]
pub struct GrantFeature {
    /// Its `grant_type`.
    pub grant_type: GrantType,
    pub start: fn(&Op) -> Arc<dyn Grant>,
}

/// Deletes rows that are no longer needed, at most [`Due::limit`] at a time.
#[derive(Clone, Copy)]
pub struct Sweep {
    /// The tables that it keeps small.
    pub tables: &'static [&'static str],
    /// Deletes one batch; returns how many rows it was.
    pub run: fn(&mut Connection, &Due) -> diesel::QueryResult<usize>,
}

/// The parameters of a sweep.
#[derive(Clone)]
pub struct Due {
    pub now: Time,
    /// A day ago: rows that detect replays are kept this long.
    pub before: Time,
    /// Rows of one batch, at most.
    pub limit: i64,
    pub config: Arc<Config>,
}

/// All features, and which of them are on.
pub struct Features {
    all: Vec<Feature>,
    on: Vec<usize>,
}

impl Features {
    /// Evaluates each with the configuration.
    pub fn new(all: Vec<Feature>, config: &Config) -> Self {
        let on = all.iter().enumerate().filter(|(_, feature)| feature.is_on(config)).map(|(index, _)| index).collect();
        Self { all, on }
    }

    /// Every feature, on or off.
    pub fn all(&self) -> &[Feature] {
        &self.all
    }

    /// Those that are on, in the order of the list.
    pub fn on(&self) -> impl Iterator<Item = &Feature> {
        self.on.iter().filter_map(|index| self.all.get(*index))
    }

    /// Whether one is on.
    pub fn has(&self, name: FeatureName) -> bool {
        self.on().any(|feature| feature.name == name)
    }

    /// The grants that are on.
    pub fn grants(&self) -> impl Iterator<Item = GrantFeature> {
        self.on().filter_map(|feature| feature.grant)
    }
}
