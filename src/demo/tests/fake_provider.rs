//! A provider that answers what a test wants.

use crate::platform::clock::{Clock as _, SystemClock};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use openssl::{hash::MessageDigest, pkey::PKey, pkey::Private, rsa::Rsa, sha::sha256, sign::Signer};
use serde_json::{Value, json};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::method, matchers::path};

/// One key pair, with its id.
pub(super) struct Key(&'static str, PKey<Private>);

impl Key {
    pub(super) fn new(id: &'static str) -> Self {
        Self(id, PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap())
    }

    fn published(&self) -> Value {
        let rsa = self.1.rsa().unwrap();
        let [n, e] = [rsa.n(), rsa.e()].map(|number| BASE64.encode(number.to_vec()));
        json!({"kty": "RSA", "use": "sig", "alg": "RS256", "kid": self.0, "n": n, "e": e})
    }

    pub(super) fn sign(&self, claims: &Value) -> String {
        let header = json!({"alg": "RS256", "kid": self.0}).to_string();
        let message = format!("{}.{}", BASE64.encode(header), BASE64.encode(claims.to_string()));
        let mut signer = Signer::new(MessageDigest::sha256(), &self.1).unwrap();
        let signature = signer.sign_oneshot_to_vec(message.as_bytes()).unwrap();
        format!("{message}.{}", BASE64.encode(signature))
    }
}

/// The provider: its endpoints are whatever was mounted last.
pub(super) struct FakeProvider {
    server: MockServer,
}

impl FakeProvider {
    pub(super) async fn start(key: &Key) -> Self {
        let provider = Self { server: MockServer::start().await };
        let issuer = provider.issuer();
        let metadata = json!({
            "issuer": issuer, "authorization_endpoint": format!("{issuer}/authorize"),
            "token_endpoint": format!("{issuer}/token"), "userinfo_endpoint": format!("{issuer}/userinfo"),
            "introspection_endpoint": format!("{issuer}/introspect"), "jwks_uri": format!("{issuer}/jwks"),
            "end_session_endpoint": format!("{issuer}/logout"), "response_types_supported": ["code"],
            "subject_types_supported": ["public"], "id_token_signing_alg_values_supported": ["RS256", "ES256"],
            "authorization_response_iss_parameter_supported": true,
        });
        provider.answer("GET", "/.well-known/openid-configuration", 200, metadata).await;
        provider.publish(key).await;
        provider.answer("GET", "/userinfo", 200, json!({"sub": "alice-1", "name": "Alice", "colour": "teal"})).await;
        provider.answer("POST", "/introspect", 200, json!({"active": true, "client_id": "demo"})).await;
        provider
    }

    pub(super) fn issuer(&self) -> String {
        self.server.uri()
    }

    pub(super) async fn publish(&self, key: &Key) {
        self.answer("GET", "/jwks", 200, json!({"keys": [key.published()]})).await;
    }

    pub(super) async fn answer(&self, verb: &str, endpoint: &str, status: u16, body: Value) {
        let answer = ResponseTemplate::new(status).set_body_json(body);
        // The lowest number comes first: what was mounted last covers what was there.
        let order = u8::try_from(250 - self.mounted().await).unwrap();
        Mock::given(method(verb))
            .and(path(endpoint))
            .respond_with(answer)
            .with_priority(order)
            .mount(&self.server)
            .await;
    }

    /// Counts up with each call.
    async fn mounted(&self) -> usize {
        static MOUNTED: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
        MOUNTED.fetch_add(1, std::sync::atomic::Ordering::SeqCst) % 240
    }

    /// The claims of a good ID token.
    pub(super) fn claims(&self, nonce: &str) -> Value {
        let now = SystemClock.now().seconds();
        let at_hash = BASE64.encode(&sha256(b"at-1")[..16]);
        json!({"iss": self.issuer(), "aud": "demo", "sub": "alice-1", "name": "Alice Liddell", "nonce": nonce,
            "iat": now, "exp": now + 300, "at_hash": at_hash})
    }

    pub(super) async fn answer_tokens(&self, id_token: Option<String>, refresh_token: Option<&str>) {
        let mut tokens = json!({"access_token": "at-1", "token_type": "Bearer", "expires_in": 300});
        if let Some(id_token) = id_token {
            tokens["id_token"] = id_token.into();
        }
        if let Some(refresh_token) = refresh_token {
            tokens["refresh_token"] = refresh_token.into();
        }
        self.answer("POST", "/token", 200, tokens).await;
    }

    /// The `Authorization` header and the form of the last request to the token endpoint.
    pub(super) async fn last_token_request(&self) -> (String, Vec<(String, String)>) {
        let requests = self.server.received_requests().await.unwrap();
        let last = requests.iter().rfind(|request| request.url.path() == "/token").unwrap();
        let form = url::form_urlencoded::parse(&last.body).into_owned().collect();
        (last.headers["authorization"].to_str().unwrap().to_owned(), form)
    }
}
