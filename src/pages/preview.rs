//! Pages with sample data, to be looked at without a server: each slice shows its own, in every state that it has.

use super::page::Page;
use super::parts::{Application, Person};
use crate::platform::clock::Time;
use crate::platform::config::Config;
use askama::Template;

/// Where samples are shown.
#[derive(Debug, Clone)]
pub struct Stage<'a> {
    pub config: &'a Config,
    /// The shell, in one language.
    pub page: Page<'a>,
    pub cast: &'a Cast,
}

/// The people and applications that are shown.
#[derive(Debug, Clone)]
pub struct Cast {
    pub name: &'static str,
    pub username: &'static str,
    pub email: &'static str,
    pub application: &'static str,
    /// Where it returns to.
    pub host: &'static str,
    /// A second one.
    pub other_application: &'static str,
}

/// As most are called.
pub const USUAL: Cast = Cast {
    name: "Ada Lovelace",
    username: "ada",
    email: "ada@example.org",
    application: "Harbour",
    host: "harbour.example",
    other_application: "Lighthouse",
};

/// As long as names get, and written from both sides.
pub const LONG: Cast = Cast {
    name: "Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh الخوارزمي محمد بن موسى",
    username: "wolfeschlegelsteinhausenbergerdorff.featherstonehaugh.the.younger",
    email: "wolfeschlegelsteinhausenbergerdorff.featherstonehaugh@department-of-long-names.example.org",
    application: "The Harbour and Lighthouse Authority’s Portal for Ships, Crews and Cargo (staging)",
    host: "portal-for-ships-crews-and-cargo.staging.harbour-and-lighthouse-authority.example",
    other_application: "بوابة الميناء",
};

/// A page in one state.
#[derive(Debug)]
pub struct Sample {
    /// Its template, below `templates`: a test compares them with those that are there.
    pub template: &'static str,
    /// The name of the page, for the file.
    pub page: &'static str,
    /// The name of the state.
    pub state: &'static str,
    /// The document; empty where the template failed.
    pub html: String,
}

/// The moment of every sample: a spring evening, in UTC.
const NOW: Time = Time::from_seconds(1_773_500_000);

impl<'a> Stage<'a> {
    /// A page in a state.
    pub fn sample(
        &self,
        template: &'static str,
        (page, state): (&'static str, &'static str),
        view: &impl Template,
    ) -> Sample {
        Sample { template, page, state, html: view.render().unwrap_or_default() }
    }

    pub fn page(&self) -> Page<'a> {
        self.page.clone()
    }

    /// The shell of a page of the console, where language and theme are chosen in another place.
    pub fn console_page(&self) -> Page<'a> {
        Page { chooser: None, ..self.page.clone() }
    }

    pub fn person(&self) -> Person<'a> {
        Person { name: self.cast.name, identifier: self.cast.username, picture: None }
    }

    pub fn application(&self) -> Application<'a> {
        Application {
            name: self.cast.application,
            host: self.cast.host,
            policy_uri: Some("https://harbour.example/privacy"),
            tos_uri: Some("https://harbour.example/terms"),
            ..Application::default()
        }
    }

    /// The time a number of hours ago.
    pub fn hours_ago(&self, hours: i64) -> Time {
        Time::from_seconds(NOW.seconds() - hours * 60 * 60)
    }
}
