//! OpenID Connect Core §5.3.2, §10, §16.14: userinfo as a JWT, and what is encrypted to the client's keys.

use crate::support::TestOp;
use crate::support::relying_party::{RelyingParty, Tokens, web_app};
use josekit::jwe::{self, JweDecrypter};
use josekit::jwk::Jwk;
use josekit::jwk::alg::{ec::EcCurve, ec::EcKeyPair, rsa::RsaKeyPair};
use serde_json::{Value, json};

/// A client's own key pairs.
struct Keys {
    rsa: Jwk,
    ec: Jwk,
}

impl Keys {
    fn new() -> Self {
        let rsa = RsaKeyPair::generate(2048).unwrap().to_jwk_key_pair();
        let ec = EcKeyPair::generate(EcCurve::P256).unwrap().to_jwk_key_pair();
        Self { rsa, ec }
    }

    fn jwks(&self) -> Value {
        let public = |jwk: &Jwk, kid: &str| {
            let mut public = jwk.to_public_key().unwrap();
            public.set_key_use("enc");
            public.set_key_id(kid);
            Value::Object(public.into())
        };
        json!({ "keys": [public(&self.rsa, "rsa"), public(&self.ec, "ec")] })
    }

    fn decrypter(&self, alg: &str) -> Box<dyn JweDecrypter> {
        match alg {
            "RSA-OAEP" => Box::new(jwe::RSA_OAEP.decrypter_from_jwk(&self.rsa).unwrap()),
            "RSA-OAEP-256" => Box::new(jwe::RSA_OAEP_256.decrypter_from_jwk(&self.rsa).unwrap()),
            "ECDH-ES" => Box::new(jwe::ECDH_ES.decrypter_from_jwk(&self.ec).unwrap()),
            "ECDH-ES+A128KW" => Box::new(jwe::ECDH_ES_A128KW.decrypter_from_jwk(&self.ec).unwrap()),
            "ECDH-ES+A192KW" => Box::new(jwe::ECDH_ES_A192KW.decrypter_from_jwk(&self.ec).unwrap()),
            "ECDH-ES+A256KW" => Box::new(jwe::ECDH_ES_A256KW.decrypter_from_jwk(&self.ec).unwrap()),
            other => panic!("{other}"),
        }
    }

    /// Header and content of a token that was encrypted to these keys.
    fn open(&self, token: &str, alg: &str, enc: &str) -> (Value, String) {
        let (content, header) = jwe::deserialize_compact(token, self.decrypter(alg).as_ref()).unwrap();
        let header = Value::Object(header.into());
        assert_eq!((header["alg"].as_str(), header["enc"].as_str()), (Some(alg), Some(enc)));
        (header, String::from_utf8(content).unwrap())
    }
}

const ALGS: [&str; 6] = ["RSA-OAEP", "RSA-OAEP-256", "ECDH-ES", "ECDH-ES+A128KW", "ECDH-ES+A192KW", "ECDH-ES+A256KW"];
const ENCS: [&str; 6] = ["A128CBC-HS256", "A192CBC-HS384", "A256CBC-HS512", "A128GCM", "A192GCM", "A256GCM"];

async fn client(op: &TestOp, keys: &Keys, more: Value) -> RelyingParty {
    let mut metadata = web_app();
    metadata["jwks"] = keys.jwks();
    for (member, value) in more.as_object().unwrap() {
        metadata[member] = value.clone();
    }
    op.client(metadata).await
}

async fn tokens(op: &TestOp, rp: &RelyingParty) -> Tokens {
    rp.sign_in(&mut op.browser(), &rp.request()).await
}

on_both_stores! {
    async fn oid_09_an_id_token_is_signed_first_and_then_encrypted(op: TestOp) {
        op.person("ada").await;
        let keys = Keys::new();
        for (alg, enc) in ALGS.into_iter().zip(ENCS) {
            let more = json!({"id_token_encrypted_response_alg": alg, "id_token_encrypted_response_enc": enc});
            let rp = client(&op, &keys, more).await;
            let tokens = tokens(&op, &rp).await;
            let (header, inner) = keys.open(&tokens.id_token, alg, enc);
            assert_eq!(header["cty"], "JWT");
            assert!(rp.id_claims(&inner).await["nonce"].is_string(), "{alg} {enc}");
        }
    }

    async fn oidc_registration_2_the_content_encryption_is_a128cbc_hs256_where_none_is_named(op: TestOp) {
        op.person("ada").await;
        let keys = Keys::new();
        let rp = client(&op, &keys, json!({"id_token_encrypted_response_alg": "RSA-OAEP"})).await;
        keys.open(&tokens(&op, &rp).await.id_token, "RSA-OAEP", "A128CBC-HS256");
    }

    async fn oidc_core_5_3_2_userinfo_is_signed_as_registered(op: TestOp) {
        op.person("ada").await;
        for alg in ["RS256", "ES256"] {
            let rp = client(&op, &Keys::new(), json!({"userinfo_signed_response_alg": alg})).await;
            let answer = rp.userinfo(&tokens(&op, &rp).await.access_token).await;
            assert_eq!((answer.status, answer.header("content-type")), (200, "application/jwt"));
            let (header, claims) = rp.verify(&answer.body).await;
            assert_eq!((header["alg"].as_str(), claims["email"].as_str()), (Some(alg), Some("ada@example.com")));
            assert_eq!((claims["iss"].as_str(), claims["aud"].as_str()), (Some(op.issuer()), Some(&*rp.client_id)));
        }
    }

    async fn oidc_core_5_3_2_userinfo_is_encrypted_with_or_without_a_signature(op: TestOp) {
        op.person("ada").await;
        let keys = Keys::new();
        let more = json!({"userinfo_encrypted_response_alg": "ECDH-ES", "userinfo_encrypted_response_enc": "A256GCM"});
        let rp = client(&op, &keys, more.clone()).await;
        let answer = rp.userinfo(&tokens(&op, &rp).await.access_token).await;
        let (header, json) = keys.open(&answer.body, "ECDH-ES", "A256GCM");
        let claims: Value = serde_json::from_str(&json).unwrap();
        assert!(claims["email"] == "ada@example.com" && header.get("cty").is_none());
        let mut more = more;
        more["userinfo_signed_response_alg"] = json!("ES256");
        let rp = client(&op, &keys, more).await;
        let answer = rp.userinfo(&tokens(&op, &rp).await.access_token).await;
        let (header, inner) = keys.open(&answer.body, "ECDH-ES", "A256GCM");
        assert_eq!(header["cty"], "JWT");
        assert_eq!(rp.verify(&inner).await.1["email"], "ada@example.com");
    }

    async fn a_client_without_a_key_that_fits_gets_no_plain_token_instead(op: TestOp) {
        op.person("ada").await;
        let rp = client(&op, &Keys::new(), json!({"id_token_encrypted_response_alg": "RSA-OAEP"})).await;
        let mut metadata = web_app();
        metadata["id_token_encrypted_response_alg"] = json!("RSA-OAEP");
        rp.reregister(&op, metadata).await;
        op.changed();
        let request = rp.request();
        let code = rp.code(&mut op.browser(), &request).await;
        rp.redeem(&code, &request).await.refused(503, "temporarily_unavailable");
    }
}
