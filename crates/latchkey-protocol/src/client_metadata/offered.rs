//! What a client may register by itself: what the provider announces, and the rules for strangers.

use super::defaults::grants_of;
use super::{ClientMetadata, Invalid, uris};
use crate::claims;
use crate::response_type::ResponseType;
use crate::scope::Scope;
use crate::visible;
use serde_json::{Map, Value};
use std::borrow::Cow;
use url::Url;

/// Grants in which a client acts for a person who is asked. Whoever acts alone, or with what others issued, is
/// registered by an operator (CLI-12).
const GRANTS: [&str; 4] =
    ["authorization_code", "refresh_token", "implicit", "urn:ietf:params:oauth:grant-type:device_code"];
const LONGEST_NAME: usize = 200;
const LONGEST_WORD: usize = 255;
const MOST_WORDS: usize = 20;

/// What the provider offers to clients that register themselves.
#[derive(Clone, Copy)]
pub struct Offered<'a> {
    /// The provider's metadata document (RFC 8414 §2): what is announced may be registered.
    pub announced: &'a Map<String, Value>,
    /// `registration.scopes`: the operator's scopes that are open to them.
    pub scopes: &'a [String],
    /// `registration.localhost`: whether web applications may answer at `http://localhost` and loopback addresses.
    pub localhost: bool,
    /// The members whose http address lies among `egress.allow_addresses`.
    pub http: &'a [&'a str],
    /// What the client is registered for already, perhaps by an operator's hand: it may keep that.
    pub held: Option<&'a ClientMetadata>,
}

impl Offered<'_> {
    /// The values of a member of the document that is a list.
    fn list(&self, name: &str) -> Vec<&str> {
        self.announced.get(name).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
    }

    /// `usual` where it is announced, else what is announced first.
    pub(super) fn preferred(&self, list: &str, usual: &str) -> Option<String> {
        let values = self.list(list);
        let chosen = values.iter().find(|value| **value == usual).or(values.first());
        chosen.map(|value| (*value).to_owned())
    }

    fn grants(&self, word: &str) -> bool {
        let held = self.held.is_some_and(|held| held.allows_grant(word));
        held || (GRANTS.contains(&word) && self.list("grant_types_supported").contains(&word))
    }

    fn responds(&self, word: &str) -> bool {
        let known = ResponseType::parse(word);
        known.is_some_and(|known| self.list("response_types_supported").contains(&known.as_str()))
    }

    fn opens(&self, scope: &str) -> bool {
        let held = self.held.and_then(|held| held.scope.as_deref()).unwrap_or_default();
        is_standard(scope) || self.scopes.iter().any(|open| open == scope) || held.split(' ').any(|word| word == scope)
    }
}

#[cfg(test)]
impl Offered<'_> {
    pub(super) fn of_nothing() -> Offered<'static> {
        Offered { announced: Box::leak(Box::default()), scopes: &[], localhost: false, http: &[], held: None }
    }
}

fn is_standard(scope: &str) -> bool {
    ["openid", "offline_access"].contains(&scope) || claims::SCOPES.iter().any(|(name, _)| *name == scope)
}

impl ClientMetadata {
    /// Leaves out scopes that nobody knows, as the authorization endpoint does (OpenID Connect Core §3.1.2.1);
    /// `is_known` knows the operator's.
    #[must_use]
    pub fn without_unknown_scopes(mut self, is_known: impl Fn(&str) -> bool) -> Self {
        if let Some(scope) = self.scope.as_deref().and_then(|text| Scope::parse(text).ok()) {
            let known = scope.filter(|word| is_standard(word) || is_known(word));
            self.scope = (!known.is_empty()).then(|| known.to_string());
        }
        self
    }

    /// Judges every member of a registration that nobody vouches for, defaults filled in.
    ///
    /// # Errors
    /// All that is wrong, member by member.
    pub fn check_self_registered(&self, offered: &Offered<'_>) -> Result<(), Vec<Invalid>> {
        let mut invalid = self.broken(uris::Schemes::HttpsAlone, offered.http);
        if !invalid.iter().any(|one| one.member == "redirect_uris") {
            self.check_application_type(offered.localhost, &mut invalid);
        }
        self.check_logout_origin(&mut invalid);
        self.check_grants(offered, &mut invalid);
        self.check_algorithms(offered, &mut invalid);
        self.check_scope(offered, &mut invalid);
        self.check_texts(&mut invalid);
        if invalid.is_empty() { Ok(()) } else { Err(invalid) }
    }

