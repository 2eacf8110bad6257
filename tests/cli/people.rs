//! `user`, `session` and `consent`.

use super::installation::{Installation, both_engines};
use latchkey::model::consent::{self, Consent};
use latchkey::model::credential::passkey::Passkey;
use latchkey::model::event::{self, EventKind, Stored};
use latchkey::model::factor::{self, Authenticator};
use latchkey::model::one_time::{self, Asked, LINK_LIFETIME, Purpose};
use latchkey::model::session::{self, BrowserSession};
use latchkey::model::user::identifier::Identifier;
use latchkey::model::{credential, user};
use latchkey::platform::clock::{Clock as _, SystemClock};
use latchkey::platform::crypto::{Pepper, Sealed};
use latchkey::platform::db::Connection;
use latchkey::platform::password::{Cost, Passwords};
use latchkey::platform::random::OsRandom;
use latchkey::platform::secret::Secret;
use latchkey::protocol::scope::Scope;
use latchkey::tokens::family::{self, Authorized, Family};
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
        site.run(&["user", "delete", "lovelace", "--yes"]);
        assert_eq!(site.json(&["user", "list"]), json!([]));
        let sub = created["sub"].as_str().unwrap();
        let again = site.output(&["user", "create", "other", "--no-password", "--sub", sub], "");
        assert!(again.code == 1 && again.err.contains("was already used for another person"), "{again:?}");
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
        let kinds: Vec<_> = kinds.iter().map(ToString::to_string).collect();
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
        assert!(!held && kinds.contains(&Stored::Known(EventKind::FactorsReset)), "{kinds:?}");
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
        assert!(doctor.out.contains("1 passkey was created for another name"), "{doctor:?}");
        let reset = site.output(&["user", "reset-factors", "ada"], "");
        assert!(reset.code == 0 && reset.out.contains("There is no password either"), "{reset:?}");
        let shown = site.json(&["user", "show", "ada"]);
        assert_eq!((&shown["passkeys"], &shown["sessions"]), (&json!([]), &json!(0)));
        assert!(!site.output(&["doctor", "--json"], "").out.contains("created for another name"));
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

const SUB: &str = "248289761001";

/// `ada`, whose `sub` is [`SUB`], and `mallory`, whose user name is the same, from a time when such names were given.
async fn confusable(site: &Installation) -> (String, String) {
    site.run(&["migrate"]);
    let create = |name: &str, sub: &str| {
        let created = site.json(&["user", "create", name, "--sub", sub, "--no-password"]);
        created["id"].as_str().unwrap().to_owned()
    };
    let (ada, mallory) = (create("ada", SUB), create("mallory", "mallory-1"));
    let (id, name) = (mallory.clone(), Identifier::username(SUB).unwrap());
    let db = site.db();
    let given = db.write(move |tx| user::store::set_identifier(tx, &id, &name, false, SystemClock.now())).await;
    assert!(given.unwrap());
    (ada, mallory)
}

#[tokio::test]
async fn a_name_that_means_two_people_is_refused_and_a_kind_says_which() {
    for site in both_engines() {
        let (ada, mallory) = confusable(&site).await;
        sign_in(&site, &ada, "s1").await;
        sign_in(&site, &mallory, "s2").await;
        let ambiguous: [&[&str]; 9] = [
            &["user", "show", SUB],
            &["user", "update", SUB, "--name", "x"],
            &["user", "set-password", SUB, "--password-stdin"],
            &["user", "reset-factors", SUB],
            &["user", "disable", SUB],
            &["user", "enable", SUB],
            &["user", "delete", SUB, "--yes"],
            &["session", "end", "--user", SUB],
            &["consent", "revoke", "--user", SUB],
        ];
        for command in ambiguous {
            let said = site.output(command, "a long enough pass phrase\n");
            assert!(said.code == 1 && said.err.contains("matches more than one person"), "{command:?}: {said:?}");
            for words in [format!("sub:{SUB}"), format!("username:{SUB}"), ada.clone(), mallory.clone()] {
                assert!(said.err.contains(&words), "{words} in {said:?}");
            }
        }
        for (who, sessions) in [(&ada, 1), (&mallory, 1)] {
            let shown = site.json(&["user", "show", &format!("id:{who}")]);
            assert_eq!((&shown["status"], &shown["sessions"]), (&json!("active"), &json!(sessions)), "{shown}");
        }
        assert_eq!(site.json(&["user", "disable", &format!("sub:{SUB}")])["id"], ada.as_str());
        assert_eq!(site.json(&["user", "show", &format!("username:{SUB}")])["id"], mallory.as_str());
        assert_eq!(site.json(&["user", "show", &format!("username:{SUB}")])["status"], "active");
        assert_eq!(site.output(&["user", "show", "email:ada"], "").code, 1);
        assert_eq!(site.json(&["user", "show", "ada"])["status"], "disabled", "one person by two kinds is one person");
    }
}

