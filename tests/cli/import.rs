//! `user import`: files of three kinds, hashes of other systems, and imports that were cut off.

use super::installation::{Installation, Said, both_engines};
use latchkey::model::user::identifier::Identifier;
use latchkey::model::{credential, import, user};
use latchkey::platform::password::{Cost, Passwords};
use latchkey::platform::random::OsRandom;
use latchkey::platform::secret::Secret;
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader};
use std::sync::Arc;

/// sha512-crypt of `Hello world!`.
const HASH: &str =
    "$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1";

fn import(site: &Installation, name: &str, content: impl AsRef<[u8]>, more: &[&str]) -> (Said, Value) {
    let path = site.file(name);
    std::fs::write(&path, content).unwrap();
    let said = site.output(&[&["user", "import", path.to_str().unwrap(), "--json"], more].concat(), "");
    let told = serde_json::from_str(&said.out).unwrap_or_else(|error| panic!("{error}: {said:?}"));
    (said, told)
}

fn counts(told: &Value) -> [i64; 4] {
    ["created", "updated", "unchanged", "failed"].map(|name| told[name].as_i64().unwrap())
}

async fn stored(site: &Installation, name: &str) -> Option<String> {
    let names = Identifier::candidates(name);
    let db = site.db();
    let found = db.read(move |connection| {
        let Some(user) = user::store::find_by_identifiers(connection, &names)? else { return Ok(None) };
        credential::store::find_password(connection, &user.id)
    });
    found.await.unwrap().map(|password| password.phc)
}

#[test]
fn what_nobody_sees_in_an_imported_name_is_left_out_and_told() {
    for site in both_engines() {
        site.run(&["migrate"]);
        let line = json!({"username": "ada", "name": "Ada\u{202e} Love\u{200b}lace", "family_name": "Lovelace"});
        let (said, told) = import(&site, "people.jsonl", format!("{line}\n"), &[]);
        assert_eq!((said.code, counts(&told)), (0, [1, 0, 0, 0]), "{said:?}");
        assert!(said.err.contains("(ada): the claim name contains characters that are invisible"), "{said:?}");
        assert_eq!(site.json(&["user", "show", "ada"])["claims"]["name"], "Ada Lovelace");
        let said = site.output(&["user", "update", "ada", "--claim", "given_name=Ad\u{200b}a"], "");
        assert!(said.code == 1 && said.err.contains("given_name contains characters that are invisible"), "{said:?}");
    }
}

#[test]
fn lines_and_cells_are_imported_and_bad_ones_told_of_by_line_and_reason() {
    let lines = [
        r#"{"username": "ada", "email": "ada@example.org", "email_verified": true, "address": {"country": "GB"}}"#,
        "",
        r#"{"username": "bob", "email": "ADA@example.org"}"#,
        r#"{"username": "Ada"}"#,
        r#"{"username": 7}"#,
        r#"{"username": "carol", "email_verified": "yes"}"#,
        r#"{"username": "dora", "password_hash": "$2b$31$abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui"}"#,
        r#"{"username": "erin""#,
        r#"{"username": "finn", "password": "analytical engine 1843", "password_hash": "x"}"#,
        r#"{"username": "gina", "disabled": true, "sub": "gina-1"}"#,
    ];
    let cells = "username,email,email_verified,address.country,sub,disabled,password_hash\r\n\
        ada,ada@example.org,true,GB,,,\r\n\r\nbob,ADA@example.org,,,,,\r\nAda,,,,,,\r\n,,,,,,\r\ncarol,,maybe,,,,\r\n\
        dora,,,,,,$2b$31$abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui\r\nerin\r\n\
        finn,,,,,maybe,\r\ngina,,,,gina-1,TRUE,\r\n";
    for (name, text, first) in [
        ("people.jsonl", format!("\u{feff}{}\n", lines.join("\r\n")), 1),
        ("people.csv", format!("\u{feff}{cells}"), 2),
    ] {
        for site in both_engines() {
            site.run(&["migrate"]);
            let (said, told) = import(&site, name, &text, &["--dry-run"]);
            assert_eq!((said.code, counts(&told)), (1, [2, 0, 0, 7]), "{told:#}");
            assert_eq!(site.json(&["user", "list"]), json!([]), "a dry run writes nothing");
            let errors = site.file("errors.jsonl");
            let (said, told) = import(&site, name, &text, &["--errors", errors.to_str().unwrap()]);
            assert_eq!((said.code, counts(&told)), (1, [2, 0, 0, 7]), "{told:#}");
            let refused = std::fs::read_to_string(errors).unwrap();
            let refused: Vec<Value> = refused.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
            let lines: Vec<_> = refused.iter().map(|row| row["line"].as_i64().unwrap() - first).collect();
            assert_eq!(lines, [2, 3, 4, 5, 6, 7, 8], "{refused:#?}");
            let reasons = [
                "already occurs in line",
                "already occurs in line",
                "username",
                "email_verified must be",
                "cost is too high",
            ];
            for (row, reason) in refused.iter().zip(reasons) {
                assert!(row["error"].as_str().unwrap().contains(reason), "{row}");
            }
            let ada = site.json(&["user", "show", "ada"]);
            assert_eq!(ada["claims"]["email_verified"], true);
            assert_eq!(ada["claims"]["address"]["country"], "GB");
            assert_eq!(ada["claims"]["preferred_username"], "ada");
            let gina = site.json(&["user", "show", "gina"]);
            assert_eq!((&gina["sub"], &gina["status"]), (&json!("gina-1"), &json!("disabled")));
            let (_, told) = import(&site, name, &text, &[]);
            assert_eq!(counts(&told), [0, 0, 2, 7], "the same again changes nothing: {told:#}");
            site.run(&["user", "delete", "ada", "--yes"]);
            site.run(&["user", "delete", "gina", "--yes"]);
            let (_, told) = import(&site, name, &text, &[]);
            assert_eq!(counts(&told), [1, 0, 0, 8], "a sub is never given again: {told:#}");
        }
    }
}

