//! oxide-auth as it comes: its own endpoint flows over its own maps, with its own PKCE.

use super::Verdict;
use latchkey::protocol::pkce::CodeChallenge;
use oxide_auth::endpoint::{AccessTokenFlow, OwnerConsent, Solicitation};
use oxide_auth::frontends::simple::endpoint::{FnSolicitor, Generic, Vacant, client_credentials_flow, refresh_flow};
use oxide_auth::frontends::simple::extensions::{AddonList, Extended, Pkce};
use oxide_auth::frontends::simple::request::{Request, Response};
use oxide_auth::primitives::authorizer::{AuthMap, Authorizer as _};
use oxide_auth::primitives::generator::RandomGenerator;
use oxide_auth::primitives::grant::{Extensions, Grant};
use oxide_auth::primitives::issuer::{IssuedToken, Issuer, RefreshedToken, TokenMap};
use oxide_auth::primitives::registrar::{Client, ClientMap, ExactUrl, PasswordPolicy, RegisteredUrl, RegistrarError};
use serde_json::Value;

/// An endpoint of theirs, in memory.
pub struct Theirs {
    clients: ClientMap,
    codes: AuthMap<RandomGenerator>,
    /// Their token map, perhaps without what it forgets.
    pub tokens: Tokens,
}

/// Their token map. It takes a narrowed scope for the granted one ever after; `keeps_scope` puts the granted one back,
/// so that one narrow refresh does not part all that follows.
pub struct Tokens {
    map: TokenMap<RandomGenerator>,
    pub keeps_scope: bool,
}

/// Compares secrets as they are: the default costs 64 MiB a request, and hashing is not what is compared.
struct Plain;

impl PasswordPolicy for Plain {
    fn store(&self, _: &str, passphrase: &[u8]) -> Vec<u8> {
        passphrase.to_vec()
    }
    fn check(&self, _: &str, passphrase: &[u8], stored: &[u8]) -> Result<(), RegistrarError> {
        if passphrase == stored { Ok(()) } else { Err(RegistrarError::Unspecified) }
    }
}

impl Issuer for Tokens {
    fn issue(&mut self, grant: Grant) -> Result<IssuedToken, ()> {
        self.map.issue(grant)
    }
    fn refresh(&mut self, refresh: &str, mut grant: Grant) -> Result<RefreshedToken, ()> {
        if let Some(granted) = self.map.recover_refresh(refresh)?.filter(|_| self.keeps_scope) {
            grant.scope = granted.scope;
        }
        self.map.refresh(refresh, grant)
    }
    fn recover_token<'a>(&'a self, token: &'a str) -> Result<Option<Grant>, ()> {
        self.map.recover_token(token)
    }
    fn recover_refresh<'a>(&'a self, token: &'a str) -> Result<Option<Grant>, ()> {
        self.map.recover_refresh(token)
    }
}

impl Theirs {
    pub fn new() -> Self {
        let mut clients = ClientMap::new();
        clients.set_password_policy(Plain);
        Self {
            clients,
            codes: AuthMap::new(RandomGenerator::new(16)),
            tokens: Tokens { map: TokenMap::new(RandomGenerator::new(16)), keeps_scope: true },
        }
    }

    /// Registers a client, a public one without a secret.
    pub fn register(&mut self, client_id: &str, secret: Option<&str>, redirect_uri: &str, scope: &str) {
        let (uri, scope) = (RegisteredUrl::Exact(redirect_uri.parse::<ExactUrl>().unwrap()), scope.parse().unwrap());
        self.clients.register_client(match secret {
            Some(secret) => Client::confidential(client_id, uri, scope, secret.as_bytes()),
            None => Client::public(client_id, uri, scope),
        });
    }

    /// A code, as an authorization left it.
    pub fn code(&mut self, client_id: &str, redirect_uri: &str, scope: &str, verifier: Option<&str>) -> String {
        let (pkce, mut extensions) = (Pkce::optional(), Extensions::new());
        let challenge = verifier.map(|verifier| CodeChallenge::of(verifier).as_str().to_owned().into());
        if let Some(bound) = pkce.challenge(challenge.is_some().then(|| "S256".into()), challenge).unwrap() {
            extensions.set(&pkce, bound);
        }
        let grant = Grant {
            owner_id: "ada".into(),
            client_id: client_id.into(),
            scope: scope.parse().unwrap(),
            redirect_uri: redirect_uri.parse().unwrap(),
            until: chrono::DateTime::<chrono::Utc>::MAX_UTC,
            extensions,
        };
        self.codes.authorize(grant).unwrap()
    }

    /// A token request: the flow of its grant type, or the first one, which refuses every other.
    pub fn token(&mut self, form: &[(&str, &str)], authorization: Option<String>) -> (Verdict, Value) {
        let urlbody = form.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let request = Request { urlbody, auth: authorization, ..Request::default() };
        let answer = match form.iter().find(|(name, _)| *name == "grant_type").map(|(_, word)| *word) {
            Some("refresh_token") => refresh_flow(&self.clients, &mut self.tokens).execute(request).ok(),
            Some("client_credentials") => self.client_credentials(request),
            _ => self.redeem(request),
        };
        read(answer)
    }

    fn client_credentials(&mut self, request: Request) -> Option<Response> {
        let mut solicitor = FnSolicitor(|_: &mut Request, asked: Solicitation<'_>| {
            OwnerConsent::Authorized(asked.pre_grant().client_id.clone())
        });
        client_credentials_flow(&self.clients, &mut self.tokens, &mut solicitor).execute(request).ok()
    }

    fn redeem(&mut self, request: Request) -> Option<Response> {
        let mut addons = AddonList::new();
        addons.push_access_token(Pkce::optional());
        let endpoint = Generic {
            registrar: &self.clients,
            authorizer: &mut self.codes,
            issuer: &mut self.tokens,
            solicitor: Vacant,
            scopes: Vacant,
            response: Vacant,
        };
        AccessTokenFlow::prepare(Extended::extend_with(endpoint, addons)).ok()?.execute(request).ok()
    }
}

fn read(answer: Option<Response>) -> (Verdict, Value) {
    let body = answer.and_then(|answer| answer.body).map(|body| body.as_str().to_owned());
    let json: Value = body.map(|body| serde_json::from_str(&body).unwrap()).unwrap_or_default();
    (Verdict::of(&json), json)
}
