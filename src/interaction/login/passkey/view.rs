//! The part of a page that offers a passkey.

use crate::platform::http::query;
use crate::platform::i18n::Texts;
use actix_web::HttpRequest;

pub(in crate::interaction::login) use crate::platform::paths::SWITCH;

/// The query parameter with the result of a passkey.
pub(in crate::interaction::login) const FAILED: &str = "passkey";

/// Why a sign-in with a passkey failed, from the page's query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::interaction::login) enum Failure {
    Expired,
    Unverified,
    Wait,
    Failed,
}

impl Failure {
    const ALL: [Self; 4] = [Self::Expired, Self::Unverified, Self::Wait, Self::Failed];

    pub(in crate::interaction::login) const fn as_str(self) -> &'static str {
        match self {
            Self::Expired => "expired",
            Self::Unverified => "unverified",
            Self::Wait => "wait",
            Self::Failed => "failed",
        }
    }

    fn text(self, texts: &Texts) -> String {
        match self {
            Self::Expired => texts.get("passkey-expired"),
            Self::Unverified => texts.get("passkey-unverified"),
            Self::Wait => texts.get("passkey-wait"),
            Self::Failed => texts.get("passkey-failed"),
        }
    }
}

/// The query of a page about passkeys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::interaction::login) struct Asked {
    switches: bool,
    failure: Option<Failure>,
}

impl Asked {
    pub(in crate::interaction::login) fn by(http: &HttpRequest) -> Self {
        let failure = query::find(http, FAILED);
        let failure = failure.and_then(|word| Failure::ALL.into_iter().find(|failure| failure.as_str() == word));
        Self { switches: query::is_set(http, SWITCH), failure }
    }
}

/// A passkey may be used here.
#[derive(Debug)]
pub struct Offer {
    /// Where the answer goes.
    pub action: String,
    /// Where the script learns what to ask the device for.
    pub options: String,
    /// Whether the browser may offer it beside the user names that it knows.
    pub autofill: bool,
    /// Why the page is shown again.
    pub problem: String,
}

impl Offer {
    /// For the interaction whose endpoint is `action`.
    pub(in crate::interaction::login) fn new(action: String, asked: Asked, texts: &Texts) -> Self {
        let switch = if asked.switches { format!("?{SWITCH}=1") } else { String::new() };
        let problem = asked.failure.map(|failure| failure.text(texts)).unwrap_or_default();
        Self { options: format!("{action}/options{switch}"), action, autofill: false, problem }
    }
}

impl Offer {
    pub(in crate::interaction::login) fn sample(autofill: bool) -> Self {
        Self { action: String::new(), options: String::new(), autofill, problem: String::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[test]
    fn the_query_is_read_by_whole_names_and_values() {
        let asked = |query: &str| Asked::by(&TestRequest::with_uri(&format!("/login/a{query}")).to_http_request());
        assert_eq!(asked("?switch=1&passkey=wait"), Asked { switches: true, failure: Some(Failure::Wait) });
        for other in ["", "?noswitch=1", "?switch=10", "?x=switch=1", "?xpasskey=wait", "?passkey=other"] {
            assert_eq!(asked(other), Asked::default(), "{other}");
        }
        let told = asked(&format!("?{FAILED}={}", Failure::Expired.as_str()));
        assert_eq!(told, Asked { switches: false, failure: Some(Failure::Expired) });
    }
}