#[test]
fn a_file_that_cannot_be_read_is_refused_as_a_whole() {
    let site = Installation::migrated();
    for (name, text, told) in [
        ("people.json", "{\"username\": \"ada\"}".as_bytes(), "JSON array of people"),
        ("people.json", b"[{\"username\": \"ada\"}, {]", "it is not JSON"),
        ("people.json", b"[{\"username\": \"\xff\"}]", "it is not JSON"),
        ("people.csv", b"ada,ada@example.org\n", "no username"),
        ("people.csv", b"", "is empty"),
    ] {
        let (said, answer) = import(&site, name, text, &[]);
        assert!(said.code == 1 && answer["error"].as_str().unwrap().contains(told), "{said:?}");
    }
    assert_eq!(site.json(&["user", "list"]), json!([]));
    let said = site.output(&["user", "import", "nothing.jsonl"], "");
    assert!(said.code == 1 && said.err.contains("cannot be read"), "{said:?}");
    let (_, told) = import(&site, "bytes.jsonl", b"{\"username\": \"ada\"}\n{\"username\": \"b\xff\"}\n", &[]);
    assert_eq!(counts(&told), [1, 0, 0, 1]);
    assert!(told["rows"][1]["error"].as_str().unwrap().contains("UTF-8"), "{told:#}");
}

#[test]
fn standard_input_is_a_file_too() {
    let site = Installation::migrated();
    let said = site.output(&["user", "import", "-", "--format", "jsonl", "--json"], "{\"username\": \"ada\"}\n");
    assert_eq!(counts(&serde_json::from_str(&said.out).unwrap()), [1, 0, 0, 0]);
    let said = site.output(&["user", "import", "-", "--json"], "[{\"username\": \"ada\", \"name\": \"Ada\"}]");
    assert_eq!(counts(&serde_json::from_str(&said.out).unwrap()), [0, 1, 0, 0]);
}

#[tokio::test]
async fn a_hash_is_brought_once_and_what_a_person_made_of_it_since_stays() {
    for site in both_engines() {
        site.run(&["migrate"]);
        let row = |hash: &str| json!({"username": "ada", "password_hash": hash}).to_string();
        assert_eq!(counts(&import(&site, "a.jsonl", row(HASH), &[]).1), [1, 0, 0, 0]);
        assert_eq!(stored(&site, "ada").await.as_deref(), Some(HASH));
        // Ada signs in, and her hash is replaced.
        let db = site.db();
        let upgrade = db.write(|tx| {
            let ada = user::store::find_by_identifiers(tx, &Identifier::candidates("ada"))?.unwrap();
            let old = credential::store::find_password(tx, &ada.id)?.unwrap();
            credential::store::rehash_password(tx, &old, "$argon2id$hers")
        });
        assert!(upgrade.await.unwrap());
        assert_eq!(counts(&import(&site, "a.jsonl", row(HASH), &[]).1), [0, 0, 1, 0]);
        assert_eq!(stored(&site, "ada").await.as_deref(), Some("$argon2id$hers"));
        let other = HASH.replace("$6$saltstring", "$6$saltstring2");
        assert_eq!(counts(&import(&site, "a.jsonl", row(&other), &[]).1), [0, 1, 0, 0]);
        assert_eq!(stored(&site, "ada").await, Some(other));
    }
}

