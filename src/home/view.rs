//! The home page.

use crate::pages::page::Page;
use crate::pages::parts::{Application, Person};
use askama::Template;

/// Who is signed in here; in development, with a guided tour. Answered with `PagePolicy::own_forms()`.
#[derive(Debug, Template)]
#[template(path = "home/page.html")]
pub struct Home<'a> {
    pub page: Page<'a>,
    /// Who is signed in.
    pub person: Option<Person<'a>>,
    /// Where "Sign in" leads.
    pub sign_in_url: &'a str,
    /// Where the account console is, if it is.
    pub account_url: Option<String>,
    /// Where "Sign out" leads; the end-session endpoint asks before it acts.
    pub sign_out_url: &'a str,
    /// Where the person can begin a login.
    pub applications: Vec<StartLink>,
    /// Only under `latchkey dev`.
    pub tour: Option<Tour<'a>>,
}

impl Home<'_> {
    fn has_tour(&self) -> bool {
        self.tour.is_some()
    }
}

/// Asks before a person goes on to an application that registered itself. Answered with `PagePolicy::own_forms()`.
#[derive(Debug, Template)]
#[template(path = "home/starting.html")]
pub struct Starting<'a> {
    pub page: Page<'a>,
    pub application: Application<'a>,
    /// The application's address that begins a login.
    pub url: &'a str,
    /// Where everybody else goes.
    pub home_url: &'a str,
}

/// An application that takes a login begun here (OpenID Connect Core §4).
#[derive(Debug)]
pub struct StartLink {
    /// Our own path, which redirects there.
    pub url: String,
    /// What it is called.
    pub name: String,
}

/// What a fresh `latchkey dev` shows.
#[derive(Debug)]
pub struct Tour<'a> {
    /// The issuer, as tokens carry it.
    pub issuer: &'a str,
    pub demo_url: &'a str,
    /// The emails of `dev`.
    pub mailbox_url: &'a str,
    pub discovery_url: &'a str,
    pub jwks_url: &'a str,
    /// People to sign in as.
    pub people: Vec<DemoPerson<'a>>,
    /// A public client with PKCE for the snippets.
    pub client_id: &'a str,
    /// Its redirect URI: loopback with a port that the snippets listen on, like `http://127.0.0.1:9876/callback`.
    pub redirect_uri: &'a str,
    /// The port of `redirect_uri`.
    pub redirect_port: u16,
}

/// A demo person, whose password is public.
#[derive(Debug)]
pub struct DemoPerson<'a> {
    pub name: &'a str,
    pub username: &'a str,
    pub password: &'a str,
}

impl DemoPerson<'_> {
    fn initial(&self) -> String {
        Person { name: self.name, identifier: self.username, picture: None }.initial()
    }
}

impl Tour<'_> {
    /// The same flow three times, with the live issuer and client filled in.
    fn snippets(&self) -> [Snippet; 3] {
        let render = |text: askama::Result<String>| text.unwrap_or_default();
        [
            Snippet { id: "curl", title: "curl", text: render(Curl { tour: self }.render()) },
            Snippet { id: "javascript", title: "JavaScript", text: render(JavaScript { tour: self }.render()) },
            Snippet { id: "python", title: "Python", text: render(Python { tour: self }.render()) },
        ]
    }
}

struct Snippet {
    id: &'static str,
    title: &'static str,
    text: String,
}

#[derive(Template)]
#[template(path = "home/curl.txt")]
struct Curl<'a> {
    tour: &'a Tour<'a>,
}

#[derive(Template)]
#[template(path = "home/javascript.txt")]
struct JavaScript<'a> {
    tour: &'a Tour<'a>,
}

#[derive(Template)]
#[template(path = "home/python.txt")]
struct Python<'a> {
    tour: &'a Tour<'a>,
}
