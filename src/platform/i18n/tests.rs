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
fn every_language_says_what_english_says() {
    let mut faults = Vec::new();
    for language in folders(Path::new("locales")) {
        faults.extend(faults_of(&Path::new("locales").join(&language), &language));
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn every_language_has_a_name_and_a_place_in_the_list() {
    let unnamed: Vec<_> = folders(Path::new("locales"))
        .into_iter()
        .filter(|folder| language::NAMED.iter().all(|named| named.tag != *folder))
        .collect();
    assert!(unnamed.is_empty(), "no name in language.rs: {unnamed:?}");
    assert_eq!(languages().first().map(|language| language.tag), Some("en"));
}

/// Looks at a folder that lies elsewhere: `LATCHKEY_LOCALES=/some/where cargo test --lib a_folder_of_languages`.
#[test]
fn a_folder_of_languages_that_is_named_is_looked_at_too() {
    let Some(folder) = std::env::var_os("LATCHKEY_LOCALES") else { return };
    let folder = Path::new(&folder);
    let faults: Vec<_> =
        folders(folder).iter().flat_map(|language| faults_of(&folder.join(language), language)).collect();
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

fn folders(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir());
    let mut names: Vec<_> = paths.map(|path| path.file_name().unwrap().to_str().unwrap().to_owned()).collect();
    names.sort();
    names
}

/// Each as `file:line: what`.
fn faults_of(folder: &Path, language: &str) -> Vec<String> {
    let english = words::english();
    let (mut faults, mut seen) = (Vec::new(), BTreeSet::new());
    for_each_path(folder, &["ftl"], &mut |path| {
        let text = fs::read_to_string(path).unwrap();
        let name = path.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap_or(path).display().to_string();
        let (found, mut here) = check::read(&text);
        here.extend(check::judge(language, &found, &english));
        faults.extend(here.iter().map(|fault| format!("{name}:{}: {}", fault.line, fault.what)));
        for (key, shape) in &found {
            if !seen.insert(key.clone()) {
                faults.push(format!("{name}:{}: `{key}` is defined in another file too", shape.line));
            }
            let lost = english.get(key).map(|ours| check::lost(language, shape, ours)).unwrap_or_default();
            faults.extend(lost.iter().map(|what| format!("{name}:{}: `{key}` {what}", shape.line)));
        }
    });
    let missing = english.keys().filter(|key| !seen.contains(*key));
    faults.extend(missing.map(|key| format!("{}: `{key}` is missing", folder.display())));
    faults
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
fn an_operators_own_words_come_first_and_what_they_leave_out_is_ours() {
    let folder = std::env::temp_dir().join(format!("latchkey-words-{}", std::process::id()));
    let write = |text: &str| {
        fs::create_dir_all(folder.join("en")).unwrap();
        fs::write(folder.join("en/own.ftl"), text).unwrap();
        Words::load(&folder)
    };
    let words = Arc::new(write("-harbour = Port\nlogout-return = Home to { $application } ({ -harbour })\n").unwrap());
    let texts = Texts::default().with_words(Some(&words));
    assert_eq!(texts.with("logout-return", "application", "Harbour"), "Home to Harbour (Port)");
    assert_eq!(texts.get("copy"), Texts::default().get("copy"));
    let faults = write("logout-retrn = x\nlogout-return = { $app }\n").unwrap_err();
    assert!(faults[0].contains("own.ftl:1: ") && faults[0].ends_with("the nearest is `logout-return`"), "{faults:?}");
    assert!(faults[1].ends_with("own.ftl:2: `logout-return` uses $app: it takes $application"), "{faults:?}");
    fs::write(folder.join("xx.ftl"), "").unwrap();
    assert!(write("").unwrap_err()[0].contains("`xx` is not a language"), "");
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn wishes_are_met_in_their_order() {
    let all = Wishes {
        chosen: Some("en"),
        ui_locales: Some("xx"),
        person: Some("yy"),
        cookie: Some("zz"),
        accept_language: Some("en-GB"),
        default_locale: "en",
    };
    assert_eq!(Texts::of(&all).lang(), "en");
    // That each gives way to the one before is seen in `tests/op`, where there are pages in several languages.
    assert_eq!(Texts::of(&Wishes { default_locale: "nonsense!", ..Wishes::default() }).lang(), "en");
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
    for_each_path(folder, extensions, &mut |path| visit(fs::read_to_string(path).unwrap()));
}

fn for_each_path(folder: &Path, extensions: &[&str], visit: &mut dyn FnMut(&Path)) {
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            for_each_path(&path, extensions, visit);
        } else if path.extension().is_some_and(|e| extensions.iter().any(|x| e == *x))
            && !path.ends_with("i18n/tests.rs")
        {
            visit(&path);
        }
    }
}
