//! Messages and their users fit together.

use super::*;
use std::{collections::BTreeSet, fs, path::Path};

#[test]
fn every_key_that_a_page_uses_has_a_message_and_every_message_is_used() {
    let (used, defined) = (used_keys(), defined_keys("locales/en"));
    let missing: Vec<_> = used.difference(&defined).collect();
    let unused: Vec<_> = defined.difference(&used).collect();
    assert!(missing.is_empty(), "no message for {missing:?}");
    assert!(unused.is_empty(), "messages that no page uses: {unused:?}");
}

#[test]
fn no_message_is_defined_twice() {
    // The loader refuses such texts when the first page is shown.
    let (mut seen, mut twice) = (BTreeSet::new(), Vec::new());
    for_each_file(Path::new("locales/en"), &["ftl"], &mut |text| {
        let keys = text.lines().filter_map(|line| line.split_once(" =")).map(|(key, _)| key.to_owned());
        let keys = keys.filter(|key| key.starts_with(|c: char| c.is_ascii_lowercase()));
        twice.extend(keys.filter(|key| !seen.insert(key.clone())));
    });
    assert!(twice.is_empty(), "defined twice: {twice:?}");
}

#[test]
fn the_browsers_language_is_taken_unless_the_request_names_one() {
    let texts = Texts::choose(Some("xx-unknown"), Some("en-GB, de;q=0.5"), "en");
    assert_eq!((texts.lang().as_str(), texts.dir()), ("en", "ltr"));
}

#[test]
fn a_value_is_put_into_its_sentence_without_invisible_marks() {
    assert_eq!(Texts::default().with("logout-return", "application", "Harbour"), "Back to Harbour");
}

#[test]
fn a_number_chooses_its_plural() {
    let texts = Texts::default();
    assert!(texts.with("consent-offline-days", "days", 1_u64).contains("1 day "));
    assert!(texts.with("consent-offline-days", "days", 30_u64).contains("30 days "));
}

fn defined_keys(folder: &str) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    for_each_file(Path::new(folder), &["ftl"], &mut |text| {
        keys.extend(text.lines().filter_map(|line| line.split_once(" =")).map(|(key, _)| key.to_owned()));
    });
    keys.retain(|key| key.starts_with(|c: char| c.is_ascii_lowercase()));
    keys
}

/// Keys are always written out in full beside the call, so that they can be found: `texts.get("key")`.
fn used_keys() -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    for folder in ["templates", "src"] {
        for_each_file(Path::new(folder), &["html", "txt", "rs"], &mut |text| {
            for call in ["texts.get(\"", "texts.with(\"", "texts.with_two(\""] {
                let uses = text.split(call).skip(1).filter_map(|rest| rest.split_once('"'));
                keys.extend(uses.map(|(key, _)| key.to_owned()));
            }
        });
    }
    keys.remove("key");
    keys
}

fn for_each_file(folder: &Path, extensions: &[&str], visit: &mut dyn FnMut(String)) {
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            for_each_file(&path, extensions, visit);
        } else if path.extension().is_some_and(|e| extensions.iter().any(|x| e == *x))
            && !path.ends_with("i18n/tests.rs")
        {
            visit(fs::read_to_string(path).unwrap());
        }
    }
}
