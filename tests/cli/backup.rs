//! `latchkey backup` and `latchkey restore`. What they do beside and after a running server: `tests/live/faults/restore.rs`.

use crate::installation::{Installation, MASTER_KEY, OTHER_KEY};
use crate::support::Postgres;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

fn people(site: &Installation) -> String {
    site.run(&["user", "list", "--json"])
}

fn with_ada() -> Installation {
    let site = Installation::migrated();
    site.run(&["user", "create", "ada", "--no-password", "--email", "ada@example.org"]);
    site
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn leftovers(site: &Installation) -> Vec<String> {
    let entries = std::fs::read_dir(site.file("")).unwrap().flatten();
    let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
    names.filter(|name| name.contains("part") || name.contains("restoring") || name.ends_with(".sqlite")).collect()
}

#[test]
fn a_backup_comes_back_in_every_form_and_what_was_decided_since_stays() {
    let words = "correct horse battery staple\n";
    let forms: [(&str, &[&str], &[&str]); 3] = [
        ("none", &[], &[]),
        ("master-key", &["--encrypt"], &[]),
        ("passphrase", &["--passphrase-file", "words"], &["--passphrase-file", "words"]),
    ];
    for (name, how, back) in forms {
        let site = with_ada();
        std::fs::write(site.file("words"), words).unwrap();
        let made = site.json(&[&["backup", "copy"], how].concat());
        assert_eq!(
            (made["encryption"].as_str(), made["manifest"]["files"].as_array().map(Vec::len)),
            (Some(name), Some(1)),
            "{made}"
        );
        assert_eq!(mode(&site.file("copy")), 0o600, "{name}");
        assert_eq!(mode(&site.file("copy")), mode(&site.file("latchkey.db")), "as private as the original");
        let bytes = std::fs::read(site.file("copy")).unwrap();
        assert_eq!(String::from_utf8_lossy(&bytes).contains("ada@example.org"), name == "none", "{name}");

        site.run(&["user", "disable", "ada"]);
        site.run(&["user", "create", "grace", "--no-password", "--email", "grace@example.org"]);
        let refused = site.output(&[&["restore", "copy"], back].concat(), "");
        assert!(refused.code == 1 && refused.err.contains("--overwrite"), "{refused:?}");
        assert!(people(&site).contains("grace"), "a refused restore changed something");

        let said = site.json(&[&["restore", "--overwrite", "copy"], back].concat());
        assert!(said["recover"]["ended"]["people"].as_i64() == Some(1), "{said}");
        assert_eq!(said["recover"]["taken_over"]["people"].as_i64(), Some(1), "ada was disabled since: {said}");
        let now = people(&site);
        assert!(now.contains("ada") && now.contains("disabled") && !now.contains("grace"), "{now}");
        assert_eq!(mode(&site.file("latchkey.db")), 0o600);
        let replaced = said["replaced"][0].as_str().unwrap();
        assert!(Path::new(replaced).exists() || site.file(replaced).exists(), "{replaced}");
        assert_eq!(leftovers(&site), Vec::<String>::new(), "{name}");
    }
}

#[test]
fn a_backup_is_restored_where_nothing_is() {
    let site = with_ada();
    site.run(&["backup", "copy"]);
    std::fs::remove_file(site.file("latchkey.db")).unwrap();
    let said = site.json(&["restore", "copy"]);
    assert_eq!(said["replaced"].as_array().map(Vec::len), Some(0), "{said}");
    assert!(people(&site).contains("ada"));
}

#[test]
fn a_restore_that_cannot_be_whole_changes_nothing() {
    let site = with_ada();
    std::fs::write(site.file("words"), "correct horse battery staple").unwrap();
    std::fs::write(site.file("others"), "another passphrase, as long").unwrap();
    std::fs::write(site.file("short"), "short").unwrap();
    for (file, how) in [("plain", &[][..]), ("master", &["--encrypt"]), ("words-only", &["--passphrase-file", "words"])]
    {
        site.run(&[&["backup", file], how].concat());
        let again = site.output(&["backup", file], "");
        assert!(again.code == 1 && again.err.contains("already exists"), "{again:?}");
    }
    let whole = std::fs::read(site.file("plain")).unwrap();
    let mut changed = whole.clone();
    let at = whole.windows(15).position(|part| part == b"ada@example.org").unwrap();
    changed[at] = b'e';
    std::fs::write(site.file("changed"), changed).unwrap();
    std::fs::write(site.file("cut"), &whole[..whole.len() / 2]).unwrap();
    site.run(&["user", "create", "grace", "--no-password", "--email", "grace@example.org"]);
    let before = people(&site);
    let restore = |more: &[&str]| site.output(&[&["restore", "--overwrite"], more].concat(), "");
    let cases: [(&[&str], &str); 7] = [
        (&["changed"], "damaged"),
        (&["cut"], "damaged"),
        (&["words"], "not a Latchkey backup"),
        (&["missing"], "cannot be restored"),
        (&["words-only"], "passphrase"),
        (&["words-only", "--passphrase-file", "others"], "passphrase"),
        (&["words-only", "--passphrase-file", "short"], "too short"),
    ];
    for (how, cause) in cases {
        let said = restore(how);
        assert!(said.code == 1 && said.err.contains(cause), "{how:?}: {said:?}");
        assert!(said.err.contains("fix: "), "{said:?}");
    }
    for file in ["plain", "master"] {
        let said = site.output_with_key(&["restore", "--overwrite", file], "", OTHER_KEY);
        assert!(said.code == 1 && said.err.contains("master key"), "{file}: {said:?}");
        assert!(!said.err.contains(MASTER_KEY) && !said.err.contains(OTHER_KEY), "{said:?}");
    }
    assert_eq!(people(&site), before, "a refused restore changed the database");
    assert_eq!(leftovers(&site), Vec::<String>::new());
    let other = with_ada();
    std::fs::write(other.file("theirs"), &whole).unwrap();
    let text = std::fs::read_to_string(other.file("latchkey.toml")).unwrap();
    std::fs::write(other.file("latchkey.toml"), text.replace("http://127.0.0.1:1\"", "http://127.0.0.1:2\"")).unwrap();
    let said = other.output(&["restore", "--overwrite", "theirs"], "");
    assert!(said.code == 1 && said.err.contains("http://127.0.0.1:1"), "{said:?}");
}

#[test]
fn with_postgresql_the_command_says_what_to_run_and_succeeds_at_nothing() {
    let url = Postgres::shared().create_database();
    let site = Installation::at(&url.replace("latchkey@", "latchkey:hidden-word@"));
    let said = site.output(&["backup", "copy"], "");
    assert!(said.code == 1 && said.err.contains("pg_dump --format=custom --file=copy"), "{said:?}");
    assert!(!said.err.contains("hidden-word") && !site.file("copy").exists(), "{said:?}");
    let said = site.output(&["restore", "copy"], "");
    assert!(said.code == 1 && said.err.contains("pg_restore") && said.err.contains("latchkey recover"), "{said:?}");
    assert!(!said.err.contains("hidden-word"), "{said:?}");
}
