//! `user`, `session` and `consent`.

use super::installation::{Installation, both_engines};
use latchkey::model::consent::{self, Consent};
use latchkey::model::credential::passkey::Passkey;
use latchkey::model::factor::{self, Authenticator};
use latchkey::model::session::{self, BrowserSession};
use latchkey::model::user::identifier::Identifier;
use latchkey::model::{credential, event, user};
use latchkey::platform::clock::{Clock as _, SystemClock};
use latchkey::platform::crypto::Sealed;
use latchkey::platform::db::Connection;
use latchkey::platform::password::{Cost, Passwords};
use latchkey::platform::random::OsRandom;
use latchkey::platform::secret::Secret;
use latchkey::protocol::scope::Scope;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;

#[test]
fn a_person_is_created_changed_disabled_and_deleted() {
    for site in both_engines() {
        site.run(&["migrate"]);
        let create = ["user", "create", "Ada", "--email", "ada@example.org", "--email-verified", "--no-password"];
        let created = site.json(&create);
        let (email, zone) = ("Ada@example.net", "zoneinfo=Europe/London");
        site.run(&["user", "update", "ada", "--email", email, "--claim", zone, "--username", "lovelace"]);
        let shown = site.json(&["user", "show", "ADA@example.net"]);
        assert_eq!(shown["sub"], created["sub"]);
        assert_eq!(shown["username"], "lovelace");
        assert_eq!(shown["claims"]["preferred_username"], "lovelace");
        assert_eq!(shown["claims"]["email_verified"], json!(null), "another address is not verified yet");
        site.run(&["user", "disable", "lovelace"]);
        assert_eq!(site.json(&["user", "show", "lovelace"])["status"], "disabled");
        site.run(&["user", "enable", "lovelace"]);
        site.run(&["user", "delete", "lovelace"]);
        assert_eq!(site.json(&["user", "list"]), json!([]));
        let sub = created["sub"].as_str().unwrap();
        let again = site.output(&["user", "create", "other", "--no-password", "--sub", sub], "");
        assert!(again.code == 1 && again.err.contains("was given to another person"), "{again:?}");
    }
}

#[test]
fn names_are_one_persons_only() {
    let site = Installation::migrated();
    site.run(&["user", "create", "ada", "--email", "ada@example.org", "--no-password"]);
    let taken: [&[&str]; 3] = [
        &["user", "create", "ADA", "--no-password"],
        &["user", "create", "b", "--email", "ADA@example.org", "--no-password"],
        &["user", "create", "ada@example.org", "--no-password"],
    ];
    for taken in taken {
        let said = site.output(taken, "");
        assert!(said.code == 1 && said.err.contains("belongs to another person"), "{said:?}");
    }
    assert_eq!(site.json(&["user", "list"]).as_array().unwrap().len(), 1, "nothing half-written is left");
}

#[test]
fn each_imported_row_stands_by_itself() {
    for site in both_engines() {
        site.run(&["migrate"]);
        let people = json!([
            {"username": "ada", "password": "short", "name": "Ada", "address": {"country": "GB"}, "sub": "ada-1"},
            {"username": "bcrypt", "password_hash": "$2b$12$abcdefghijklmnopqrstuv"},
            {"username": "forger", "iss": "https://evil.example"},
            {"username": "typed", "email_verified": "true"},
            {"name": "nameless"},
            {"username": "ada", "name": "Ada Lovelace"},
            {"username": "ada", "sub": "other"},
            {"username": "thief", "sub": "ada-1"},
            {"username": "gone", "disabled": true, "email": "gone@example.org"},
        ]);
        let file = site.write("people.json", &people);
        let said = site.output(&["user", "import", &file, "--json"], "");
        assert_eq!(said.code, 1);
        let told: serde_json::Value = serde_json::from_str(&said.out).unwrap();
        let rows = told["rows"].as_array().unwrap();
        let outcomes: Vec<_> = rows.iter().map(|row| row["outcome"].as_str().unwrap()).collect();
        let expected = ["created", "failed", "failed", "failed", "failed", "updated", "failed", "failed", "created"];
        assert_eq!(outcomes, expected, "{told:#}");
        assert!(said.err.contains("row 1 (ada): the password has 5 characters"), "{}", said.err);
        let ada = site.json(&["user", "show", "ada"]);
        assert_eq!(ada["sub"], "ada-1");
        assert_eq!(ada["claims"]["name"], "Ada Lovelace");
        assert_eq!(ada["claims"]["address"]["country"], "GB");
        assert_eq!(site.json(&["user", "list"]).as_array().unwrap().len(), 2);
        assert_eq!(site.json(&["user", "show", "gone"])["status"], "disabled");
    }
}

