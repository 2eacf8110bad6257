//! The consent page.

use crate::op::permission;
use crate::pages::page::Page;
use crate::pages::parts::{Application, Person};
use crate::platform::i18n::Texts;
use askama::Template;
use std::time::Duration;

/// For how many days an application keeps its access while the person is away.
pub(super) const fn offline_days(refresh_idle: Duration) -> u64 {
    refresh_idle.as_secs() / 86_400
}

/// Asks whether an application may have what it requests. Answered with `PagePolicy::interaction()`.
///
/// The form posts `decision=allow` or `decision=deny`, and `csrf`.
#[derive(Debug, Template)]
#[template(path = "interaction/consent/page.html")]
pub struct Consent<'a> {
    pub page: Page<'a>,
    /// The URL that the form posts to; names the interaction.
    pub action: &'a str,
    /// The CSRF token of the hidden field `csrf`, which counts for the session of `person` alone.
    pub csrf: &'a str,
    pub application: Application<'a>,
    /// Who is signed in.
    pub person: Person<'a>,
    /// Where "Not you?" leads.
    pub switch_url: Option<&'a str>,
    /// The requested scopes, in the request's order. `offline_access` is in `offline_days` instead.
    pub scopes: Vec<AskedScope<'a>>,
    /// Claims that are asked for by name and that no scope opens (OpenID Connect Core §5.5).
    pub claims: Vec<String>,
    /// With `offline_access`: for how many days without use the access lasts.
    pub offline_days: Option<u64>,
}

/// One scope of the request.
#[derive(Debug, Clone)]
pub struct AskedScope<'a> {
    /// The scope as sent, such as `email`.
    pub name: &'a str,
    /// The operator's description of a scope of their own.
    pub description: Option<&'a str>,
    /// Not allowed to this application before, while other scopes were.
    pub is_new: bool,
    /// Whether the operator says that it reaches far (`scopes.NAME.sensitive`).
    pub is_marked: bool,
}

impl AskedScope<'_> {
    /// The scope as a sentence.
    fn sentence(&self, texts: &Texts) -> String {
        permission::scope(texts, self.name, self.description)
    }

    /// Whether it is powerful: then it is highlighted.
    fn is_sensitive(&self) -> bool {
        self.is_marked || (self.description.is_none() && self.name == "account")
    }

    /// What belongs to it, in small print.
    fn detail(&self, texts: &Texts) -> Option<String> {
        match (self.description, self.name) {
            (None, "openid") => Some(texts.get("scope-openid-detail")),
            (None, "profile") => Some(texts.get("scope-profile-detail")),
            (None, "account") => Some(texts.get("scope-account-detail")),
            _ => None,
        }
    }
}

impl Consent<'_> {
    /// A claim that is asked for by name, in the person's words.
    fn claim(&self, name: &str) -> String {
        permission::claim(self.page.texts, name)
    }

    /// Whether some scopes were allowed before, so that others are marked "new".
    fn adds(&self) -> bool {
        self.scopes.iter().any(|scope| scope.is_new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_sentences_and_new_ones_are_marked() {
        let texts = Texts::default();
        let scope =
            |name, description, is_new| AskedScope { name, description, is_new, is_marked: name == "api:write" };
        let html = Consent {
            page: Page::new(&texts, "", "Latchkey"),
            action: "/consent",
            csrf: "token",
            application: Application { name: "Harbour", host: "harbour.example", ..Default::default() },
            person: Person { name: "Alice", identifier: "alice@example.com", picture: None },
            switch_url: Some("/login"),
            scopes: vec![
                scope("email", None, true),
                scope("api:read", Some("Read <your> bills"), false),
                scope("x:y", None, false),
                scope("api:write", Some("Pay your bills"), false),
                scope("account", None, false),
            ],
            claims: vec!["birthdate".into(), "http://x.example/<b>".into()],
            offline_days: Some(14),
        }
        .render()
        .unwrap();
        for part in [
            "See your email address",
            "Read &#60;your&#62; bills",
            "“x:y”",
            "date of birth",
            "http://x.example/&#60;b&#62;",
            "14 days",
            "harbour.example",
            "alice@example.com",
        ] {
            assert!(html.contains(part), "{part}");
        }
        assert_eq!(html.matches("class=\"badge\"").count(), 1);
        assert_eq!(html.matches("badge-sensitive").count(), 2, "the operator's word, and the account's own scope");
        assert!(html.find("consent-allow") < html.find("consent-deny"));
    }
}
