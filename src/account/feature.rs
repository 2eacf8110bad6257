//! The features of the account: the console with its pages, and the API with its parts. A line a slice.

use super::api::{self, Part};
use super::{
    activity, addresses, appearance, applications, authenticator, deletion, export, home, passkeys, password, profile,
    recovery_codes, security, sessions,
};
use crate::op::feature::Feature;
use crate::platform::config::FeatureName;
use crate::protocol::claims::ACCOUNT;
use actix_web::web::ServiceConfig;

pub fn console() -> Feature {
    Feature { root_routes: security::page::root_routes, ..Feature::new(FeatureName::Account) }
        .with(home::part())
        .with(profile::part())
        .with(appearance::part())
        .with(security::part())
        .with(password::part())
        .with(recovery_codes::part())
        .with(addresses::part())
        .with(sessions::part())
        .with(applications::part())
        .with(activity::part())
        .with(export::part())
        .with(deletion::part())
}

pub fn api() -> Feature {
    Feature {
        specs: &["RFC 9457", "RFC 9470"],
        routes: vec![routes],
        metadata: |_, metadata| metadata.add("scopes_supported", [ACCOUNT]),
        ..Feature::new(FeatureName::AccountApi)
    }
}

fn routes(config: &mut ServiceConfig) {
    api::mount(config, parts());
}

fn parts() -> Vec<Part> {
    vec![
        profile::api::part(),
        appearance::api::part(),
        sessions::api::part(),
        applications::api::part(),
        activity::api::part(),
        password::api::part(),
        authenticator::api::part(),
        authenticator::browsers::api::part(),
        recovery_codes::api::part(),
        addresses::api::part(),
        passkeys::api::part(),
        export::api::part(),
        deletion::api::part(),
    ]
}

#[cfg(test)]
mod tests {
    use super::super::api::{BASE, METHODS, describe};
    use super::*;
    use serde_json::json;
    use std::collections::BTreeSet;

    #[test]
    fn what_is_mounted_is_described_and_the_other_way_round() {
        let description = json!(describe(&parts()));
        let mut described = BTreeSet::new();
        for (path, methods) in description["paths"].as_object().unwrap() {
            for method in methods.as_object().unwrap().keys() {
                described.insert(format!("{} {path}", method.to_uppercase()));
            }
        }
        let endpoints = parts().into_iter().flat_map(|part| part.endpoints);
        let all = endpoints
            .flat_map(|(path, routes)| routes.into_iter().map(move |(method, _)| format!("{method} {BASE}{path}")));
        assert_eq!(all.collect::<BTreeSet<_>>(), described);
        assert!(described.iter().all(|line| METHODS.contains(line.split(' ').next().unwrap())));
        assert!(description["components"]["schemas"].as_object().unwrap().len() > 20);
    }
}
