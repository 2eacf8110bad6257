//! The OpenAPI document, made from the handlers.

use super::addresses::endpoint as addresses;
use super::appearance::endpoint as appearance;
use super::authenticator::endpoint as authenticator;
use super::browsers::endpoint as browsers;
use super::departure::endpoint as departure;
use super::endpoint;
use super::passkeys::endpoint as passkeys;
use super::password::endpoint as password;
use super::recovery_codes::endpoint as recovery_codes;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

#[derive(OpenApi)]
#[openapi(
    info(title = "Account API", description = "The account of the person whose access token it is (scope `account`)."),
    paths(
        endpoint::profile, endpoint::change_profile, appearance::appearance, appearance::change_appearance,
        endpoint::sessions, endpoint::end_other_sessions, endpoint::session, endpoint::end_session,
        endpoint::applications, endpoint::application, endpoint::revoke, endpoint::activity, password::password,
        password::change_password, password::remove_password, authenticator::authenticator,
        authenticator::offer_authenticator, authenticator::enrol_authenticator, authenticator::rename_authenticator,
        authenticator::remove_authenticator, recovery_codes::recovery_codes, recovery_codes::replace_recovery_codes,
        browsers::remembered_browsers, browsers::forget_browsers, browsers::remembered_browser,
        browsers::forget_browser, departure::deletion, departure::ask_deletion, addresses::addresses, addresses::add_address, addresses::address,
        addresses::change_address, addresses::verify_address, addresses::remove_address, passkeys::passkeys,
        passkeys::passkey, passkeys::rename_passkey, passkeys::remove_passkey, endpoint::copy
    ),
    security(("access_token" = [])),
    modifiers(&Token)
)]
struct Document;

struct Token;

impl Modify for Token {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let scheme = SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build());
        document.components.get_or_insert_default().add_security_scheme("access_token", scheme);
    }
}

/// The document; `server` is the address of the provider.
pub fn document(server: &str) -> utoipa::openapi::OpenApi {
    let mut document = Document::openapi();
    document.servers = Some(vec![utoipa::openapi::Server::new(server)]);
    document
}