    /// OpenID Connect Registration §2, application_type.
    fn check_application_type(&self, localhost: bool, invalid: &mut Vec<Invalid>) {
        let native = match self.application_type.as_deref() {
            Some("native") => true,
            Some("web") | None => false,
            Some(_) => return invalid.push(Invalid::new("application_type", "must be web or native")),
        };
        let lists =
            [("redirect_uris", &self.redirect_uris), ("post_logout_redirect_uris", &self.post_logout_redirect_uris)];
        for (member, uri) in lists.into_iter().flat_map(|(member, uris)| uris.iter().map(move |uri| (member, uri))) {
            let Ok(url) = Url::parse(uri) else { continue };
            let rule = match url.scheme() {
                "https" if !native && self.is_implicit() && url.host_str() == Some("localhost") => {
                    "uses localhost, which is not allowed for a web application with implicit response types"
                }
                "https" => continue,
                _ if native => continue,
                // All http that comes here is of this machine: what else there is was refused before.
                "http" if localhost && !self.is_implicit() => continue,
                "http" => "uses http, which is allowed for the application_type native on a loopback address only",
                _ => "has a private-use scheme, which is allowed for the application_type native only",
            };
            invalid.push(Invalid::new(member, format!("{uri:.200} {rule}")));
        }
    }

    /// Front-Channel Logout §2: a page that we frame is one of a site that the client answers at.
    fn check_logout_origin(&self, invalid: &mut Vec<Invalid>) {
        let origin = |uri: &str| Url::parse(uri).ok().map(|url| url.origin().ascii_serialization());
        let Some(framed) = self.frontchannel_logout_uri.as_deref() else { return };
        if !self.redirect_uris.iter().any(|uri| origin(uri) == origin(framed)) {
            let rule = "must have the scheme, host and port of a redirect URI (Front-Channel Logout section 2)";
            invalid.push(Invalid::new("frontchannel_logout_uri", rule));
        }
    }

    fn check_grants(&self, offered: &Offered<'_>, invalid: &mut Vec<Invalid>) {
        let responses: Vec<&str> = self.response_types.iter().flatten().map(String::as_str).collect();
        for response in responses.iter().filter(|response| !offered.responds(response)) {
            invalid.push(Invalid::new("response_types", format!("{response:.100} is not supported")));
        }
        for grant in self.grant_types.iter().flatten().filter(|grant| !offered.grants(grant)) {
            let rule = format!("{grant:.100} is not available to self-registered clients");
            invalid.push(Invalid::new("grant_types", rule));
        }
        let needed =
            responses.iter().flat_map(|response| grants_of(response).into_iter().map(move |grant| (response, grant)));
        for (response, grant) in needed.filter(|(_, grant)| !self.allows_grant(grant)) {
            let rule = format!("must have {grant} for the response type {response:.100} (RFC 7591 section 2.1)");
            invalid.push(Invalid::new("grant_types", rule));
        }
        if self.allows_grant("authorization_code")
            && !responses.iter().any(|one| grants_of(one).contains(&"authorization_code"))
        {
            let rule = "must have a type with code for the grant authorization_code (RFC 7591 section 2.1)";
            invalid.push(Invalid::new("response_types", rule));
        }
    }

    /// Each member that chooses from what the provider announces.
    fn choices(&self) -> [(&'static str, Option<&str>, &'static str); 12] {
        [
            ("subject_type", self.subject_type.as_deref(), "subject_types_supported"),
            (
                "token_endpoint_auth_method",
                self.token_endpoint_auth_method.as_deref(),
                "token_endpoint_auth_methods_supported",
            ),
            (
                "token_endpoint_auth_signing_alg",
                self.token_endpoint_auth_signing_alg.as_deref(),
                "token_endpoint_auth_signing_alg_values_supported",
            ),
            (
                "id_token_signed_response_alg",
                self.id_token_signed_response_alg.as_deref(),
                "id_token_signing_alg_values_supported",
            ),
            (
                "id_token_encrypted_response_alg",
                self.id_token_encrypted_response_alg.as_deref(),
                "id_token_encryption_alg_values_supported",
            ),
            (
                "id_token_encrypted_response_enc",
                self.id_token_encrypted_response_enc.as_deref(),
                "id_token_encryption_enc_values_supported",
            ),
            (
                "userinfo_signed_response_alg",
                self.userinfo_signed_response_alg.as_deref(),
                "userinfo_signing_alg_values_supported",
            ),
            (
                "userinfo_encrypted_response_alg",
                self.userinfo_encrypted_response_alg.as_deref(),
                "userinfo_encryption_alg_values_supported",
            ),
            (
                "userinfo_encrypted_response_enc",
                self.userinfo_encrypted_response_enc.as_deref(),
                "userinfo_encryption_enc_values_supported",
            ),
            (
                "request_object_signing_alg",
                self.request_object_signing_alg.as_deref(),
                "request_object_signing_alg_values_supported",
            ),
            (
                "request_object_encryption_alg",
                self.request_object_encryption_alg.as_deref(),
                "request_object_encryption_alg_values_supported",
            ),
            (
                "request_object_encryption_enc",
                self.request_object_encryption_enc.as_deref(),
                "request_object_encryption_enc_values_supported",
            ),
        ]
    }

