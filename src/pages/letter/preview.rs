//! Emails with sample data, to be looked at.

use super::{About, Change, Letter, Way};
use crate::pages::preview::Cast;
use crate::platform::clock::Time;

/// Every email, with the name that its file has.
pub fn letters(cast: &Cast, language: &str) -> Vec<(&'static str, Letter)> {
    let link = || "https://id.example.org/a/sample/link".to_owned();
    let code = || "12345678".to_owned();
    let changed = |what, way, by_operator: bool| About::Changed {
        what,
        at: Time::from_seconds(1_773_500_000),
        zone: None,
        device: (!by_operator).then(|| "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0".to_owned()),
        network: (!by_operator).then(|| "192.0.2.0/24".to_owned()),
        link: link(),
        way,
    };
    let moved = Change::AddressChanged { from: "old@example.org".to_owned(), to: cast.email.to_owned() };
    let abouts = [
        ("letter-recovery", About::Recovery { code: code(), link: link() }),
        ("letter-password-reset", About::PasswordReset { link: link() }),
        ("letter-sign-up", About::SignUp { code: code(), link: link() }),
        ("letter-address", About::Address { code: code(), link: link() }),
        ("letter-sign-in", About::SignIn { code: code(), link: link() }),
        ("letter-already-registered", About::AlreadyRegistered { link: link() }),
        ("letter-invitation", About::Invitation { link: link() }),
        (
            "letter-new-device",
            About::NewDevice { device: "Firefox".to_owned(), network: "192.0.2.0/24".to_owned(), link: link() },
        ),
        ("letter-password-changed", changed(Change::PasswordChanged, Way::Recover, false)),
        ("letter-factors-reset", changed(Change::FactorsReset, Way::Review, true)),
        ("letter-address-changed", changed(moved, Way::Undo, false)),
    ];
    let letter = |(name, about)| {
        let (to, addressee) = (cast.email.to_owned(), Some(cast.name.to_owned()));
        (name, Letter { to, name: addressee, locales: Some(language.to_owned()), about })
    };
    abouts.into_iter().map(letter).collect()
}
