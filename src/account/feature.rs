//! Every feature of the account: their pages, their part of the API, their samples. A line a slice.

use super::api::{self, Part};
use super::{
    activity, addresses, appearance, applications, authenticator, deletion, export, home, passkeys, password, profile,
    recovery_codes, security, sessions,
};
use crate::op::Op;
use crate::platform::http::preview::{Sample, Stage};
use crate::protocol::claims::ACCOUNT;
use crate::protocol::provider_metadata::ProviderMetadata;
use actix_web::web::ServiceConfig;

/// The pages of the console. Those of the authenticator app and of passkeys are features of their own.
pub fn pages(config: &mut ServiceConfig) {
    home::page::routes(config);
    profile::page::routes(config);
    appearance::page::routes(config);
    security::page::routes(config);
    password::page::routes(config);
    recovery_codes::page::routes(config);
    addresses::page::routes(config);
    sessions::page::routes(config);
    applications::page::routes(config);
    activity::page::routes(config);
    export::page::routes(config);
    deletion::page::routes(config);
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

/// The API.
pub fn api(config: &mut ServiceConfig) {
    api::mount(config, parts());
}

/// What the API adds to the metadata document.
pub fn metadata(_: &Op, metadata: &mut ProviderMetadata) {
    metadata.add("scopes_supported", [ACCOUNT]);
}

/// Every page with sample data.
pub fn samples(stage: &Stage<'_>) -> Vec<Sample> {
    [
        home::preview::samples,
        profile::preview::samples,
        addresses::preview::samples,
        security::preview::samples,
        password::preview::samples,
        authenticator::preview::samples,
        passkeys::preview::samples,
        recovery_codes::preview::samples,
        sessions::preview::samples,
        applications::preview::samples,
        activity::preview::samples,
        appearance::preview::samples,
        export::preview::samples,
        deletion::preview::samples,
    ]
    .into_iter()
    .flat_map(|of_slice| of_slice(stage))
    .collect()
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
