//! The command line, as an operator uses it: the real binary on a database of its own, of both engines where the
//! engine can make a difference.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test that fails says so

#[path = "../support/mod.rs"]
mod support;

mod backup;
mod branding;
mod clients;
mod dev;
mod docs;
mod doctor;
mod events;
mod import;
mod installation;
mod keys;
mod moving;
mod names;
mod outbox;
mod pages;
mod people;
mod recipes;
mod recover;
mod registration_tokens;
mod shown;

use installation::{Installation, both_engines};

#[test]
fn migrate_makes_schema_and_secrets_once() {
    for site in both_engines() {
        let check = site.output(&["migrate", "--check"], "");
        assert_eq!(check.code, 1, "{check:?}");
        let first = site.json(&["migrate"]);
        assert_eq!(first["keys"].as_array().unwrap().len(), 2, "{first}");
        assert_eq!(site.json(&["migrate", "--check"])["pending"], serde_json::json!([]));
        let again = site.json(&["migrate"]);
        assert_eq!((again["applied"].as_array().unwrap().len(), again["keys"].as_array().unwrap().len()), (0, 0));
    }
}

#[test]
fn servers_that_start_at_once_make_one_key_an_algorithm() {
    for site in both_engines() {
        let mut started: Vec<_> = (0..4).map(|_| site.spawn(&["migrate"])).collect();
        assert!(started.iter_mut().all(|process| process.wait().unwrap().success()));
        let keys = site.json(&["keys", "list"]);
        assert_eq!(keys.as_array().unwrap().len(), 2, "{keys}");
        site.json(&["client", "create", "--id", "c", "--redirect-uri", "https://rp.example/cb"]);
    }
}

#[test]
fn wrong_usage_exits_2_and_a_refusal_1() {
    let site = Installation::migrated();
    let wrong: [&[&str]; 5] = [
        &["user"],
        &["nonsense"],
        &["user", "list", "--limit", "0"],
        &["explain", "x"],
        &["keys", "rotate", "--algorithm", "HS256"],
    ];
    for wrong in wrong {
        assert_eq!(site.output(wrong, "").code, 2, "{wrong:?}");
    }
    let refused: [&[&str]; 4] = [
        &["user", "show", "nobody"],
        &["client", "delete", "none"],
        &["explain", "LK-AAAAAAAA"],
        &["session", "list", "--user", "x"],
    ];
    for refused in refused {
        let said = site.output(refused, "");
        assert_eq!(said.code, 1, "{said:?}");
        assert!(said.err.starts_with("error: ") && said.err.contains("fix: "), "{said:?}");
    }
    assert!(site.output(&["user", "show", "nobody", "--json"], "").out.contains("\"error\""));
}

#[test]
fn a_database_that_is_away_is_told_in_one_line_without_its_password() {
    let site = Installation::at("postgres://latchkey:hidden-word@127.0.0.1:1/none");
    let said = site.output(&["user", "list"], "");
    assert_eq!(said.code, 1);
    assert!(said.err.contains("127.0.0.1:1/none") && !said.err.contains("hidden-word"), "{}", said.err);
    assert_eq!(said.err.lines().count(), 2, "{}", said.err);
}

#[test]
fn a_command_before_migrate_says_so_and_makes_no_file() {
    let site = Installation::sqlite();
    assert!(site.output(&["user", "list"], "").err.contains("latchkey migrate"));
    assert!(!site.file("latchkey.db").exists());
}

#[test]
fn the_database_file_is_the_operators_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let site = Installation::migrated();
    let mode = std::fs::metadata(site.file("latchkey.db")).unwrap().permissions().mode();
    assert_eq!(mode & 0o077, 0, "{mode:o}");
}
