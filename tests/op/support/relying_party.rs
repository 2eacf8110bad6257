//! A relying party: asks for codes, redeems them, and believes nothing but the published keys.

use super::{Answer, Browser, TestOp};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use latchkey::model::client::{self, Origin};
use latchkey::model::picture;
use latchkey::platform::id;
use latchkey::platform::random::{self, OsRandom};
use latchkey::protocol::client_metadata::ClientMetadata;
use latchkey::protocol::pkce::CodeChallenge;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU32, Ordering};

pub const REDIRECT_URI: &str = "https://rp.example/callback";

/// What a client sends to say who it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Auth {
    /// `client_id` alone.
    None,
    Basic,
    Post,
}

/// A registered client.
#[derive(Clone)]
pub struct RelyingParty {
    pub client_id: String,
    pub secret: String,
    pub auth: Auth,
    pub redirect_uri: String,
    pub issuer: String,
    pub http: reqwest::Client,
    /// The replica that it speaks to.
    pub base: String,
}

/// The answer of the token endpoint, as a relying party reads it.
#[derive(Clone, Debug)]
pub struct Tokens {
    pub access_token: String,
    pub refresh_token: String,
    pub id_token: String,
    pub all: Value,
}

/// A web application with a code, refresh and the usual scopes.
pub fn web_app() -> Value {
    json!({
        "client_name": "Harbour", "redirect_uris": [REDIRECT_URI],
        "grant_types": ["authorization_code", "refresh_token"],
        "scope": "openid profile email phone address offline_access",
    })
}

