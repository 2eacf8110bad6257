//! Which language: rules over plain values.

use unic_langid::LanguageIdentifier;
use unic_langid::subtags::{Region, Script};

/// No header or parameter is read beyond this many bytes, nor beyond [`MOST_TAGS`] tags.
const MOST_BYTES: usize = 512;
const MOST_TAGS: usize = 16;

/// The tags of `ui_locales`, in order. What is no language tag is passed over.
pub(super) fn ui_locales(value: &str) -> Vec<LanguageIdentifier> {
    bounded(value).split_whitespace().take(MOST_TAGS).filter_map(|tag| tag.parse().ok()).collect()
}

/// The tags of `Accept-Language`, best first (RFC 9110 §12.4.2); those with `q=0` and `*` left out.
pub(super) fn accept_language(value: &str) -> Vec<LanguageIdentifier> {
    let mut weighted: Vec<(f32, LanguageIdentifier)> =
        bounded(value).split(',').take(MOST_TAGS).filter_map(weighted_tag).collect();
    weighted.sort_by(|a, b| b.0.total_cmp(&a.0));
    weighted.into_iter().map(|(_, tag)| tag).collect()
}

/// The first wanted language that is there: exactly, or else in another region. Another script is another way to read:
/// who reads traditional Chinese is not given the simplified one, and who names `zh-TW` before `zh` means the former.
pub(super) fn first_available(
    wanted: impl IntoIterator<Item = LanguageIdentifier>,
    available: &[LanguageIdentifier],
) -> Option<LanguageIdentifier> {
    let mut first_chinese = None;
    wanted.into_iter().find_map(|wish| {
        let mut script = script(&wish);
        if wish.language.as_str() == "zh" {
            let is_bare = wish.script.is_none() && wish.region.is_none();
            let first = *first_chinese.get_or_insert(script);
            script = if is_bare { first } else { script };
        }
        let near = |have: &&LanguageIdentifier| have.language == wish.language && same(script, self::script(have));
        let exact = available.iter().find(|have| **have == wish);
        exact.or_else(|| available.iter().find(near)).cloned()
    })
}

/// The script that a tag names or implies; `None` where its language has one only.
fn script(tag: &LanguageIdentifier) -> Option<Script> {
    let implied = match (tag.language.as_str(), tag.region.as_ref().map(Region::as_str)) {
        ("zh", Some("TW" | "HK" | "MO")) => Some("Hant"),
        ("zh", _) => Some("Hans"),
        _ => None,
    };
    tag.script.or_else(|| implied?.parse().ok())
}

fn same(one: Option<Script>, other: Option<Script>) -> bool {
    one.is_none() || other.is_none() || one == other
}

fn weighted_tag(item: &str) -> Option<(f32, LanguageIdentifier)> {
    let (tag, parameters) = item.split_once(';').unwrap_or((item, ""));
    let weight = match parameters.trim().strip_prefix("q=") {
        Some(q) => q.trim().parse().ok().filter(|q| (0.0..=1.0).contains(q))?,
        None => 1.0,
    };
    (weight > 0.0).then_some((weight, tag.trim().parse().ok()?))
}

fn bounded(value: &str) -> &str {
    value.get(..value.floor_char_boundary(MOST_BYTES)).unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(languages: &[LanguageIdentifier]) -> Vec<String> {
        languages.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn ui_locales_keep_their_order_and_skip_what_is_no_tag() {
        assert_eq!(tags(&ui_locales("fr-CA  not_a_tag! fr en")), ["fr-CA", "fr", "en"]);
    }

    #[test]
    fn accept_language_orders_by_weight_and_drops_what_is_refused() {
        assert_eq!(tags(&accept_language("en;q=0.5, de, *;q=0.1, fr;q=0, he;q=0.9")), ["de", "he", "en"]);
    }

    #[test]
    fn a_regional_wish_is_met_by_the_language_itself() {
        let available = [unic_langid::langid!("en"), unic_langid::langid!("pt")];
        let chosen = first_available(ui_locales("xx pt-BR en"), &available);
        assert_eq!(chosen.map(|l| l.to_string()).as_deref(), Some("pt"));
    }

    #[test]
    fn a_script_that_is_not_there_is_not_replaced_by_another() {
        let available = [unic_langid::langid!("en"), unic_langid::langid!("zh-Hans")];
        let chosen = |wish: &str| first_available(ui_locales(wish), &available).map(|tag| tag.to_string());
        for simplified in ["zh", "zh-CN", "zh-SG", "zh-Hans", "zh-Hans-HK", "zh zh-TW"] {
            assert_eq!(chosen(simplified).as_deref(), Some("zh-Hans"), "{simplified}");
        }
        for traditional in ["zh-TW", "zh-Hant", "zh-HK", "zh-Hant-CN", "zh-TW zh"] {
            assert_eq!(chosen(traditional), None, "{traditional}");
        }
        assert_eq!(chosen("zh-TW zh en").as_deref(), Some("en"));
    }

    #[test]
    fn endless_lists_are_cut_also_between_the_bytes_of_a_letter() {
        assert!(ui_locales(&"é".repeat(10_000)).is_empty());
        assert_eq!(ui_locales(&"en ".repeat(10_000)).len(), MOST_TAGS);
    }
}
