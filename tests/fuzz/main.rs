//! Fuzz targets: whatever bytes come, a parser answers and does not panic, and what it accepts it accepts for a reason.
//! Run by `cargo test` for a moment; `cargo bolero test --test fuzz NAME` goes on for as long as one likes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a target that fails says so

#[path = "../support/foreign_client.rs"]
#[allow(unreachable_pub, dead_code)] // shared with other tests
mod foreign_client;
mod foreign_jose;

use bolero::check;
use latchkey::model::credential::choice;
use latchkey::model::user::identifier::Identifier;
use latchkey::platform::config;
use latchkey::platform::crypto::{OpaqueToken, TokenKind};
use latchkey::platform::jose::{self, Algorithm, Rules, Typ, VerificationKeys};
use latchkey::platform::password::{self, FirebaseProject};
use latchkey::platform::telemetry::record;
use latchkey::protocol::client_metadata::ClientMetadata;
use latchkey::protocol::params::Params;
use latchkey::protocol::pkce::CodeChallenge;
use latchkey::protocol::prompt::Prompt;
use latchkey::protocol::redirect_uri;
use latchkey::protocol::request_object;
use latchkey::protocol::scope::Scope;
use latchkey::tokens::family::PresentedRefreshToken;

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn parameters_that_parse_survive_being_written_and_read_again() {
    check!().for_each(|bytes: &[u8]| {
        if let Ok(params) = Params::parse(bytes) {
            assert_eq!(Params::parse(params.encode().as_bytes()).unwrap(), params);
        }
    });
}

#[test]
fn the_log_is_json_whatever_was_sent() {
    let log = config::Log { format: config::LogFormat::Json, ..config::Log::default() };
    check!().for_each(|bytes: &[u8]| {
        let sent = text(bytes);
        let written = record::written(&log, || {
            let span = tracing::error_span!("request", sent, parent_id = tracing::field::Empty);
            span.record("parent_id", &sent);
            span.in_scope(|| tracing::warn!(sent, shown = %sent, debug = ?bytes, level = sent, "{sent}"));
        });
        let line = written.strip_suffix(b"\n").unwrap();
        // It refuses a member that comes twice.
        let record = jose::parse_object(line).unwrap();
        for found in [&record["sent"], &record["shown"], &record["message"], &record["span"]["sent"]] {
            assert_eq!(found, &serde_json::Value::from(sent.clone()));
        }
        assert!(!std::str::from_utf8(line).unwrap().chars().any(char::is_control));
    });
}

#[test]
fn a_redirect_uri_matches_only_itself_or_another_loopback_port() {
    const REGISTERED: [&str; 3] = ["https://rp.example/cb?x=1", "http://127.0.0.1/cb", "com.example.app:/cb"];
    check!().for_each(|bytes: &[u8]| {
        let requested = text(bytes);
        let _ = redirect_uri::check(&requested);
        for registered in REGISTERED {
            if redirect_uri::matches(registered, &requested) && registered != requested {
                assert!(requested.starts_with("http://127.0.0.1"), "{requested}");
            }
        }
    });
}

#[test]
fn nothing_that_we_did_not_sign_verifies() {
    check!().for_each(|bytes: &[u8]| {
        let keys = VerificationKeys::default();
        let rules = Rules { algorithms: &Algorithm::ALL, typ: Typ::Plain, keys: &keys };
        assert!(jose::verify(&text(bytes), &rules).is_err());
        let _ = VerificationKeys::parse(bytes);
    });
}

#[test]
fn opaque_tokens_are_read_or_refused() {
    check!().for_each(|bytes: &[u8]| {
        let text = text(bytes);
        let _ = PresentedRefreshToken::parse(&text);
        assert_eq!(OpaqueToken::parse(TokenKind::AuthorizationCode, &text), None);
        let token = OpaqueToken::from_bytes(TokenKind::RefreshToken, bytes);
        if let Some(payload) = OpaqueToken::parse(TokenKind::RefreshToken, token.expose()) {
            assert_eq!(payload, bytes);
        }
    });
}

#[test]
fn words_of_a_request_are_read_or_refused() {
    check!().for_each(|bytes: &[u8]| {
        let text = text(bytes);
        let _ = (Prompt::parse(Some(&text)), CodeChallenge::parse(Some(&text), Some("S256")));
        if let Ok(scope) = Scope::parse(&text) {
            assert_eq!(Scope::parse(&scope.to_string()).unwrap(), scope);
        }
        for identifier in Identifier::candidates(&text) {
            assert!(!identifier.folded.is_empty());
        }
    });
}

#[test]
fn client_metadata_are_judged_whatever_they_hold() {
    check!().for_each(|bytes: &[u8]| {
        if let Ok(metadata) = serde_json::from_slice::<ClientMetadata>(bytes) {
            let _ = (metadata.check(), metadata.warnings());
        }
    });
}

#[test]
fn claims_of_a_request_object_become_parameters_or_are_refused() {
    let outer: Params = [("client_id", "rp"), ("state", "outside")].into_iter().collect();
    check!().for_each(|bytes: &[u8]| {
        let Ok(claims) = jose::parse_object(bytes) else { return };
        if let Ok(params) = request_object::effective(&outer, &claims) {
            assert_eq!(params.find("client_id"), Some("rp"));
            assert!(params.find("request").is_none() && params.find("request_uri").is_none());
            // An interaction keeps them as text.
            assert_eq!(Params::parse(params.encode().as_bytes()).unwrap(), params);
        }
    });
}

#[test]
fn no_text_makes_the_reader_of_foreign_hashes_panic_and_what_it_keeps_it_reads_again() {
    const BEGINNINGS: [&str; 12] = [
        "",
        "$2b$04$",
        "$5$",
        "$6$rounds=",
        "$scrypt$ln=",
        "$pbkdf2-sha256$",
        "pbkdf2_sha256$1$",
        "{SSHA}",
        "{CRYPT}$",
        "$firebase-scrypt$",
        "scrypt$16384$",
        "bcrypt_sha256$$2b$",
    ];
    check!().for_each(|bytes: &[u8]| {
        for beginning in BEGINNINGS {
            let written = serde_json::Value::String(format!("{beginning}{}", text(bytes)));
            if let Ok(kept) = password::import(&written, None) {
                let again = password::import(&serde_json::Value::String(kept.expose().clone()), None);
                assert_eq!(again.as_ref(), Ok(&kept));
            }
        }
        if let Ok(object) = serde_json::from_slice(bytes) {
            let _ = password::import(&object, None);
        }
        let _ = FirebaseProject::parse(&text(bytes));
    });
}

#[test]
fn any_password_is_judged() {
    check!().for_each(|bytes: &[u8]| {
        let chosen = text(bytes);
        let names = [chosen.get(..1).unwrap_or("ada"), "ada@example.org"];
        let judged = choice::weigh(&chosen, &names, &config::Password::default()).unwrap();
        assert!(judged.is_some() || chosen.chars().count() >= 15);
    });
}
