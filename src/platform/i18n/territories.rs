//! Countries (ISO 3166-1 alpha-2) by their names in each language, in its order of letters. The names are those of CLDR 48
//! (Unicode-3.0), in `locales/*/territories.txt`; to make them again: `territories.json` of the package
//! `cldr-localenames-full`, sorted by `Intl.Collator`.

use super::Texts;

const NAMES: [(&str, &str); 12] = [
    ("en", include_str!("../../../locales/en/territories.txt")),
    ("de", include_str!("../../../locales/de/territories.txt")),
    ("es", include_str!("../../../locales/es/territories.txt")),
    ("fr", include_str!("../../../locales/fr/territories.txt")),
    ("it", include_str!("../../../locales/it/territories.txt")),
    ("nl", include_str!("../../../locales/nl/territories.txt")),
    ("pl", include_str!("../../../locales/pl/territories.txt")),
    ("pt-BR", include_str!("../../../locales/pt-BR/territories.txt")),
    ("uk", include_str!("../../../locales/uk/territories.txt")),
    ("ar", include_str!("../../../locales/ar/territories.txt")),
    ("zh-Hans", include_str!("../../../locales/zh-Hans/territories.txt")),
    ("ja", include_str!("../../../locales/ja/territories.txt")),
];

fn text(tag: &str) -> &'static str {
    let [english, ..] = &NAMES;
    NAMES.iter().find(|(language, _)| *language == tag).unwrap_or(english).1
}

fn lines(text: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    text.lines().filter_map(|line| line.split_once(' '))
}

/// Every country: its two letters, and its name in the language of these texts.
pub fn territories(texts: &Texts) -> impl Iterator<Item = (&'static str, &'static str)> + use<> {
    lines(text(&texts.lang()))
}

/// Whether these are the two capital letters of a country.
pub fn is_territory(code: &str) -> bool {
    lines(text("en")).any(|(known, _)| known == code)
}

#[cfg(test)]
mod tests {
    use super::super::languages;
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_language_of_the_pages_names_every_country_once() {
        let codes = |tag: &str| lines(text(tag)).map(|(code, _)| code).collect::<BTreeSet<_>>();
        for language in languages() {
            assert!(NAMES.iter().any(|(tag, _)| *tag == language.tag), "no names in {}", language.tag);
            assert_eq!(
                (lines(text(language.tag)).count(), codes(language.tag)),
                (249, codes("en")),
                "{}",
                language.tag
            );
            assert!(lines(text(language.tag)).all(|(code, name)| code.len() == 2 && !name.is_empty()));
        }
        assert!(is_territory("DE") && !is_territory("de") && !is_territory("XX") && !is_territory(""));
    }
}
