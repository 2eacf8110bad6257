//! The composition root: the one list of features, and the actix app that they make.

#[cfg(feature = "demo")]
mod demonstration;
#[cfg(feature = "demo")]
pub use demonstration::{DemoConfig, Mailbox, demonstration};

use crate::account;
use crate::home;
pub use crate::home::page::Guide;
use crate::interaction::{appearance, consent, login, recovery, signup};
use crate::op::feature::Feature;
use crate::op::grants::{authorization_code, client_credentials, refresh_token};
use crate::op::logout::{backchannel, frontchannel};
use crate::op::refusal::EndpointName;
use crate::op::{
    Op, assembly, authorize, discovery, introspection, logout, pictures, registration, revocation, session_management,
    token, userinfo,
};
pub use crate::op::{deliveries::deliver_due, housekeeping::housekeeping};
use crate::pages::preview::{Sample, Stage};
use crate::pages::{assets, error_page};
use crate::platform::config::{Config, FeatureName};
use crate::platform::error::Unavailable;
use crate::platform::http::edge::{Edge, Note};
use crate::platform::http::{api, health, limits};
pub use crate::platform::machine::Machine;
use actix_web::web::{self, Data, ServiceConfig};
use std::sync::Arc;

/// Everything that the provider is. Removing a line removes the feature from discovery too.
fn features() -> Vec<Feature> {
    vec![
        discovery::feature(),
        authorize::feature(),
        authorize::request_object::feature(),
        login::feature(),
        login::mail::feature(),
        recovery::feature(),
        signup::feature(),
        consent::feature(),
        appearance::feature(),
        account::feature::console(),
        account::feature::api(),
        account::authenticator::feature(),
        account::passkeys::feature().with(login::passkey::part()),
        pictures::feature(),
        token::feature(),
        authorization_code::feature(),
        refresh_token::feature(),
        client_credentials::feature(),
        userinfo::feature(),
        introspection::feature(),
        revocation::feature(),
        registration::feature(),
        logout::feature(),
        backchannel::feature(),
        frontchannel::feature(),
        session_management::feature(),
    ]
}

/// Opens the stores and puts the provider together. The schema must be current.
///
/// # Errors
/// As [`assembly::assemble`].
pub async fn assemble(config: Arc<Config>, machine: Machine) -> Result<Op, Unavailable> {
    assembly::assemble(config, machine, features()).await
}

/// Adds routes of its own to the public listener.
pub type More = Arc<dyn Fn(&mut ServiceConfig) + Send + Sync>;

/// The middleware of the public listener, whose refusals are kept like every other.
pub fn edge(op: &Data<Op>) -> Edge {
    let shared = op.clone();
    let note: Note = Arc::new(move |error| {
        let op = shared.clone();
        Box::pin(async move { op.refuse(EndpointName::Edge, &error).await })
    });
    Edge::public(&op.config, Arc::clone(&op.random), Some(note))
}

/// The router tries routes in their order, and one with a parameter costs a regular expression: what is asked for most
/// comes before all of those, and the endpoints with something of their own (UserInfo, introspection) next.
const ASKED_MOST: [FeatureName; 2] = [FeatureName::Token, FeatureName::Discovery];

/// Mounts every feature below the issuer's path, and what stands above it.
pub fn mount(config: &mut ServiceConfig, op: &Data<Op>, more: impl FnOnce(&mut ServiceConfig)) {
    let prefix = op.config.issuer.prefix().to_owned();
    config.app_data(op.clone());
    config.app_data(Data::from(Arc::clone(&op.looks)));
    config.app_data(web::PayloadConfig::new(limits::JSON));
    let hubs = op.hubs();
    config.app_data(Data::from(Arc::clone(&hubs.client_auth)));
    config.app_data(Data::from(Arc::clone(&hubs.authorize)));
    config.app_data(Data::from(Arc::clone(&hubs.token)));
    health::routes(config);
    let below = |config: &mut ServiceConfig| {
        let (first, others): (Vec<_>, Vec<_>) =
            op.features.on().partition(|feature| ASKED_MOST.contains(&feature.name));
        first.iter().flat_map(|feature| &feature.routes).for_each(|routes| routes(config));
        op.routes().iter().for_each(|routes| routes(config));
        others.iter().flat_map(|feature| &feature.routes).for_each(|routes| routes(config));
        more(config);
        assets::configure(config);
        api::unknown(config);
        home::page::routes(config);
    };
    if prefix.is_empty() {
        below(config);
    } else {
        op.features.on().for_each(|feature| (feature.root_routes)(config, &prefix));
        config.service(web::scope(&prefix).configure(below).default_service(web::to(home::page::not_found)));
    }
    config.default_service(web::to(home::page::not_found));
}

/// Every page with sample data.
pub fn samples(stage: &Stage<'_>) -> Vec<Sample> {
    let of_features = features().into_iter().flat_map(|feature| feature.samples);
    let others = [
        error_page::samples,
        home::preview::samples,
        #[cfg(feature = "demo")]
        demonstration::samples,
    ];
    of_features.chain(others).flat_map(|of_slice| of_slice(stage)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_has_one_feature() {
        let mut listed: Vec<FeatureName> = features().iter().map(|feature| feature.name).collect();
        listed.sort();
        let mut names = FeatureName::ALL.to_vec();
        names.sort();
        assert_eq!(listed, names);
    }

    #[test]
    fn off_by_default_is_what_the_documentation_says() {
        let off: Vec<_> = features().into_iter().filter(|feature| !feature.is_on_by_default).collect();
        assert_eq!(off.iter().map(|feature| feature.name).collect::<Vec<_>>(), [FeatureName::RequestUri]);
    }
}
