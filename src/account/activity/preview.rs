//! Samples.

use super::view::{Activity, Entry};
use crate::account::preview::console;
use crate::account::view::Section;
use crate::pages::preview::{Sample, Stage};
use crate::platform::device::Device;

/// The page in its states.
pub fn samples(stage: &Stage<'_>) -> Vec<Sample> {
    let texts = stage.page.texts;
    let entry = |hours, sentence, device, is_by_operator| Entry {
        at: stage.hours_ago(hours),
        sentence,
        device,
        is_by_operator,
    };
    let firefox = Some(Device { browser: "Firefox", system: "Linux" });
    let filled = vec![
        entry(0, texts.get("activity-session-started"), firefox, false),
        entry(3, texts.with("activity-consent-allowed", "application", stage.cast.application), None, false),
        entry(40, texts.get("activity-password-changed"), None, true),
        entry(900, texts.get("activity-user-created"), None, true),
    ];
    let sample = |state, entries, older_url| {
        let view =
            Activity { page: stage.console_page(), console: console(stage, Section::Activity), entries, older_url };
        stage.sample("account/activity.html", ("activity", state), &view)
    };
    vec![sample("empty", Vec::new(), None), sample("filled", filled, Some(String::new()))]
}