#[tokio::test]
async fn a_password_from_standard_input_is_the_one_that_signs_in() {
    let site = Installation::migrated();
    let said = site.output(&["user", "create", "ada", "--password-stdin"], "short\n");
    assert!(said.code == 0 && said.err.contains("warning: the password has 5 characters"), "{said:?}");
    assert_eq!(site.output(&["user", "set-password", "ada", "--password-stdin"], "a longer pass phrase\r\n").code, 0);
    let db = site.db();
    let stored = db.read(|connection| {
        let user = user::store::find_by_identifiers(connection, &Identifier::candidates("ada"))?.unwrap();
        credential::store::find_password(connection, &user.id)
    });
    let phc = stored.await.unwrap().unwrap().phc;
    let passwords = Passwords::with_workers(Cost::STANDARD, Arc::new(OsRandom), 1, 1).unwrap();
    for (password, right) in [("a longer pass phrase", true), ("short", false)] {
        assert_eq!(passwords.verify(&Secret::new(password.to_owned()), &phc).await.unwrap().ok, right);
    }
    let unasked = site.output(&["user", "set-password", "ada"], "");
    assert_eq!(unasked.code, 2, "{unasked:?}");
}

#[tokio::test]
async fn disabling_ends_sessions_with_an_event_each() {
    for site in both_engines() {
        site.run(&["migrate"]);
        let id = site.json(&["user", "create", "ada", "--no-password"])["id"].as_str().unwrap().to_owned();
        for session in ["s1", "s2", "s3"] {
            sign_in(&site, &id, session).await;
        }
        assert_eq!(site.json(&["session", "list", "--user", "ada"]).as_array().unwrap().len(), 3);
        assert_eq!(site.json(&["session", "end", "--user", "ada", "--session", "s1"])["sessions_ended"], 1);
        assert_eq!(site.output(&["session", "end", "--user", "ada", "--session", "s1"], "").code, 1);
        assert_eq!(site.json(&["user", "disable", "ada"])["sessions_ended"], 2);
        let kinds = site.db().read(move |connection| event::store::kinds_of(connection, &id)).await.unwrap();
        let expected = ["user.created", "session.ended", "user.disabled", "session.ended", "session.ended"];
        assert_eq!(kinds, expected);
    }
}

async fn sign_in(site: &Installation, person: &str, session: &str) {
    let now = SystemClock.now();
    let session = BrowserSession {
        id: session.into(),
        person_id: person.into(),
        authentications: vec![],
        expires_at: now + Duration::from_secs(600),
    };
    let device = session::store::Device { user_agent: "a browser".into(), network: "192.0.2.0/24".into() };
    site.db().write(move |tx| session::store::insert(tx, &session, 0, &device, now)).await.unwrap();
}

#[tokio::test]
async fn a_consent_is_taken_back() {
    let site = Installation::migrated();
    let person = site.json(&["user", "create", "ada", "--no-password"])["id"].as_str().unwrap().to_owned();
    let now = SystemClock.now();
    let allow = move |tx: &mut Connection| {
        let allowed = Consent { scope: Scope::parse("openid email").unwrap(), ..Consent::default() };
        consent::store::allow(tx, "k1", &person, "shop", &allowed, now)?;
        consent::store::allow(tx, "k2", &person, "forum", &allowed, now)
    };
    site.db().write(allow).await.unwrap();
    assert_eq!(site.json(&["consent", "list", "--user", "ada"])[1]["scope"], "openid email");
    site.run(&["consent", "revoke", "--user", "ada", "--client", "shop"]);
    assert_eq!(site.output(&["consent", "revoke", "--user", "ada", "--client", "shop"], "").code, 1);
    assert_eq!(site.json(&["consent", "revoke", "--user", "ada"])["clients"], json!(["forum"]));
}

#[test]
fn an_invitation_waits_for_a_server_to_send_it() {
    let site = Installation::migrated();
    let refused = site.output(&["user", "invite", "ada@example.org"], "");
    assert!(refused.code == 1 && refused.err.contains("signup.mode"), "{refused:?}");
    site.configure("[mail]\nfolder = \"mail\"\n[signup]\nmode = \"invite\"\n");
    site.run(&["user", "create", "grace", "--email", "grace@example.org", "--no-password"]);
    assert_eq!(site.json(&["user", "invite", "Ada@example.org"])["invited"], json!(true));
    assert_eq!(site.output(&["user", "invite", "grace@example.org"], "").code, 1);
    assert_eq!(site.output(&["user", "invite", "nobody"], "").code, 2);
    let waiting = site.json(&["outbox", "list"]);
    assert_eq!((waiting.as_array().unwrap().len(), waiting[0]["kind"].as_str()), (1, Some("mail")));
}

