//! The face of a refusal that a person sees.

use super::page::Page;
use super::parts::{Application, Person};
use super::preview::{Sample, Stage};
use crate::protocol::error::Cause;
use askama::Template;

/// An error page: what happened, what to do, the code and the reference. Never a cause from inside.
#[derive(Debug, Template)]
#[template(path = "error.html")]
pub struct ErrorPage<'a> {
    pub page: Page<'a>,
    /// The message for the person.
    pub cause: Cause,
    /// The error code of the specification, such as `invalid_request`.
    pub code: &'a str,
    /// A sentence for the application's developers, shown with the code: what `error_description` says, without the
    /// reference, which has its own line.
    pub description: Option<&'a str>,
    /// The reference that `latchkey explain` knows, like `LK-7QW2M9XA`.
    pub reference: &'a str,
    /// Where the one button leads: back to the application or to the home page. Only a URL of ours or a registered one.
    pub return_url: Option<&'a str>,
    /// What a form carries there; empty where a link does.
    pub return_fields: &'a [(&'static str, String)],
}

impl ErrorPage<'_> {
    /// Whether the one button leads to the application: our own addresses are paths.
    fn leaves(&self) -> bool {
        self.return_url.is_some_and(|url| !url.starts_with('/'))
    }

    /// Whether an application had a part in it, whose developers read the code. A wrong address is a person's matter.
    fn is_technical(&self) -> bool {
        self.cause != Cause::NotFound
    }

    fn technical_description(&self) -> Option<&str> {
        self.description.filter(|_| self.is_technical())
    }

    fn title(&self) -> String {
        let texts = self.page.texts;
        match self.cause {
            Cause::UnknownApplication => texts.get("error-application-title"),
            Cause::ReturnAddress => texts.get("error-return-title"),
            Cause::Request => texts.get("error-request-title"),
            Cause::Expired => texts.get("error-expired-title"),
            Cause::Cookie => texts.get("error-cookie-title"),
            Cause::TooMany => texts.get("error-too-many-title"),
            Cause::NotFound => texts.get("error-not-found-title"),
            Cause::Unavailable => texts.get("error-unavailable-title"),
            Cause::Internal => texts.get("error-internal-title"),
        }
    }

    fn what_to_do(&self) -> String {
        let texts = self.page.texts;
        match self.cause {
            Cause::UnknownApplication => texts.get("error-application-advice"),
            Cause::ReturnAddress => texts.get("error-return-advice"),
            Cause::Request => texts.get("error-request-advice"),
            Cause::Expired => texts.get("error-expired-advice"),
            Cause::Cookie => texts.get("error-cookie-advice"),
            Cause::TooMany => texts.get("error-too-many-advice"),
            Cause::NotFound => texts.get("error-not-found-advice"),
            Cause::Unavailable => texts.get("error-unavailable-advice"),
            Cause::Internal => texts.get("error-internal-advice"),
        }
    }
}

/// A page of a sign-in that is over: too old, used, bookmarked, or of another browser. It leads on all the same.
#[derive(Debug, Template)]
#[template(path = "expired.html")]
pub struct ExpiredPage<'a> {
    pub page: Page<'a>,
    /// Who is signed in here.
    pub person: Option<Person<'a>>,
    /// The application that last started a sign-in in this browser, and its link.
    pub application: Option<(Application<'a>, String)>,
    /// Where somebody signs in.
    pub sign_in_url: &'a str,
    /// Where everybody can go.
    pub home_url: &'a str,
    /// The error code of the specification.
    pub code: &'a str,
    /// The reference that `latchkey explain` knows.
    pub reference: &'a str,
}

/// The page for every cause, to be looked at.
pub fn samples(stage: &Stage<'_>) -> Vec<Sample> {
    const CAUSES: [(&str, Cause); 9] = [
        ("application", Cause::UnknownApplication),
        ("return", Cause::ReturnAddress),
        ("request", Cause::Request),
        ("expired", Cause::Expired),
        ("cookie", Cause::Cookie),
        ("too-many", Cause::TooMany),
        ("not-found", Cause::NotFound),
        ("unavailable", Cause::Unavailable),
        ("internal", Cause::Internal),
    ];
    let sample = |(state, cause): (&'static str, Cause)| {
        let view = ErrorPage {
            page: stage.page(),
            cause,
            code: "invalid_request",
            description: Some("redirect_uri is not registered"),
            reference: "LK-7QW2M9XA",
            return_url: Some(if cause == Cause::Request { "https://harbour.example/" } else { "/" }),
            return_fields: &[],
        };
        stage.sample("error.html", ("error", state), &view)
    };
    let expired = |state, person, application| {
        let view = ExpiredPage {
            page: stage.page(),
            person,
            application,
            sign_in_url: "",
            home_url: "",
            code: "invalid_request",
            reference: "LK-7QW2M9XA",
        };
        stage.sample("expired.html", ("sign-in-expired", state), &view)
    };
    let application = || Some((stage.application(), String::new()));
    let mut samples: Vec<Sample> = CAUSES.map(sample).into();
    samples.push(expired("filled", None, application()));
    samples.push(expired("empty", None, None));
    samples.push(expired("signed-in", Some(stage.person()), application()));
    samples
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::i18n::Texts;

    #[test]
    fn the_visible_text_holds_the_word_error_the_code_and_the_reference() {
        let texts = Texts::default();
        let page = Page::new(&texts, "", "Latchkey");
        let view = ErrorPage {
            page,
            cause: Cause::ReturnAddress,
            code: "invalid_request",
            description: Some("<b>"),
            reference: "LK-7QW2M9XA",
            return_url: None,
            return_fields: &[],
        };
        let html = view.render().unwrap();
        for part in ["error", "invalid_request", "LK-7QW2M9XA", "&#60;b&#62;"] {
            assert!(html.contains(part), "{part} in {html}");
        }
        // A wrong address is nobody's request.
        let html = ErrorPage { cause: Cause::NotFound, ..view }.render().unwrap();
        assert!(html.contains("LK-7QW2M9XA"));
        for word in ["OAuth", "invalid_request", "&#60;b&#62;"] {
            assert!(!html.contains(word), "{word} in {html}");
        }
    }
}