    fn check_algorithms(&self, offered: &Offered<'_>, invalid: &mut Vec<Invalid>) {
        for (member, value, list) in self.choices() {
            let Some(value) = value else { continue };
            let values = offered.list(list);
            if value == "none" && member != "token_endpoint_auth_method" {
                invalid.push(Invalid::new(member, "none is never accepted: unsigned tokens can be forged"));
            } else if !values.contains(&value) {
                let offers = if values.is_empty() { "nothing".to_owned() } else { values.join(" ") };
                invalid.push(Invalid::new(member, format!("{value:.100} is not supported; supported: {offers}")));
            }
        }
        let encryptions = [
            (
                "id_token_encrypted_response",
                &self.id_token_encrypted_response_alg,
                &self.id_token_encrypted_response_enc,
            ),
            (
                "userinfo_encrypted_response",
                &self.userinfo_encrypted_response_alg,
                &self.userinfo_encrypted_response_enc,
            ),
            ("request_object_encryption", &self.request_object_encryption_alg, &self.request_object_encryption_enc),
        ];
        for (prefix, alg, enc) in encryptions {
            if alg.is_none() && enc.is_some() {
                let rule = format!("needs {prefix}_alg beside it (OpenID Connect Registration section 2)");
                invalid.push(Invalid::new(format!("{prefix}_enc"), rule));
            }
            let for_the_client = prefix != "request_object_encryption";
            let asymmetric = alg.as_deref().is_some_and(|alg| alg.starts_with("RSA") || alg.starts_with("ECDH"));
            if for_the_client && asymmetric && !self.has_keys() {
                invalid.push(Invalid::new(
                    format!("{prefix}_alg"),
                    "needs jwks or jwks_uri: without keys nothing can be encrypted",
                ));
            }
        }
        let assertion = self.token_endpoint_auth_signing_alg.as_deref().map(|alg| alg.starts_with("HS"));
        if let (Some("private_key_jwt"), Some(true)) | (Some("client_secret_jwt"), Some(false)) =
            (self.token_endpoint_auth_method.as_deref(), assertion)
        {
            invalid.push(Invalid::new("token_endpoint_auth_signing_alg", "does not fit token_endpoint_auth_method"));
        }
    }

    fn check_scope(&self, offered: &Offered<'_>, invalid: &mut Vec<Invalid>) {
        let Some(text) = self.scope.as_deref() else { return };
        match Scope::parse(text) {
            Err(error) => invalid.push(Invalid::new("scope", error.description)),
            Ok(scope) => {
                for closed in scope.iter().filter(|word| !offered.opens(word)) {
                    let rule = format!("{closed:.100} is not available to self-registered clients");
                    invalid.push(Invalid::new("scope", rule));
                }
            }
        }
    }

    /// Names and notes: shown to people and operators, so every character is seen ([`visible`]), and short.
    fn check_texts(&self, invalid: &mut Vec<Invalid>) {
        let words = [
            ("client_name", &self.client_name, LONGEST_NAME),
            ("software_id", &self.software_id, LONGEST_WORD),
            ("software_version", &self.software_version, LONGEST_WORD),
        ];
        for (member, text, longest) in words {
            let rule = text.as_deref().and_then(|text| unfit(text, longest));
            invalid.extend(rule.map(|rule| Invalid::new(member, rule)));
        }
        for (member, texts) in [("contacts", &self.contacts), ("default_acr_values", &self.default_acr_values)] {
            let rule = texts.iter().flatten().find_map(|text| unfit(text, LONGEST_WORD));
            invalid.extend(rule.map(|rule| Invalid::new(member, rule)));
            if texts.iter().flatten().count() > MOST_WORDS {
                invalid.push(Invalid::new(member, format!("has more than {MOST_WORDS} values")));
            }
        }
        for (name, value) in self.other.iter().filter(|(name, _)| name.starts_with("client_name#")) {
            let rule =
                value.as_str().map_or_else(|| Some("must be a string".to_owned()), |text| unfit(text, LONGEST_NAME));
            invalid.extend(rule.map(|rule| Invalid::new(Cow::Owned(name.clone()), rule)));
        }
    }
}

fn unfit(text: &str, longest: usize) -> Option<String> {
    if let Err(unseen) = visible::check(text) {
        return Some(unseen.as_str().to_owned());
    }
    (text.chars().count() > longest).then(|| format!("is longer than {longest} characters"))
}

#[cfg(test)]
mod tests;
