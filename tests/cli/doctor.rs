//! `doctor` and `explain`.

use super::installation::{Installation, MASTER_KEY};
use latchkey::model::key::first;
use latchkey::op::refusal::Refusal;
use latchkey::platform::clock::SystemClock;
use latchkey::platform::crypto::MasterKeys;
use latchkey::platform::ephemeral::{self, Namespace, Slots};
use latchkey::platform::random::OsRandom;
use std::sync::Arc;
use std::time::Duration;

#[test]
fn the_doctor_finds_what_is_wrong_and_says_what_to_do() {
    let site = Installation::migrated();
    site.configure("[pkce]\nrequire = \"off\"\n");
    let said = site.output(&["doctor", "--json"], "");
    assert_eq!(said.code, 1, "no server answers at the issuer");
    let told: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    let findings = told["findings"].as_array().unwrap();
    let has = |level: &str, word: &str| {
        findings.iter().any(|one| one["level"] == level && one["what"].as_str().unwrap().contains(word))
    };
    assert!(has("warn", "pkce.require") && has("fail", "cannot be fetched"), "{told:#}");
    assert!(has("ok", "schema is current") && has("ok", "RS256 key signs"), "{told:#}");
    assert!(findings.iter().all(|one| one["level"] == "ok" || !one["fix"].as_str().unwrap().is_empty()));
}

#[tokio::test]
async fn explain_prints_the_record_of_a_refusal() {
    let site = Installation::migrated();
    let masters = MasterKeys::parse(MASTER_KEY).unwrap();
    let pepper = first::find_pepper(&site.db(), &masters).await.unwrap().unwrap();
    let url = format!("sqlite://{}", site.file("latchkey.db.ephemeral").display());
    let store = ephemeral::open(&url, Arc::new(SystemClock), Arc::new(OsRandom)).await.unwrap();
    let refusal = Refusal {
        reference: "LK-7Q2M9KXA".into(),
        at: 0,
        endpoint: "authorize".into(),
        error: "invalid_request".into(),
        description: "redirect_uri is not registered".into(),
        clause: Some("RFC 9700 §2.1".into()),
        client_id: Some("shop".into()),
        sent: Some("https://shop.example/cb\u{1b}[2J".into()),
        expected: Some("https://shop.example/callback".into()),
        cause: None,
    };
    let slot = Slots::new(store, first::key_hasher(&pepper)).slot(Namespace::Refusal);
    slot.put("LK-7Q2M9KXA", &refusal, Duration::from_secs(60)).await.unwrap();
    let said = site.run(&["explain", "lk-7q2m9kxa"]);
    for word in ["RFC 9700", "https://shop.example/callback", "client update shop", "1970-01-01 00:00:00 UTC"] {
        assert!(said.contains(word), "{word} in {said}");
    }
    assert!(!said.contains('\u{1b}'), "what a stranger sent reaches no terminal");
}
