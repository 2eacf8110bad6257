//! Samples.

use super::qr::draw;
use super::view::{Enrol, Enrolled, Remembered};
use crate::account::preview::console;
use crate::account::view::Section;
use crate::pages::preview::{Sample, Stage};
use crate::platform::device::Device;
use crate::platform::secret::Secret;

const SEED: &str = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";

/// The pages in their states.
pub fn samples(stage: &Stage<'_>) -> Vec<Sample> {
    let (secret, uri) = (Secret::new(SEED.to_owned()), format!("otpauth://totp/ada?secret={SEED}"));
    let enrol = |is_wrong| Enrol {
        page: stage.console_page(),
        console: console(stage, Section::Security),
        action: "",
        sealed: "",
        secret: &secret,
        picture: draw(&uri).unwrap_or_default(),
        name: if is_wrong { stage.cast.name } else { "" },
        is_wrong,
    };
    let remembered = || Remembered {
        id: String::new(),
        device: Device { browser: "Firefox", system: "Linux" },
        network: "192.0.2.0/24".to_owned(),
        until: stage.hours_ago(-700),
    };
    let enrolled = |codes_left, remembered, is_changed| Enrolled {
        page: stage.console_page(),
        console: console(stage, Section::Security),
        action: "",
        name: stage.cast.name,
        created_at: stage.hours_ago(900),
        last_used_at: Some(stage.hours_ago(1)),
        codes_left,
        remembered,
        is_changed,
    };
    let (empty, full) = ("account/authenticator_enrol.html", "account/authenticator.html");
    vec![
        stage.sample(empty, ("authenticator-enrol", "empty"), &enrol(false)),
        stage.sample(empty, ("authenticator-enrol", "error"), &enrol(true)),
        stage.sample(full, ("authenticator", "filled"), &enrolled(9, vec![remembered()], false)),
        stage.sample(full, ("authenticator", "changed"), &enrolled(1, Vec::new(), true)),
    ]
}
