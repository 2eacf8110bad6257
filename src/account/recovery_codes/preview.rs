//! Samples.

use super::view::{RecoveryCodes, Standing};
use crate::account::preview::console;
use crate::account::view::{Codes, Section};
use crate::pages::preview::{Sample, Stage};
use crate::platform::secret::Secret;

/// The pages in their states.
pub fn samples(stage: &Stage<'_>) -> Vec<Sample> {
    let left =
        |standing| RecoveryCodes { page: stage.console_page(), console: console(stage, Section::Security), standing };
    let codes: Vec<Secret<String>> =
        ('2'..='9').chain(['A', 'B']).map(|first| Secret::new(format!("{first}KTW-QWZM-HX3T-C6YD"))).collect();
    let list =
        Codes { page: stage.console_page(), console: console(stage, Section::Security), codes: &codes, next: "" };
    let created_at = stage.hours_ago(900);
    let page = "account/recovery_codes_left.html";
    vec![
        stage.sample(page, ("recovery-codes-left", "empty"), &left(Standing::NoFactor)),
        stage.sample(page, ("recovery-codes-left", "none"), &left(Standing::None)),
        stage.sample(page, ("recovery-codes-left", "filled"), &left(Standing::Left { left: 9, created_at })),
        stage.sample(page, ("recovery-codes-left", "low"), &left(Standing::Left { left: 1, created_at })),
        stage.sample("account/recovery_codes.html", ("recovery-codes", "filled"), &list),
    ]
}
