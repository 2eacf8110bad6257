//! Clients that nobody of Latchkey wrote: the openidconnect crate, and Authlib from another ecosystem.

use std::io;

use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreProviderMetadata, CoreResponseType, CoreRevocableToken, CoreUserInfoClaims,
};
use openidconnect::{
    AccessTokenHash, AdditionalProviderMetadata, AuthorizationCode, ClientId, ClientSecret, CsrfToken, HttpRequest,
    HttpResponse, IntrospectionUrl, IssuerUrl, LogoutRequest, Nonce, OAuth2TokenResponse, PkceCodeChallenge,
    PostLogoutRedirectUrl, ProviderMetadata, RedirectUrl, RevocationUrl, Scope, TokenIntrospectionResponse,
    TokenResponse, http,
};
use serde::{Deserialize, Serialize};

use crate::party::parameter;
use crate::person::{Person, path_of};
use crate::stage::{self, PASSWORD, POST_LOGOUT_REDIRECT_URI, REDIRECT_URI, Route, SECRET, Store, USERNAME, WEB};
use crate::support::{ForeignClient, Latchkey};
use crate::wire::Request;

#[test]
fn the_openidconnect_crate_goes_all_the_way_on_sqlite() {
    openidconnect_goes_all_the_way(&stage::start(stage::on(Store::Sqlite)));
}

#[test]
fn the_openidconnect_crate_goes_all_the_way_on_postgresql_and_redis() {
    openidconnect_goes_all_the_way(&stage::start(stage::on(Store::PostgresAndRedis)));
}

#[test]
fn authlib_goes_all_the_way_on_sqlite() {
    authlib_goes_all_the_way(&stage::start(stage::on(Store::Sqlite)));
}

#[test]
fn authlib_goes_all_the_way_on_postgresql_and_redis() {
    authlib_goes_all_the_way(&stage::start(stage::on(Store::PostgresAndRedis)));
}

pub fn authlib_goes_all_the_way(latchkey: &Latchkey) {
    let client = ForeignClient {
        issuer: &latchkey.issuer(),
        client_id: WEB,
        client_secret: SECRET,
        redirect_uri: REDIRECT_URI,
        post_logout_redirect_uri: POST_LOGOUT_REDIRECT_URI,
        username: USERNAME,
        password: PASSWORD,
    };
    let said = client.complete();
    for step in
        ["authorization code", "token", "id token", "userinfo", "refresh", "introspection", "revocation", "logout"]
    {
        assert!(said.iter().any(|line| line.starts_with(&format!("ok {step}"))), "no {step} in {said:#?}");
    }
}

/// Members of the metadata document that the crate does not know by itself.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Further {
    introspection_endpoint: IntrospectionUrl,
    revocation_endpoint: RevocationUrl,
    end_session_endpoint: openidconnect::EndSessionUrl,
}

impl AdditionalProviderMetadata for Further {}

type Metadata = ProviderMetadata<
    Further,
    openidconnect::core::CoreAuthDisplay,
    openidconnect::core::CoreClientAuthMethod,
    openidconnect::core::CoreClaimName,
    openidconnect::core::CoreClaimType,
    openidconnect::core::CoreGrantType,
    openidconnect::core::CoreJweContentEncryptionAlgorithm,
    openidconnect::core::CoreJweKeyManagementAlgorithm,
    openidconnect::core::CoreJsonWebKey,
    openidconnect::core::CoreResponseMode,
    CoreResponseType,
    openidconnect::core::CoreSubjectIdentifierType,
>;