#[test]
fn no_door_gives_a_user_name_that_names_somebody_else_otherwise() {
    for site in both_engines() {
        site.run(&["migrate"]);
        let ada = site.json(&["user", "create", "ada", "--sub", SUB, "--no-password"])["id"].clone();
        let ada = ada.as_str().unwrap();
        site.run(&["user", "create", "bob", "--no-password"]);
        let made = "6f1c3c5e-4b0a-4d0a-9a53-0c7c5f6f8c11";
        for (name, why) in [
            (SUB, "belongs to another person"),
            (ada, "looks like an id"),
            (made, "looks like an id"),
            ("sub:x", "looks like an id"),
        ] {
            for command in
                [vec!["user", "create", name, "--no-password"], vec!["user", "update", "bob", "--username", name]]
            {
                let said = site.output(&command, "");
                assert!(said.code == 1 && said.err.contains(why), "{command:?}: {said:?}");
            }
        }
        // Alone, among others, and in the row before or after the one whose sub it is.
        let rows = json!([
            {"username": SUB}, {"username": made}, {"username": ada}, {"username": "carol", "sub": "carol-1"},
            {"username": "carol-1"}, {"username": "dora", "sub": "dora"}, {"username": "bob", "sub": "bob"},
        ]);
        let file = site.write("people.json", &rows);
        let said = site.output(&["user", "import", &file, "--json"], "");
        let told: serde_json::Value = serde_json::from_str(&said.out).unwrap();
        let outcomes: Vec<_> = told["rows"].as_array().unwrap().iter().map(|row| row["outcome"].clone()).collect();
        assert_eq!(outcomes, ["failed", "failed", "failed", "created", "failed", "created", "failed"], "{told:#}");
        let numbers: Vec<_> = told["rows"].as_array().unwrap().iter().map(|row| row["row"].clone()).collect();
        assert_eq!(numbers, [1, 2, 3, 4, 5, 6, 7], "counted from 1");
    }
}

/// Tokens of an application that the person let in, for as long as they are signed in or longer.
async fn grant(site: &Installation, person: &str, id: &str, offline: bool) {
    let now = SystemClock.now();
    let end = now + Duration::from_secs(600);
    let scope = Scope::parse("openid offline_access").unwrap();
    let family = Family {
        id: id.into(),
        client_id: id.into(),
        person_id: person.into(),
        person_epoch: 0,
        session_id: None,
        offline,
        authorized: Authorized { scope, auth_time: now, ..Authorized::default() },
        secret: "secret".into(),
        generation: 0,
        rotated_at: now,
        idle_until: end,
        expires_at: end,
        revoked: false,
        binding: None,
    };
    site.db().write(move |tx| family::store::insert(tx, &family)).await.unwrap();
}

async fn is_live(site: &Installation, family: &str) -> bool {
    let id = family.to_owned();
    let found = site.db().read(move |connection| family::store::find(connection, &id)).await.unwrap();
    !found.unwrap().0.revoked
}