impl RelyingParty {
    pub(super) async fn register(op: &TestOp, metadata: Value) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let client_id = format!("client-{}", COUNT.fetch_add(1, Ordering::Relaxed));
        Self::register_as(op, &client_id, &random::token(&OsRandom), metadata).await
    }

    /// Registers a client under an id and with a secret of the test's choice.
    pub async fn register_as(op: &TestOp, client_id: &str, secret: &str, metadata: Value) -> Self {
        let metadata: ClientMetadata = serde_json::from_value(metadata).unwrap();
        let auth = match metadata.token_endpoint_auth_method.as_deref() {
            None | Some("client_secret_basic") => Auth::Basic,
            Some("client_secret_post") => Auth::Post,
            Some(_) => Auth::None,
        };
        let redirect_uri = metadata.redirect_uris.first().cloned().unwrap_or_default();
        let rp = Self {
            client_id: client_id.to_owned(),
            secret: secret.to_owned(),
            auth,
            redirect_uri,
            issuer: op.issuer().to_owned(),
            http: super::http::client(),
            base: op.url(""),
        };
        rp.save(op, metadata).await;
        rp
    }

    async fn save(&self, op: &TestOp, metadata: ClientMetadata) {
        let (client_id, now) = (self.client_id.clone(), op.now());
        let row = id::new(now, &OsRandom);
        let secret = op.op.secret_sealing().given((&row, &client_id), &self.secret, &metadata);
        op.write(move |tx| {
            client::store::save(tx, &client_id, Origin::Operator, true, &metadata, now)?;
            client::store::add_secret(tx, &client_id, &secret, None, now)
        })
        .await;
    }

    /// An operator makes another secret; the former one is good for as long as `overlap` says.
    pub async fn rotate_secret(&self, op: &TestOp, overlap: std::time::Duration) -> Self {
        let (client_id, now) = (self.client_id.clone(), op.now());
        let client = op.op.clients.find(&client_id).await.unwrap().unwrap();
        let row = id::new(now, &OsRandom);
        let (text, kept) = op.op.secret_sealing().fresh((&row, &client_id), &client.metadata);
        op.write(move |tx| client::store::add_secret(tx, &client_id, &kept, Some(now + overlap), now)).await;
        Self { secret: text.expose().to_owned(), ..self.clone() }
    }

    /// An operator changes what the client registered.
    pub async fn reregister(&self, op: &TestOp, metadata: Value) {
        self.save(op, serde_json::from_value(metadata).unwrap()).await;
    }

    /// Asks for the logo that the client registered, as `latchkey client` does.
    pub async fn ask_for_logo(&self, op: &TestOp) {
        let (client_id, now) = (self.client_id.clone(), op.now());
        let message = id::new(now, &OsRandom);
        op.write(move |tx| {
            let client = client::store::find(tx, &client_id)?.unwrap();
            picture::store::ask_for(tx, &client_id, &client.metadata, &message, now)
        })
        .await;
    }

    /// An operator lets the client be used, or not.
    pub async fn set_enabled(&self, op: &TestOp, enabled: bool) {
        let (client_id, now) = (self.client_id.clone(), op.now());
        assert!(op.write(move |tx| client::store::set_enabled(tx, &client_id, enabled, now)).await);
    }

    /// The same client speaking to another replica.
    pub fn through(&self, replica: &TestOp) -> Self {
        Self { base: replica.url(""), http: super::http::client(), ..self.clone() }
    }

    /// The same client authenticating in another way.
    pub fn with_auth(&self, auth: Auth) -> Self {
        Self { auth, ..self.clone() }
    }

    /// A request for a code, with everything that a good one has.
    pub fn request(&self) -> Request {
        let (verifier, state, nonce) = (random::token(&OsRandom), random::token(&OsRandom), random::token(&OsRandom));
        let challenge = CodeChallenge::of(&verifier).as_str().to_owned();
        let parameters = [
            ("response_type", "code"),
            ("client_id", &self.client_id),
            ("redirect_uri", &self.redirect_uri),
            ("scope", "openid profile email"),
            ("state", &state),
            ("nonce", &nonce),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ];
        let parameters = parameters.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        Request { parameters, verifier, base: self.base.clone() }
    }

    /// Sends a browser for a code; the person does what the pages ask.
    pub async fn code(&self, browser: &mut Browser, request: &Request) -> String {
        let answer = browser.walk(&request.url()).await;
        let query = answer.query();
        query.get("code").cloned().unwrap_or_else(|| panic!("no code: {query:?}"))
    }

    /// The whole main job: a person signs in, the code becomes tokens.
    pub async fn sign_in(&self, browser: &mut Browser, request: &Request) -> Tokens {
        let code = self.code(browser, request).await;
        Tokens::of(self.redeem(&code, request).await.ok())
    }

    /// Redeems a code as its request began.
    pub async fn redeem(&self, code: &str, request: &Request) -> Answer {
        self.token(&self.redemption(code, request)).await
    }

    /// The token request for a code.
    pub fn redemption<'a>(&'a self, code: &'a str, request: &'a Request) -> Vec<(&'a str, &'a str)> {
        let mut form = vec![("grant_type", "authorization_code"), ("code", code), ("redirect_uri", &self.redirect_uri)];
        if request.find("code_challenge").is_some() {
            form.push(("code_verifier", &request.verifier));
        }
        form
    }

    pub async fn refresh(&self, refresh_token: &str) -> Answer {
        self.token(&[("grant_type", "refresh_token"), ("refresh_token", refresh_token)]).await
    }

    /// A token request with the client's own authentication.
    pub async fn token(&self, form: &[(&str, &str)]) -> Answer {
        self.post("/token", form).await
    }

    pub async fn introspect(&self, token: &str) -> Answer {
        self.post("/introspect", &[("token", token)]).await
    }

    pub async fn revoke(&self, token: &str) -> Answer {
        self.post("/revoke", &[("token", token)]).await
    }

    /// The claims that an access token opens, by header.
    pub async fn userinfo(&self, access_token: &str) -> Answer {
        Answer::of(self.http.get(self.url("/userinfo")).bearer_auth(access_token)).await
    }

    /// A request to an endpoint that authenticates clients.
    pub async fn post(&self, path: &str, form: &[(&str, &str)]) -> Answer {
        let request = self.http.post(self.url(path));
        let mut form = form.to_vec();
        let request = match self.auth {
            Auth::Basic => request.header("authorization", self.basic()),
            Auth::Post => {
                form.extend([("client_id", self.client_id.as_str()), ("client_secret", &self.secret)]);
                request
            }
            Auth::None => {
                if !form.iter().any(|(name, _)| matches!(*name, "client_id" | "client_assertion")) {
                    form.push(("client_id", &self.client_id));
                }
                request
            }
        };
        Answer::of(request.form(&form)).await
    }

    /// The Authorization header, form-encoded first (RFC 6749 §2.3.1).
    pub fn basic(&self) -> String {
        let encode = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        format!("Basic {}", STANDARD.encode(format!("{}:{}", encode(&self.client_id), encode(&self.secret))))
    }

    /// A bare request to the replica, for whatever no client would send.
    pub fn raw(&self, method: reqwest::Method, path: &str) -> reqwest::RequestBuilder {
        self.http.request(method, self.url(path))
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// Verifies a token with the published keys alone; its header and claims.
    pub async fn verify(&self, token: &str) -> (Value, Value) {
        let header = part(token, 0);
        let jwks = Answer::of(self.http.get(self.url("/jwks"))).await.json();
        let keys = jwks["keys"].as_array().unwrap();
        let key = keys.iter().find(|key| key["kid"] == header["kid"]).expect("a published key");
        assert_eq!((&key["alg"], &key["use"]), (&header["alg"], &json!("sig")));
        let jwk = josekit::jwk::Jwk::from_map(key.as_object().unwrap().clone()).unwrap();
        let verifier = verifier(header["alg"].as_str().unwrap(), &jwk);
        let verified = josekit::jws::deserialize_compact(token, verifier.as_ref());
        let (payload, _) = verified.unwrap_or_else(|error| panic!("{error}"));
        (header, serde_json::from_slice(&payload).unwrap())
    }

    /// An ID token's claims, judged as OpenID Connect Core §3.1.3.7 says.
    pub async fn id_claims(&self, token: &str) -> Value {
        let (header, claims) = self.verify(token).await;
        assert_eq!(header["typ"], "JWT");
        assert_eq!(
            (claims["iss"].as_str(), claims["aud"].as_str()),
            (Some(self.issuer.as_str()), Some(self.client_id.as_str()))
        );
        claims
    }
}

