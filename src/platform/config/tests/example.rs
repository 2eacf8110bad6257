//! The documented example holds exactly the keys that exist.

use super::*;
use std::collections::BTreeSet;

const EXAMPLE: &str = include_str!("../../../../docker/latchkey.example.toml");

/// A key that is commented out is written `#key = …` or `#[section]`, without a space; prose has a space.
fn uncommented() -> String {
    let line = |line: &str| match line.strip_prefix('#') {
        Some(key) if !key.starts_with(' ') && !key.is_empty() => key.to_owned(),
        _ => line.to_owned(),
    };
    EXAMPLE.lines().map(line).collect::<Vec<_>>().join("\n")
}

/// The same without what stands in place of another key: both are one too many, and no such file is here.
fn usable() -> String {
    uncommented().lines().filter(|line| !line.starts_with("url_file")).collect::<Vec<_>>().join("\n")
}

fn keys(prefix: &str, table: &toml::Table, found: &mut BTreeSet<String>) {
    for (name, value) in table {
        let key = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
        if let toml::Value::Table(below) = value {
            keys(&key, below, found);
        }
        found.insert(key);
    }
}

#[test]
fn the_example_is_valid_as_it_stands() {
    let config = load(EXAMPLE).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(config.origin("issuer").to_string().split(':').next(), Some("latchkey.toml"));
}

#[test]
fn every_documented_key_exists() {
    load(&usable()).unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn every_key_is_documented() {
    let mut written = BTreeSet::new();
    keys("", &uncommented().parse().unwrap(), &mut written);
    let named = |key: &String| {
        let mut parts: Vec<_> = key.split('.').collect();
        if matches!(parts.first(), Some(&("features" | "scopes" | "resources"))) && parts.len() > 1 {
            parts[1] = "NAME";
        }
        parts.join(".")
    };
    let documented: BTreeSet<_> = written.iter().map(named).collect();
    let known = Layers::known_keys();
    assert!(known.len() > 40, "{known:?}");
    for key in known {
        assert!(documented.contains(&key), "`{key}` is not in docker/latchkey.example.toml");
    }
}

#[test]
fn the_examples_own_secrets_are_refused() {
    let config = load(&usable().replace("master_key_file", "#master_key_file")).unwrap();
    let findings = config.check_for_serve(Vec::new()).unwrap_err();
    assert!(findings.iter().any(|finding| finding.key == "keys.master_key" && finding.problem.contains("not random")));
}
