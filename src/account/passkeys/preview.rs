//! Samples.

use super::view::{Passkeys, Row};
use crate::account::preview::console;
use crate::account::view::Section;
use crate::pages::preview::{Sample, Stage};

/// The page in its states.
pub fn samples(stage: &Stage<'_>) -> Vec<Sample> {
    let row = |id: &str, name: &str, mark, maker, used| Row {
        id: id.to_owned(),
        name: name.to_owned(),
        mark,
        maker,
        backup_eligible: mark == "vault",
        is_elsewhere: id == "third",
        created_at: stage.hours_ago(900),
        last_used_at: used,
    };
    let view = |is_empty: bool, done| {
        let keys = [
            row("first", "iCloud Keychain", "vault", "", Some(stage.hours_ago(1))),
            row("second", stage.cast.name, "passkey", "YubiKey 5", None),
            row("third", "Old laptop", "passkey", "", Some(stage.hours_ago(800))),
        ];
        Passkeys {
            page: stage.console_page(),
            console: console(stage, Section::Security),
            action: "",
            options_url: "",
            passkeys: if is_empty { Vec::new() } else { keys.into() },
            codes_left: (!is_empty).then_some(8),
            done,
        }
    };
    let sample = |state, view: Passkeys<'_>| stage.sample("account/passkeys.html", ("passkeys", state), &view);
    vec![
        sample("empty", view(true, None)),
        sample("filled", view(false, None)),
        sample("added", view(false, Some("added"))),
        sample("error", view(false, Some("failed"))),
        sample("last", view(false, Some("last"))),
    ]
}
