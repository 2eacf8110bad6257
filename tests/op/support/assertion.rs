//! Client assertions (RFC 7523), good ones and odd ones.

use super::{RelyingParty, TestOp};
use josekit::jws::JwsHeader;
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

/// An HMAC over claims, with whatever secret.
pub fn hmac(secret: &[u8], claims: &Value) -> String {
    let mut header = JwsHeader::new();
    header.set_token_type("JWT");
    let signer = josekit::jws::HS256.signer_from_bytes(secret).unwrap();
    josekit::jws::serialize_compact(claims.to_string().as_bytes(), &header, &signer).unwrap()
}