fn openidconnect_goes_all_the_way(latchkey: &Latchkey) {
    let route = Route::to(std::slice::from_ref(latchkey));
    let issuer = IssuerUrl::new(latchkey.issuer()).unwrap();
    let metadata = Metadata::discover(&issuer, &send).unwrap();
    let further = metadata.additional_metadata().clone();
    let client = CoreClient::from_provider_metadata(
        CoreProviderMetadata::discover(&issuer, &send).unwrap(),
        ClientId::new(WEB.to_owned()),
        Some(ClientSecret::new(SECRET.to_owned())),
    )
    .set_redirect_uri(RedirectUrl::new(REDIRECT_URI.to_owned()).unwrap())
    .set_introspection_url(further.introspection_endpoint)
    .set_revocation_url(named_https(&further.revocation_endpoint));

    let mut person = Person::new(&route);
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let (url, state, nonce) = client
        .authorize_url(CoreAuthenticationFlow::AuthorizationCode, CsrfToken::new_random, Nonce::new_random)
        .add_scopes(["profile", "email", "offline_access"].map(|scope| Scope::new(scope.to_owned())))
        .set_pkce_challenge(challenge)
        .url();
    let back = person.visit(&path_of(url.as_str()), REDIRECT_URI).unwrap();
    assert_eq!((person.passwords, person.consents), (1, 1));
    assert_eq!(parameter(&back, "state").as_ref(), Some(state.secret()));
    assert_eq!(parameter(&back, "iss").as_ref(), Some(&latchkey.issuer()));

    let code = AuthorizationCode::new(parameter(&back, "code").unwrap());
    let tokens = client.exchange_code(code).unwrap().set_pkce_verifier(verifier).request(&send).unwrap();
    let id_token = tokens.id_token().unwrap();
    let id_token_verifier = client.id_token_verifier();
    let claims = id_token.claims(&id_token_verifier, &nonce).unwrap();
    let hash = AccessTokenHash::from_token(
        tokens.access_token(),
        id_token.signing_alg().unwrap(),
        id_token.signing_key(&id_token_verifier).unwrap(),
    );
    assert_eq!(claims.access_token_hash(), Some(&hash.unwrap()));

    let about: CoreUserInfoClaims = client
        .user_info(tokens.access_token().clone(), Some(claims.subject().clone()))
        .unwrap()
        .request(&send)
        .unwrap();
    assert_eq!(about.email().map(|email| email.as_str()), Some("mary@example.com"));
    assert_eq!(about.name().and_then(|name| name.get(None)).map(|name| name.as_str()), Some("Mary Somerville"));

    let fresh = client.exchange_refresh_token(tokens.refresh_token().unwrap()).unwrap().request(&send).unwrap();
    assert_ne!(fresh.refresh_token().unwrap().secret(), tokens.refresh_token().unwrap().secret());
    assert!(client.introspect(fresh.access_token()).request(&send).unwrap().active());

    let refresh_token = fresh.refresh_token().unwrap().clone();
    client.revoke_token(CoreRevocableToken::RefreshToken(refresh_token)).unwrap().request(&send).unwrap();
    assert!(!client.introspect(fresh.access_token()).request(&send).unwrap().active());
    let again = client.exchange_refresh_token(fresh.refresh_token().unwrap()).unwrap().request(&send);
    assert!(again.unwrap_err().to_string().contains("error response"));

    let state = CsrfToken::new_random();
    let url = LogoutRequest::from(further.end_session_endpoint)
        .set_id_token_hint(id_token)
        .set_post_logout_redirect_uri(PostLogoutRedirectUrl::new(POST_LOGOUT_REDIRECT_URI.to_owned()).unwrap())
        .set_state(state.clone())
        .http_get_url();
    let back = person.visit(&path_of(url.as_str()), POST_LOGOUT_REDIRECT_URI).unwrap();
    assert_eq!(parameter(&back, "state").as_ref(), Some(state.secret()));
    let (url, ..) = client
        .authorize_url(CoreAuthenticationFlow::AuthorizationCode, CsrfToken::new_random, Nonce::new_random)
        .set_pkce_challenge(PkceCodeChallenge::new_random_sha256().0)
        .add_prompt(openidconnect::core::CoreAuthPrompt::None)
        .url();
    let back = person.visit(&path_of(url.as_str()), REDIRECT_URI).unwrap();
    assert_eq!(parameter(&back, "error").as_deref(), Some("login_required"));
}

/// The crate revokes nothing over plain HTTP, on loopback neither; our way to the network does not ask for the scheme.
fn named_https(url: &RevocationUrl) -> RevocationUrl {
    RevocationUrl::new(url.as_str().replacen("http:", "https:", 1)).unwrap()
}

/// The crate's way to the network.
fn send(request: HttpRequest) -> Result<HttpResponse, io::Error> {
    let uri = request.uri();
    let target = uri.path_and_query().map_or("/", |target| target.as_str());
    let mut ours = Request::get(target);
    ours.method = request.method().to_string();
    ours.headers =
        request.headers().iter().map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect();
    ours.body = request.body().clone();
    let answer = ours.send(uri.port_u16().unwrap())?;
    let mut builder = http::Response::builder().status(answer.status);
    for (name, value) in &answer.headers {
        builder = builder.header(name, value);
    }
    builder.body(answer.body).map_err(io::Error::other)
}
