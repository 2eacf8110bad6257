//! Permissions of an application as sentences, for the consent page and the console.

use super::Op;
use crate::platform::config::Config;
use crate::platform::i18n::{Texts, shown};
use crate::protocol::claims::{self, Claims};
use crate::protocol::scope::Scope;

/// A scope as a sentence about the person's data (OpenID Connect Core §5.4); `description` is the operator's, of a scope
/// of their own.
pub fn scope(texts: &Texts, name: &str, description: Option<&str>) -> String {
    match (description, name) {
        (Some(description), _) => shown(description),
        (None, "openid") => texts.get("scope-openid"),
        (None, "profile") => texts.get("scope-profile"),
        (None, "email") => texts.get("scope-email"),
        (None, "phone") => texts.get("scope-phone"),
        (None, "address") => texts.get("scope-address"),
        (None, "account") => texts.get("scope-account"),
        (None, "offline_access") => texts.get("consent-offline"),
        (None, name) => texts.with("scope-other", "scope", name),
    }
}

/// The claims of a person that a scope opens, in the languages that are wanted.
pub fn opened(config: &Config, person: &Claims, scope: &Scope, locales: &claims::Locales) -> Claims {
    let mut opened = claims::select(person, scope, |name| scope_claims(config, name));
    opened.retain(|name, _| locales.admit(name));
    opened
}

fn scope_claims(config: &Config, name: &str) -> Vec<String> {
    let own = config.scopes.get(name).into_iter().flat_map(|scope| scope.claims.iter().cloned());
    own.chain(config.profile.opened_by(name).map(str::to_owned)).collect()
}

impl Op {
    /// The operator's description of a custom scope.
    pub fn scope_description(&self, name: &str) -> Option<&str> {
        self.config.scopes.get(name).map(|scope| scope.description.as_str())
    }

    /// Whether the operator marked a custom scope as powerful.
    pub fn is_sensitive(&self, name: &str) -> bool {
        self.config.scopes.get(name).is_some_and(|scope| scope.sensitive)
    }

    /// The claims that a custom scope opens.
    pub fn scope_claims(&self, name: &str) -> Vec<String> {
        scope_claims(&self.config, name)
    }

    /// The label of a custom claim; the name of any other claim.
    pub fn claim_label(&self, claim: String, texts: &Texts) -> String {
        let own = self.config.profile.of_claim(&claim).filter(|field| !field.is_standard);
        own.and_then(|field| field.label_in(&texts.lang()).map(str::to_owned)).unwrap_or(claim)
    }
}

/// A claim that was asked for by name.
pub fn claim(texts: &Texts, name: &str) -> String {
    match name {
        "name" => texts.get("claim-name"),
        "family_name" => texts.get("claim-family-name"),
        "given_name" => texts.get("claim-given-name"),
        "middle_name" => texts.get("claim-middle-name"),
        "nickname" => texts.get("claim-nickname"),
        "preferred_username" => texts.get("claim-preferred-username"),
        "profile" => texts.get("claim-profile"),
        "picture" => texts.get("claim-picture"),
        "website" => texts.get("claim-website"),
        "gender" => texts.get("claim-gender"),
        "birthdate" => texts.get("claim-birthdate"),
        "zoneinfo" => texts.get("claim-zoneinfo"),
        "locale" => texts.get("claim-locale"),
        "updated_at" => texts.get("claim-updated-at"),
        "email" => texts.get("claim-email"),
        "email_verified" => texts.get("claim-email-verified"),
        "address" => texts.get("claim-address"),
        "phone_number" => texts.get("claim-phone-number"),
        "phone_number_verified" => texts.get("claim-phone-number-verified"),
        other => texts.with("claim-other", "claim", other),
    }
}
