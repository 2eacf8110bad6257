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

/// Answers every request to it alike; ends with the process.
fn answering(status: u16, more: &'static str, body: &'static str) -> u16 {
    use std::io::{Read as _, Write as _};
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut request = [0; 4096];
            let _ = stream.read(&mut request);
            let head =
                format!("HTTP/1.1 {status} x\r\ncontent-length: {}\r\nconnection: close\r\n{more}\r\n", body.len());
            let _ = stream.write_all(format!("{head}{body}").as_bytes());
        }
    });
    port
}

/// What the doctor finds, as `level what → fix`.
fn findings(site: &Installation) -> Vec<String> {
    let said = site.output(&["doctor", "--json"], "");
    let told: serde_json::Value = serde_json::from_str(&said.out).unwrap_or_else(|error| panic!("{error}: {said:?}"));
    let text = |one: &serde_json::Value, name: &str| one[name].as_str().unwrap().to_owned();
    let all = told["findings"].as_array().unwrap().iter();
    all.map(|one| format!("{} {} → {}", text(one, "level"), text(one, "what"), text(one, "fix"))).collect()
}

fn has(found: &[String], words: &[&str]) -> bool {
    found.iter().any(|finding| words.iter().all(|word| finding.contains(word)))
}

fn at(site: &Installation, port: u16, more: &str) {
    let text = format!("issuer = \"http://127.0.0.1:{port}\"\n{more}\n[database]\nurl = \"{}\"\n", site.url);
    std::fs::write(site.file("latchkey.toml"), text).unwrap();
}

#[test]
fn a_403_is_read_and_leads_to_the_proxy_that_is_not_trusted() {
    let site = Installation::migrated();
    let ours = "{\"error\":\"invalid_request\",\"error_description\":\"this server accepts requests only through its proxy (LK-7Q2M9KXA)\"}";
    at(&site, answering(403, "content-type: application/json\r\n", ours), "");
    assert!(has(&findings(&site), &["fail", "does not trust", "proxy.trusted"]), "{:#?}", findings(&site));
    at(&site, answering(403, "", "<html>Forbidden</html>"), "");
    assert!(has(&findings(&site), &["fail", "the answer is not Latchkey's"]), "{:#?}", findings(&site));
}

#[test]
fn a_proxy_that_does_not_say_who_asks_is_told() {
    let site = Installation::migrated();
    let trusted = "proxy.trusted = [\"192.0.2.1\"]";
    for (more, level) in [("x-latchkey-forwarded: missing\r\n", "fail"), ("", "ok")] {
        at(&site, answering(200, more, "alive\n"), trusted);
        assert!(has(&findings(&site), &[level, "X-Forwarded-For"]), "{:#?}", findings(&site));
    }
    at(&site, answering(200, "", "alive\n"), "");
    assert!(!has(&findings(&site), &["X-Forwarded-For"]), "there is no proxy");
}

#[test]
fn nothing_is_asked_of_whatever_listens_where_no_issuer_is_configured() {
    let site = Installation::migrated();
    std::fs::write(site.file("latchkey.toml"), format!("[database]\nurl = \"{}\"\n", site.url)).unwrap();
    let found = findings(&site);
    assert!(has(&found, &["fail", "`issuer` is not set"]), "{found:#?}");
    assert!(!has(&found, &["localhost:8080"]), "{found:#?}");
}

#[test]
fn the_doctor_greets_the_mail_server_as_letters_do() {
    let server = super::support::SmtpServer::open();
    let site = Installation::migrated();
    site.configure(&format!(
        "[mail]\nsmtp = \"{}\"\nfrom = \"no-reply@id.example.com\"\nhello = \"id.example.com\"\n",
        server.url()
    ));
    let found = findings(&site);
    assert!(has(&found, &["ok", "mail server 127.0.0.1", "answers to id.example.com"]), "{found:#?}");
    assert_eq!(server.greetings(), ["id.example.com"]);
    assert_eq!(server.messages().len(), 0);
    site.configure("[mail]\nsmtp = \"smtp://127.0.0.1:1\"\nfrom = \"no-reply@id.example.com\"\n");
    let found = findings(&site);
    assert!(has(&found, &["fail", "mail server 127.0.0.1:1 does not accept mail", "mail.smtp"]), "{found:#?}");
}
