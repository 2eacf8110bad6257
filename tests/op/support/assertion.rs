//! Client assertions (RFC 7523), good ones and odd ones.

use super::{Answer, RelyingParty, TestOp};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use latchkey::platform::jose::{Algorithm, KeyPair, Signer as _};
use latchkey::platform::random::{self, OsRandom};
use serde_json::{Value, json};
use std::sync::OnceLock;

pub const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// The key of every client with `private_key_jwt` in these tests.
pub fn key() -> &'static KeyPair {
    static KEY: OnceLock<KeyPair> = OnceLock::new();
    KEY.get_or_init(|| KeyPair::generate(Algorithm::ES256).unwrap())
}

/// A robot that authenticates by assertion.
pub fn metadata() -> Value {
    json!({
        "token_endpoint_auth_method": "private_key_jwt", "grant_types": ["client_credentials"],
        "jwks": {"keys": [key().public_jwk()]},
    })
}

/// What a good assertion says at this moment.
pub fn claims(op: &TestOp, rp: &RelyingParty) -> Value {
    let now = op.now().seconds();
    json!({
        "iss": rp.client_id, "sub": rp.client_id, "aud": op.issuer(),
        "jti": random::token(&OsRandom), "iat": now, "exp": now + 60,
    })
}

/// Signs claims as they are.
pub fn sign(key: &KeyPair, claims: &Value) -> String {
    key.signer().unwrap().sign("JWT", claims.to_string().as_bytes()).unwrap()
}

/// Signs any header over any payload.
pub fn sign_raw(key: &KeyPair, header: &str, payload: &str) -> String {
    let input = unsigned(header, payload);
    let signature = key.signer().unwrap().sign_bytes(input.as_bytes()).unwrap();
    format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature))
}

/// Header and payload without a signature.
pub fn unsigned(header: &str, payload: &str) -> String {
    format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload))
}

/// An HMAC over claims, with whatever secret.
pub fn hmac(secret: &[u8], claims: &Value) -> String {
    let mut header = josekit::jws::JwsHeader::new();
    header.set_token_type("JWT");
    let signer = josekit::jws::HS256.signer_from_bytes(secret).unwrap();
    josekit::jws::serialize_compact(claims.to_string().as_bytes(), &header, &signer).unwrap()
}

/// A client credentials request with an assertion.
pub async fn present(rp: &RelyingParty, assertion: &str) -> Answer {
    let form = [("grant_type", "client_credentials"), ("client_assertion_type", TYPE), ("client_assertion", assertion)];
    rp.token(&form).await
}
