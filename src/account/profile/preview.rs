//! Samples.

use super::view::Profile;
use crate::account::preview::console;
use crate::account::view::Section;
use crate::model::picture::CLAIM;
use crate::model::user::schema::Wrong;
use crate::pages::preview::{Sample, Stage};
use crate::pages::profile_form::FormField;
use crate::platform::config::Who;
use crate::platform::picture::Refusal;

/// The page in its states.
pub fn samples(stage: &Stage<'_>) -> Vec<Sample> {
    let visible = || stage.config.profile.fields.iter().filter(|field| field.view == Who::Person);
    let kept = || visible().filter(|field| !field.is_editable());
    let view = |is_filled: bool, wrong: bool, is_stale: bool| {
        let field = |field| {
            let mut shown = FormField { field, value: String::new(), theirs: None, wrong: None };
            if is_filled {
                shown.value = value(stage, &shown.field.name).to_owned();
            }
            shown.theirs = (is_stale && shown.field.name == "name").then(|| "Augusta Ada King".to_owned());
            shown.wrong = (wrong && is_filled && shown.field.name == "website").then_some(Wrong::Url);
            shown
        };
        let (fields, more) = visible()
            .filter(|field| field.is_editable() && field.claim != CLAIM)
            .map(field)
            .partition(FormField::is_common);
        Profile {
            page: stage.console_page(),
            console: console(stage, Section::Profile),
            version: 1,
            fields,
            more,
            kept: kept().map(field).collect(),
            takes_picture: true,
            refused: (wrong && !is_filled).then_some(Refusal::NotAPicture),
            is_saved: is_filled && !wrong && !is_stale,
            is_stale,
        }
    };
    let sample = |state, view: Profile<'_>| stage.sample("account/profile.html", ("profile", state), &view);
    vec![
        sample("empty", view(false, false, false)),
        sample("filled", view(true, false, false)),
        sample("error", view(true, true, false)),
        sample("stale", view(true, false, true)),
        sample("picture", view(false, true, false)),
    ]
}

fn value(stage: &Stage<'_>, field: &str) -> &'static str {
    match field {
        "name" => stage.cast.name,
        "given_name" => "Ada",
        "family_name" => "Lovelace",
        "birthdate" => "1815-12-10",
        "phone_number" => "+44 20 7946 0000",
        "website" => "https://ada.example/notes-on-the-analytical-engine",
        "zoneinfo" => "Europe/London",
        "locale" => "en-GB",
        _ => "",
    }
}
