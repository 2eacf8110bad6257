//! `keys`.

use super::installation::{Installation, MASTER_KEY, OTHER_KEY, both_engines};
use latchkey::platform::config::Mail;
use latchkey::platform::crypto::MasterKeys;
use latchkey::platform::mail::Mailer;
use latchkey::platform::outbox;
use latchkey::platform::random::OsRandom;
use serde_json::Value;
use std::sync::Arc;

fn states(site: &Installation, alg: &str) -> Vec<String> {
    let keys = site.json(&["keys", "list"]);
    let of = |key: &&Value| key["alg"] == alg;
    keys.as_array().unwrap().iter().filter(of).map(|key| key["state"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_new_key_is_published_ahead_and_made_once() {
    for site in both_engines() {
        site.run(&["migrate"]);
        let first = site.json(&["keys", "rotate", "--algorithm", "ES256"]);
        assert_eq!(site.json(&["keys", "rotate", "--algorithm", "ES256"]), first);
        assert_eq!(states(&site, "ES256"), ["active", "pending"]);
        let now = site.json(&["keys", "rotate", "--algorithm", "ES256", "--now"]);
        assert_eq!((&now[0]["kid"], &now[0]["state"]), (&first[0]["kid"], &Value::from("active")));
        assert_eq!(states(&site, "ES256"), ["retiring", "active"]);
        assert_eq!(states(&site, "RS256"), ["active"]);
    }
}

#[test]
fn rewrap_needs_the_former_key_and_then_frees_from_it() {
    let site = Installation::migrated();
    let hmac = ["client", "create", "--auth-method", "client_secret_jwt", "--redirect-uri", "https://rp.example/cb"];
    assert_eq!(site.output(&hmac, "").code, 0);
    site.configure("[mail]\nfolder = \"mail\"\n[signup]\nmode = \"invite\"");
    site.run(&["user", "invite", "ada@example.org"]);
    let alone = site.output_with_key(&["keys", "rewrap"], "", OTHER_KEY);
    assert!(alone.code == 1 && alone.err.contains("nothing was changed"), "{alone:?}");
    let both = site.output_with_key(&["keys", "rewrap"], "", &format!("{OTHER_KEY},{MASTER_KEY}"));
    assert!(both.code == 0 && both.out.starts_with("5 secrets"), "{both:?}");
    // The email that waits is sent by a server that has the new key alone.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (id, payload) = runtime.block_on(site.db().read(|tx| outbox::store::list_sealed(tx, &[]))).unwrap().remove(0);
    let masters = Arc::new(MasterKeys::parse(OTHER_KEY).unwrap());
    let mailer = Mailer::new(&Mail::default(), masters, Arc::new(OsRandom)).unwrap();
    assert!(mailer.open(&id, &payload).unwrap().contains("ada@example.org"));
    let create = ["client", "create", "--redirect-uri", "https://rp.example/cb"];
    assert_eq!(site.output_with_key(&create, "", OTHER_KEY).code, 0);
    let former = site.output_with_key(&create, "", MASTER_KEY);
    assert!(former.code == 1 && former.err.contains("master key"), "{former:?}");
    let wrong = site.output_with_key(&["migrate"], "", MASTER_KEY);
    assert_eq!(wrong.code, 1, "a wrong master key must not make new keys: {wrong:?}");
}

#[test]
fn a_revoked_key_is_followed_by_another_at_once() {
    for site in both_engines() {
        site.run(&["migrate"]);
        let leaked = site.json(&["keys", "list"]);
        let leaked = leaked.as_array().unwrap().iter().find(|key| key["alg"] == "ES256").unwrap()["kid"].clone();
        let kid = leaked.as_str().unwrap();
        let done = site.json(&["keys", "revoke", kid]);
        assert_eq!((&done["revoked"]["kid"], &done["revoked"]["state"]), (&leaked, &Value::from("revoked")));
        assert_eq!(done["successor"]["state"], "active");
        assert_eq!(states(&site, "ES256"), ["revoked", "active"]);
        assert_eq!(site.json(&["keys", "revoke", kid])["successor"], Value::Null, "it was so already");
        // One that waits takes over, rather than a new one.
        let waiting = site.json(&["keys", "rotate", "--algorithm", "ES256"])[0]["kid"].clone();
        let next = site.json(&["keys", "revoke", done["successor"]["kid"].as_str().unwrap()]);
        assert_eq!(next["successor"]["kid"], waiting);
        assert_eq!(states(&site, "ES256"), ["revoked", "revoked", "active"]);
        assert_eq!(states(&site, "RS256"), ["active"]);
        let unknown = site.output(&["keys", "revoke", "nobody"], "");
        assert!(unknown.code == 1 && unknown.err.contains("keys list"), "{unknown:?}");
    }
}

#[test]
fn a_key_to_encrypt_to_is_made_on_demand_and_listed_with_its_use() {
    let site = Installation::migrated();
    let made = site.json(&["keys", "rotate", "--algorithm", "ECDH-ES", "--now"]);
    assert_eq!((&made[0]["use"], &made[0]["state"]), (&Value::from("enc"), &Value::from("active")));
    let listed = site.json(&["keys", "list"]);
    let uses: Vec<_> = listed.as_array().unwrap().iter().map(|key| key["use"].as_str().unwrap()).collect();
    assert_eq!(uses.iter().filter(|name| **name == "enc").count(), 1);
    assert!(listed.as_array().unwrap().iter().all(|key| key["not_seen_by"] == Value::Array(Vec::new())));
    assert_eq!(site.output(&["keys", "rotate", "--algorithm", "RSA1_5"], "").code, 2);
}