#[tokio::test]
async fn lost_factors_are_reset_with_an_event_and_the_sessions_end() {
    for site in both_engines() {
        site.run(&["migrate"]);
        let id = site.json(&["user", "create", "ada", "--no-password"])["id"].as_str().unwrap().to_owned();
        sign_in(&site, &id, "s1").await;
        assert_eq!(site.json(&["user", "reset-factors", "ada"])["sessions_ended"], 0, "there was no factor to reset");
        let new = Authenticator {
            id: "a1".into(),
            person_id: id.clone(),
            name: "phone".into(),
            sealed: Sealed::from_stored("lk1.x.y.z".into()),
            created_at: SystemClock.now(),
            last_used_at: None,
        };
        site.db().write(move |tx| factor::store::set_authenticator(tx, &new, 0)).await.unwrap();
        assert_eq!(site.json(&["user", "reset-factors", "ada"])["sessions_ended"], 1);
        let db = site.db();
        let left = db.read(move |connection| {
            Ok((factor::store::means(connection, &id)?.authenticator, event::store::kinds_of(connection, &id)?))
        });
        let (held, kinds) = left.await.unwrap();
        assert!(!held && kinds.contains(&"factors.reset".to_owned()), "{kinds:?}");
    }
}

/// A key that was made under another name than this provider's.
fn passkey(person: &str) -> Passkey {
    let public = json!({ "cred": {
        "cred_id": "AAAA", "cred": { "type_": "ES256", "key": { "EC_EC2": {
            "curve": "SECP256R1", "x": "A".repeat(43), "y": "A".repeat(43),
        } } },
        "counter": 0, "transports": null, "user_verified": true, "backup_eligible": true, "backup_state": true,
        "registration_policy": "required", "extensions": {
            "cred_protect": "NotRequested", "hmac_create_secret": "NotRequested", "appid": "NotRequested",
            "cred_props": "NotRequested",
        },
        "attestation": { "data": "None", "metadata": "None" }, "attestation_format": "none",
    } });
    Passkey {
        id: "p1".into(),
        person_id: person.into(),
        credential_id: "AAAA".into(),
        rp_id: "before.example".into(),
        name: "Old phone".into(),
        aaguid: "00000000-0000-0000-0000-000000000000".into(),
        key: serde_json::from_value(public).unwrap(),
        counter: 0,
        backup_eligible: true,
        backup_state: true,
        transports: Vec::new(),
        version: 1,
        created_at: SystemClock.now(),
        last_used_at: None,
    }
}

#[tokio::test]
async fn passkeys_are_shown_minded_by_the_doctor_and_reset() {
    for site in both_engines() {
        site.run(&["migrate"]);
        let id = site.json(&["user", "create", "ada", "--no-password"])["id"].as_str().unwrap().to_owned();
        sign_in(&site, &id, "s1").await;
        let new = passkey(&id);
        assert!(site.db().write(move |tx| credential::passkey::store::insert(tx, &new)).await.unwrap());
        let shown = site.json(&["user", "show", "ada"]);
        assert_eq!((&shown["passkeys"][0]["name"], &shown["has_password"]), (&json!("Old phone"), &json!(false)));
        assert!(!shown.to_string().contains("SECP256R1"), "no key");
        let said = site.run(&["user", "show", "ada"]);
        assert!(said.contains("Old phone, added") && said.contains("never used"), "{said}");
        let doctor = site.output(&["doctor", "--json"], "");
        assert!(doctor.out.contains("1 passkey was made under another name"), "{doctor:?}");
        let reset = site.output(&["user", "reset-factors", "ada"], "");
        assert!(reset.code == 0 && reset.out.contains("There is no password either"), "{reset:?}");
        let shown = site.json(&["user", "show", "ada"]);
        assert_eq!((&shown["passkeys"], &shown["sessions"]), (&json!([]), &json!(0)));
        assert!(!site.output(&["doctor", "--json"], "").out.contains("made under another name"));
    }
}

#[test]
fn an_operators_own_field_keeps_its_type_in_commands_and_imports() {
    let site = Installation::migrated();
    site.configure("[profile.fields.desk]\nlabel = \"Desk\"\ntype = \"number\"\nrequired = true\n");
    site.run(&["user", "create", "ada", "--no-password"]);
    let wrong = site.output(&["user", "update", "ada", "--claim", "desk=window"], "");
    assert!(wrong.code == 1 && wrong.err.contains("the claim desk must be a whole number"), "{wrong:?}");
    site.run(&["user", "update", "ada", "--claim", "desk=7"]);
    assert_eq!(site.json(&["user", "show", "ada"])["claims"]["desk"], 7);
    let file = site.write("people.json", &json!([{"username": "bob", "desk": "7"}, {"username": "eve", "desk": 8}]));
    let said = site.output(&["user", "import", &file], "");
    assert!(said.code == 1 && said.out.contains("the claim desk must be a whole number"), "{said:?}");
    assert_eq!(site.json(&["user", "list"]).as_array().map(Vec::len), Some(2));
}
