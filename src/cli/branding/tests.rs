//! The preview covers every template.

use super::*;
use std::collections::BTreeSet;

/// Parts of pages, pages that show nothing, and the preview's own.
const NO_PAGES: [&str; 7] = [
    "account/layout.html",
    "account/parts.html",
    "cli/preview.html",
    "demo/layout.html",
    "layout.html",
    "op/session_management/check_session.html",
    "ui.html",
];
/// Templates whose samples are compared with other lists.
const LETTERS: &str = "mail/letter.html";

fn samples() -> Vec<Sample> {
    let (config, looks) = (Config::default(), Looks::default());
    let scene = Scene { config: &config, looks: &looks, brand: &looks.brand };
    scene.samples(languages()[0], Theme::System)
}

fn templates(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            templates(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "html") {
            let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
            found.insert(path.strip_prefix(root).unwrap().to_str().unwrap().to_owned());
        }
    }
}

/// A template that holds macros alone is no page.
fn is_parts(name: &str) -> bool {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates").join(name);
    let text = fs::read_to_string(path).unwrap();
    !text.contains("{% extends") && !text.contains("<html") && text.contains("{%- macro")
}

#[test]
#[cfg(feature = "demo")] // whose templates are among them
fn every_template_is_shown_in_some_state() {
    let mut there = BTreeSet::new();
    templates(&Path::new(env!("CARGO_MANIFEST_DIR")).join("templates"), &mut there);
    there.retain(|name| !NO_PAGES.contains(&name.as_str()) && name != LETTERS && !is_parts(name));
    let shown: BTreeSet<String> = samples().iter().map(|sample| sample.template.to_owned()).collect();
    let missing: Vec<_> = there.difference(&shown).collect();
    assert!(
        missing.is_empty(),
        "no sample of {missing:?}: write a `preview.rs` beside the view, and a line in `app::samples`"
    );
    let gone: Vec<_> = shown.difference(&there).collect();
    assert!(gone.is_empty(), "samples name templates that do not exist: {gone:?}");
}

#[test]
fn every_sample_is_a_whole_page_with_a_name_of_its_own() {
    let mut names = BTreeSet::new();
    for sample in samples() {
        let name = format!("{}.{}", sample.page, sample.state);
        assert!(sample.html.contains("</html>"), "{name}");
        assert!(name.bytes().all(|byte| byte.is_ascii_lowercase() || b".-".contains(&byte)), "{name}");
        assert!(!sample.html.contains("style=") && !sample.html.contains("<script>"), "{name}");
        assert!(names.insert(name.clone()), "{name} occurs twice");
    }
}

#[test]
fn every_field_says_which_way_it_is_written() {
    for sample in samples() {
        for tag in sample.html.split("<input").skip(1).filter_map(|rest| rest.split('>').next()) {
            let is_written =
                !["hidden", "radio", "checkbox", "file"].iter().any(|kind| tag.contains(&format!("type=\"{kind}\"")));
            assert!(!is_written || tag.contains(" dir=\""), "{}: <input{tag}>", sample.template);
        }
    }
}

#[test]
fn no_page_has_two_obvious_buttons() {
    for sample in samples() {
        let obvious = sample.html.matches("class=\"button button-primary\"").count();
        assert!(obvious <= 1, "{}.{} has {obvious}", sample.page, sample.state);
    }
}

/// An email's picture is shown from a file, since a browser knows no `cid:`.
#[test]
fn the_logo_of_emails_is_shown_from_a_file() {
    let folder = std::env::temp_dir().join(format!("latchkey-preview-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let logo = folder.join("logo.png");
    fs::write(&logo, b"\x89PNG\r\n\x1a\n rest").unwrap();
    let toml = format!("branding.logo = '{}'", logo.display());
    let config = crate::platform::config::Layers::default().text("t", &toml).load().unwrap();
    let looks = Looks::load(&config.branding).unwrap();
    let scene = Scene { config: &config, looks: &looks, brand: &looks.brand };
    write(&folder, &scene, &languages()[..1]).unwrap();
    let email = fs::read_to_string(folder.join(format!("letter-recovery.filled.{}.html", languages()[0].tag))).unwrap();
    let picture = email.split("<img src=\"./").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    assert!(!email.contains("cid:") && folder.join(picture).exists(), "{email}");
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn every_kind_of_letter_is_shown() {
    let source = include_str!("../../pages/letter/mod.rs");
    let variants = source.split("pub enum About {").nth(1).unwrap().split("\n}").next().unwrap();
    let variants = variants
        .lines()
        .filter_map(|line| line.strip_prefix("    "))
        .filter(|line| line.starts_with(|c: char| c.is_ascii_uppercase()));
    let kinds: BTreeSet<&str> = variants.filter_map(|line| line.split([' ', ',', '{', '(']).next()).collect();
    let letters = letter::preview::letters(&USUAL, "en");
    let shown: Vec<String> = letters.iter().map(|(_, letter)| format!("{:?}", letter.about)).collect();
    for kind in kinds {
        assert!(shown.iter().any(|about| about.starts_with(kind)), "no sample of the email {kind}");
    }
}