#[tokio::test]
async fn a_password_that_an_operator_sets_ends_offline_access_and_what_waits_in_the_mailbox() {
    for site in both_engines() {
        site.run(&["migrate"]);
        let ada = site.json(&["user", "create", "ada", "--no-password"])["id"].as_str().unwrap().to_owned();
        let bob = site.json(&["user", "create", "bob", "--no-password"])["id"].as_str().unwrap().to_owned();
        grant(&site, &ada, "mail-reader", true).await;
        grant(&site, &bob, "calendar", true).await;
        for (at, purpose) in [Purpose::Recovery, Purpose::SignIn].into_iter().enumerate() {
            let place = format!("interaction-{at}");
            let binding = Some(place.as_str());
            let asked = Asked { purpose, subject: &ada, binding, payload: "{}".into(), lifetime: LINK_LIFETIME };
            let (new, _) = one_time::new(&asked, &Pepper::new([7; 32]), &OsRandom, SystemClock.now());
            site.db().write(move |tx| one_time::store::insert(tx, &new)).await.unwrap();
        }
        let set = ["user", "set-password", "ada", "--password-stdin", "--json"];
        let kept = site.output(&[&set[..], &["--keep-offline"]].concat(), "the first pass phrase\n");
        assert!(kept.code == 0 && kept.out.contains("\"offline_access_ended\": 0"), "{kept:?}");
        assert!(is_live(&site, "mail-reader").await, "--keep-offline");
        let id = ada.clone();
        let waiting =
            site.db().read(move |tx| one_time::store::list_waiting(tx, &id, SystemClock.now())).await.unwrap();
        assert_eq!(waiting, vec![], "a code or link that was asked for before still lets its reader in");
        let ended = site.output(&set, "the second pass phrase\n");
        assert!(ended.code == 0 && ended.out.contains("\"offline_access_ended\": 1"), "{ended:?}");
        assert!(!is_live(&site, "mail-reader").await && is_live(&site, "calendar").await);
    }
}

#[tokio::test]
async fn revoking_every_consent_reaches_applications_that_nobody_was_asked_about() {
    let site = Installation::migrated();
    let ada = site.json(&["user", "create", "ada", "--no-password"])["id"].as_str().unwrap().to_owned();
    grant(&site, &ada, "trusted", true).await;
    let revoked = site.json(&["consent", "revoke", "--user", "ada"]);
    assert_eq!((&revoked["clients"], &revoked["families_revoked"]), (&json!([]), &json!(1)));
    assert!(!is_live(&site, "trusted").await);
}

#[test]
fn deleting_a_person_asks_or_wants_to_be_told_not_to() {
    let site = Installation::migrated();
    site.run(&["user", "create", "ada", "--no-password"]);
    for input in ["", "y\n", "yes\n"] {
        let said = site.output(&["user", "delete", "ada"], input);
        assert!(said.code == 2 && said.err.contains("--yes"), "nobody sits at a terminal: {said:?}");
    }
    assert_eq!(site.json(&["user", "show", "ada"])["status"], "active");
    assert_eq!(site.json(&["user", "delete", "ada", "--yes"])["status"], "deleted");
}

#[test]
fn people_are_looked_for_by_a_part_of_a_name_or_an_address() {
    for site in both_engines() {
        site.run(&["migrate"]);
        for (username, name, email) in [
            ("ada", "Ada Lovelace", "countess@example.org"),
            ("åsa", "Åsa Ångström", "asa@example.net"),
            ("percent%", "100_%", "per@cent.test"),
        ] {
            site.run(&["user", "create", username, "--name", name, "--email", email, "--no-password"]);
        }
        let found = |text: &str, more: &[&str]| {
            let found = site.json(&[&["user", "list", "--search", text], more].concat());
            let names = found.as_array().unwrap().iter().map(|person| person["username"].as_str().unwrap().to_owned());
            names.collect::<Vec<_>>()
        };
        for (text, who) in [
            ("LOVE", vec!["ada"]),
            ("countess@", vec!["ada"]),
            ("ångström", vec!["åsa"]),
            ("example", vec!["ada", "åsa"]),
            ("%", vec!["percent%"]),
            ("_%", vec!["percent%"]),
            ("nobody", vec![]),
        ] {
            assert_eq!(found(text, &[]), who, "{text}");
        }
        assert_eq!(found("example", &["--limit", "1"]), ["ada"]);
        let first = site.json(&["user", "show", "ada"])["id"].as_str().unwrap().to_owned();
        assert_eq!(found("example", &["--after", &first]), ["åsa"]);
        assert!(site.run(&["user", "list", "--search", "nobody"]).contains("Nobody has nobody in"));
    }
}

#[tokio::test]
async fn who_is_leaving_is_disabled_too_and_cannot_call_it_off() {
    for site in both_engines() {
        site.run(&["migrate"]);
        let id = site.json(&["user", "create", "ada", "--no-password"])["id"].as_str().unwrap().to_owned();
        let now = SystemClock.now();
        // As the account's own page leaves it.
        site.db().write(move |tx| user::store::leave(tx, &id, now + Duration::from_secs(1000), now)).await.unwrap();
        assert_eq!(site.json(&["user", "disable", "ada"])["status"], "disabled");
        assert_eq!(site.json(&["user", "show", "ada"])["status"], "disabled");
        assert!(site.run(&["user", "disable", "ada"]).contains("already disabled"));
    }
}