fn verifier(alg: &str, jwk: &josekit::jwk::Jwk) -> Box<dyn josekit::jws::JwsVerifier> {
    use josekit::jws;
    match alg {
        "RS256" => Box::new(jws::RS256.verifier_from_jwk(jwk).unwrap()),
        "RS384" => Box::new(jws::RS384.verifier_from_jwk(jwk).unwrap()),
        "RS512" => Box::new(jws::RS512.verifier_from_jwk(jwk).unwrap()),
        "PS256" => Box::new(jws::PS256.verifier_from_jwk(jwk).unwrap()),
        "PS384" => Box::new(jws::PS384.verifier_from_jwk(jwk).unwrap()),
        "PS512" => Box::new(jws::PS512.verifier_from_jwk(jwk).unwrap()),
        "ES256" => Box::new(jws::ES256.verifier_from_jwk(jwk).unwrap()),
        "ES384" => Box::new(jws::ES384.verifier_from_jwk(jwk).unwrap()),
        "ES512" => Box::new(jws::ES512.verifier_from_jwk(jwk).unwrap()),
        "EdDSA" => Box::new(jws::EdDSA.verifier_from_jwk(jwk).unwrap()),
        other => panic!("signed with {other}"),
    }
}

impl Tokens {
    pub fn of(answer: &Answer) -> Self {
        let all = answer.json();
        let text = |name: &str| all[name].as_str().unwrap_or_default().to_owned();
        Self {
            access_token: text("access_token"),
            refresh_token: text("refresh_token"),
            id_token: text("id_token"),
            all,
        }
    }
}

/// A part of a JWT, unverified.
pub fn part(token: &str, index: usize) -> Value {
    let text = token.split('.').nth(index).unwrap_or_else(|| panic!("no JWT: {token}"));
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).unwrap()).unwrap()
}

/// An authorization request.
#[derive(Clone, Debug)]
pub struct Request {
    pub parameters: Vec<(String, String)>,
    pub verifier: String,
    pub base: String,
}

impl Request {
    /// Sets a parameter.
    pub fn with(self, name: &str, value: &str) -> Self {
        let mut changed = self.without(name);
        changed.parameters.push((name.to_owned(), value.to_owned()));
        changed
    }

    /// Adds a parameter, whatever is there.
    pub fn and(mut self, name: &str, value: &str) -> Self {
        self.parameters.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn without(mut self, name: &str) -> Self {
        self.parameters.retain(|(known, _)| known != name);
        self
    }

    pub fn find(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub fn query(&self) -> String {
        url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.parameters).finish()
    }

    pub fn url(&self) -> String {
        format!("{}/authorize?{}", self.base, self.query())
    }
}
