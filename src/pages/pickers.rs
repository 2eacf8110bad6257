//! What people choose from in a profile: time zones, languages, countries. All are plain `<select>`s, which need no script.

use crate::platform::i18n::{self, Texts};
use std::sync::LazyLock;

/// Options under one heading, or under none.
#[derive(Debug, Default)]
pub struct Group {
    pub heading: String,
    /// The value of each, and how it is shown.
    pub options: Vec<(String, String)>,
}

impl Group {
    /// Options without a heading.
    pub const fn plain(options: Vec<(String, String)>) -> Self {
        Self { heading: String::new(), options }
    }
}

/// Regions whose zones are named after places.
const REGIONS: [&str; 10] =
    ["Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"];

static ZONES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let mut zones: Vec<String> = jiff::tz::db().available().map(|name| name.as_str().to_owned()).collect();
    zones.sort_unstable();
    zones.dedup();
    zones
});

/// Time zones by region, as this machine knows them; none where it knows none, and people type theirs.
pub(super) fn zones() -> Vec<Group> {
    let region = |name: &&str| {
        let zones = ZONES.iter().filter_map(|zone| Some((zone.clone(), place(zone.strip_prefix(name)?)?)));
        Group { heading: (*name).to_owned(), options: zones.collect() }
    };
    let mut groups: Vec<Group> = REGIONS.iter().map(region).filter(|group| !group.options.is_empty()).collect();
    if !groups.is_empty() {
        groups.push(Group::plain(vec![("UTC".to_owned(), "UTC".to_owned())]));
    }
    groups
}

/// `/Argentina/Buenos_Aires` as people read it.
fn place(zone: &str) -> Option<String> {
    Some(zone.strip_prefix('/')?.replace('_', " ").replace('/', " – "))
}

/// Languages by their own names: those that our pages have, then others with their region.
pub(super) fn locales(texts: &Texts) -> Vec<Group> {
    let option = |(tag, name): (&str, &str)| (tag.to_owned(), name.to_owned());
    let ours = i18n::languages().into_iter().map(|language| option((language.tag, language.name)));
    vec![
        Group { heading: texts.get("profile-locale-pages"), options: ours.collect() },
        Group { heading: texts.get("profile-locale-more"), options: LOCALES.iter().copied().map(option).collect() },
    ]
}

/// Countries in the language of the page.
pub(super) fn countries(texts: &Texts) -> Vec<Group> {
    let options = i18n::territories(texts).map(|(code, name)| (code.to_owned(), name.to_owned()));
    vec![Group::plain(options.collect())]
}

/// A person may have any other by the account API.
const LOCALES: &[(&str, &str)] = &[
    ("bg-BG", "Български"),
    ("ca-ES", "Català"),
    ("cs-CZ", "Čeština"),
    ("da-DK", "Dansk"),
    ("de-AT", "Deutsch (Österreich)"),
    ("de-CH", "Deutsch (Schweiz)"),
    ("de-DE", "Deutsch (Deutschland)"),
    ("el-GR", "Ελληνικά"),
    ("en-AU", "English (Australia)"),
    ("en-CA", "English (Canada)"),
    ("en-GB", "English (United Kingdom)"),
    ("en-IE", "English (Ireland)"),
    ("en-IN", "English (India)"),
    ("en-US", "English (United States)"),
    ("es-AR", "Español (Argentina)"),
    ("es-ES", "Español (España)"),
    ("es-MX", "Español (México)"),
    ("et-EE", "Eesti"),
    ("fa-IR", "فارسی"),
    ("fi-FI", "Suomi"),
    ("fr-BE", "Français (Belgique)"),
    ("fr-CA", "Français (Canada)"),
    ("fr-CH", "Français (Suisse)"),
    ("fr-FR", "Français (France)"),
    ("he-IL", "עברית"),
    ("hi-IN", "हिन्दी"),
    ("hr-HR", "Hrvatski"),
    ("hu-HU", "Magyar"),
    ("id-ID", "Bahasa Indonesia"),
    ("is-IS", "Íslenska"),
    ("it-CH", "Italiano (Svizzera)"),
    ("it-IT", "Italiano (Italia)"),
    ("ja-JP", "日本語"),
    ("ko-KR", "한국어"),
    ("lt-LT", "Lietuvių"),
    ("lv-LV", "Latviešu"),
    ("ms-MY", "Bahasa Melayu"),
    ("nb-NO", "Norsk bokmål"),
    ("nl-BE", "Nederlands (België)"),
    ("nl-NL", "Nederlands (Nederland)"),
    ("nn-NO", "Norsk nynorsk"),
    ("pl-PL", "Polski"),
    ("pt-PT", "Português (Portugal)"),
    ("ro-RO", "Română"),
    ("ru-RU", "Русский"),
    ("sk-SK", "Slovenčina"),
    ("sl-SI", "Slovenščina"),
    ("sr-RS", "Српски"),
    ("sv-SE", "Svenska"),
    ("sw-KE", "Kiswahili"),
    ("th-TH", "ไทย"),
    ("tr-TR", "Türkçe"),
    ("uk-UA", "Українська"),
    ("ur-PK", "اردو"),
    ("vi-VN", "Tiếng Việt"),
    ("zh-Hans-CN", "简体中文（中国）"),
    ("zh-Hant-HK", "繁體中文（香港）"),
    ("zh-Hant-TW", "繁體中文（台灣）"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn each_language_is_offered_once_and_is_one_that_the_schema_takes() {
        let offered: Vec<String> =
            locales(&Texts::default()).into_iter().flat_map(|group| group.options).map(|(tag, _)| tag).collect();
        assert!(offered.iter().all(|tag| tag.parse::<unic_langid::LanguageIdentifier>().is_ok()));
        assert_eq!(offered.iter().collect::<BTreeSet<_>>().len(), offered.len());
        assert_eq!(offered.first().map(String::as_str), Some("en"), "those of the pages come first");
    }

    #[test]
    fn a_time_zone_is_read_as_a_place_under_its_region() {
        assert_eq!(place("/Argentina/Buenos_Aires").as_deref(), Some("Argentina – Buenos Aires"));
        assert_eq!(place("n/Berlin"), None);
        // A machine may know none at all.
        for group in zones() {
            for (zone, _) in group.options {
                assert!(jiff::tz::TimeZone::get(&zone).is_ok(), "{zone}");
            }
        }
    }
}