#[tokio::test]
async fn plain_passwords_are_hashed_once_and_weak_ones_warned_of() {
    for site in both_engines() {
        site.run(&["migrate"]);
        let lines: String = (0..12)
            .map(|number| json!({"username": format!("p{number}"), "password": "Sunshine12"}).to_string() + "\n")
            .collect();
        let (said, told) = import(&site, "p.jsonl", &lines, &[]);
        assert_eq!(counts(&told), [12, 0, 0, 0]);
        assert!(said.err.contains("line 1 (p0): the password has 10 characters"), "{}", said.err);
        let phc = stored(&site, "p7").await.unwrap();
        let passwords = Passwords::with_workers(Cost::STANDARD, Arc::new(OsRandom), 1, 1).unwrap();
        assert!(passwords.verify(&Secret::new("Sunshine12".to_owned()), &phc).await.unwrap().ok);
        assert_eq!(counts(&import(&site, "p.jsonl", &lines, &[]).1), [0, 0, 12, 0]);
        assert_eq!(stored(&site, "p7").await, Some(phc));
    }
}

#[test]
fn hashes_of_firebase_need_the_projects_parameters() {
    let site = Installation::migrated();
    let hash = "lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==";
    let cells = format!("username,password_hash.passwordHash,password_hash.salt\nada,{hash},42xEC+ixf3L2lw==\n");
    let (_, told) = import(&site, "f.csv", &cells, &[]);
    assert!(told["rows"][0]["error"].as_str().unwrap().contains("--firebase FILE"), "{told:#}");
    let config = json!({"base64_signer_key": "jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==", "base64_salt_separator": "Bw==", "rounds": 8, "mem_cost": 14});
    let config = site.write("hash_config", &config);
    assert_eq!(counts(&import(&site, "f.csv", &cells, &["--firebase", &config]).1), [1, 0, 0, 0]);
}

#[tokio::test]
async fn an_import_that_was_killed_goes_on_where_it_stopped() {
    const ROWS: usize = 4_000;
    for site in both_engines() {
        site.run(&["migrate"]);
        let line = |number: usize| {
            let bad = if number % 1000 == 3 { json!(7) } else { json!(format!("{number}@example.org")) };
            json!({"username": format!("person{number}"), "email": bad, "password_hash": HASH}).to_string() + "\n"
        };
        let lines: String = (0..ROWS).map(line).collect();
        let path = site.file("many.jsonl").display().to_string();
        std::fs::write(&path, &lines).unwrap();
        let mut child = site.spawn(&["user", "import", &path, "--progress", "1"]);
        let told = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
        let reached = told.filter(|line| line.contains("rows done")).nth(2).unwrap();
        child.kill().unwrap(); // SIGKILL
        let status = child.wait().unwrap();
        assert!(!status.success(), "it was done already: {reached}");
        let people = async |site: &Installation| {
            let all = site.db().read(|connection| user::store::list(connection, "", 100_000)).await.unwrap();
            all.len()
        };
        let before = people(&site).await;
        assert!((500..ROWS).contains(&before), "{before}");
        let said = site.output(&["user", "import", &path, "--json"], "");
        let told: Value = serde_json::from_str(&said.out).unwrap();
        let after = told["resumed_after"].as_i64().unwrap();
        assert!(after >= 500 && after % 250 == 0, "{told:#}");
        let written = before + after as usize / 1000 + usize::from(after % 1000 > 3);
        assert_eq!(written, after as usize, "what is kept as done is what was written");
        assert_eq!(counts(&told), [3_996, 0, 0, 4], "{said:?}");
        assert_eq!(people(&site).await, 3_996);
        let digest_is_forgotten = site.db().read(|connection| import::store::find(connection, "any")).await.unwrap();
        assert_eq!(digest_is_forgotten, None);
        // Everybody is whole, and nobody is there twice: the same again changes nothing.
        let said = site.output(&["user", "import", &path, "--json"], "");
        assert_eq!(counts(&serde_json::from_str(&said.out).unwrap()), [0, 0, 3_996, 4]);
        assert_eq!(stored(&site, "person2999").await.as_deref(), Some(HASH));
        assert_eq!(stored(&site, "1@example.org").await.as_deref(), Some(HASH));
    }
}
