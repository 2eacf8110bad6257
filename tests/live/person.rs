//! A person with a browser that runs no scripts: cookies, redirects and forms over plain HTTP.

use std::io;

use crate::stage::{PASSWORD, Route, USERNAME};
use crate::wire::{Answer, Request};

/// Pages and redirects before a flow counts as going in circles.
const PAGES: usize = 15;

/// Why a person did not get where they wanted.
#[derive(Debug)]
#[allow(dead_code, reason = "a failed test prints it")]
pub enum Stuck {
    /// No connection, or no answer.
    Lost(io::Error),
    /// An answer that leads nowhere.
    At(String, Answer),
}

impl Stuck {
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Lost(_) => None,
            Self::At(_, answer) => Some(answer.status),
        }
    }
}

#[derive(Clone, Debug)]
pub struct Person {
    route: Route,
    cookies: Vec<(String, String)>,
    username: &'static str,
    /// What is typed once where a second factor is asked for.
    pub code: Option<String>,
    /// How often the password was typed.
    pub passwords: usize,
    /// How often a question was answered with yes.
    pub consents: usize,
}

impl Person {
    pub fn new(route: &Route) -> Self {
        Self::named(route, USERNAME)
    }

    /// Another one than the usual.
    pub fn named(route: &Route, username: &'static str) -> Self {
        Self { route: route.clone(), cookies: Vec::new(), username, code: None, passwords: 0, consents: 0 }
    }

    /// The same browser, over another route.
    pub fn over(&self, route: &Route) -> Self {
        Self { route: route.clone(), ..self.clone() }
    }

    /// Goes to `target` and on, filling in what is asked, until a redirect leaves for `stop`, whose URL it returns.
    ///
    /// # Errors
    /// See [`Stuck`].
    pub fn visit(&mut self, target: &str, stop: &str) -> Result<String, Stuck> {
        let (mut at, mut answer) = (target.to_owned(), self.fetch(Request::get(target))?);
        for _ in 0..PAGES {
            if let Some(location) = answer.header("location").filter(|_| matches!(answer.status, 302 | 303)) {
                if location.starts_with(stop) {
                    return Ok(location.to_owned());
                }
                at = path_of(location);
                answer = self.fetch(Request::get(&at))?;
            } else {
                let Some(request) = self.fill_in(&at, &answer) else { return Err(Stuck::At(at, answer)) };
                at.clone_from(&request.target);
                answer = self.fetch(request)?;
            }
        }
        panic!("{PAGES} pages and no end, the last was {at}");
    }

    /// One request of this browser.
    ///
    /// # Errors
    /// [`Stuck::Lost`].
    pub fn fetch(&mut self, request: Request) -> Result<Answer, Stuck> {
        let answer = self.dressed(request).send(self.route.port()).map_err(Stuck::Lost)?;
        self.keep_cookies(&answer);
        Ok(answer)
    }

    /// Does what an answer's `Set-Cookie` headers say.
    pub fn keep_cookies(&mut self, answer: &Answer) {
        for (_, cookie) in answer.headers.iter().filter(|(name, _)| name == "set-cookie") {
            self.keep(cookie);
        }
    }

    /// A request with what this browser adds to it.
    pub fn dressed(&self, request: Request) -> Request {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut request = request.header("Host", self.route.authority());
        if !cookies.is_empty() {
            request = request.header("Cookie", &cookies.join("; "));
        }
        if request.method == "POST" {
            request = request.header("Origin", self.route.issuer()).header("Sec-Fetch-Site", "same-origin");
        }
        request
    }

    /// What a person sends from a page that asks something; `None` for pages that don't, or that refused.
    pub fn fill_in(&mut self, at: &str, page: &Answer) -> Option<Request> {
        if page.status != 200 {
            return None;
        }
        let html = page.text();
        let form = html.split("<form").skip(1).map(|form| form.split("</form").next().unwrap_or_default());
        let form = form.into_iter().find(|form| form.contains("method=\"post\""))?;
        if form.contains("aria-invalid=\"true\"") {
            return None; // what was typed was refused
        }
        let mut fields = hidden_fields(form);
        if form.contains("name=\"password\"") {
            self.passwords += 1;
            fields.extend([("username", self.username), ("password", PASSWORD)].map(owned));
        } else if form.contains("id=\"code\" name=\"code\"") {
            fields.push(("code".to_owned(), self.code.take()?));
        } else if form.contains("value=\"allow\"") {
            self.consents += 1;
            fields.push(owned(("decision", "allow")));
        } else if form.contains("value=\"logout\"") {
            fields.push(owned(("decision", "logout")));
        } else {
            return None;
        }
        let action = attribute(form.split('>').next().unwrap_or_default(), "action").unwrap_or_default();
        let target = if action.is_empty() { at.to_owned() } else { path_of(&action) };
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        Some(Request::post(&target, &fields))
    }

    fn keep(&mut self, cookie: &str) {
        let Some((name, value)) = cookie.split(';').next().and_then(|pair| pair.split_once('=')) else { return };
        self.cookies.retain(|(known, _)| known != name);
        let is_over = value.is_empty() || cookie.to_ascii_lowercase().contains("max-age=0");
        if !is_over {
            self.cookies.push((name.to_owned(), value.to_owned()));
        }
    }
}

fn owned((name, value): (&str, &str)) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

fn hidden_fields(form: &str) -> Vec<(String, String)> {
    let inputs = form.split("<input").skip(1).map(|input| input.split('>').next().unwrap_or_default());
    let hidden = inputs.filter(|input| attribute(input, "type").as_deref() == Some("hidden"));
    hidden.filter_map(|input| Some((attribute(input, "name")?, attribute(input, "value")?))).collect()
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    let text = rest.split('"').next()?;
    Some(
        [("&#38;", "&"), ("&amp;", "&"), ("&#43;", "+"), ("&#61;", "=")]
            .iter()
            .fold(text.to_owned(), |text, (from, to)| text.replace(from, to)),
    )
}

/// Path and query of a URL of the provider.
pub fn path_of(location: &str) -> String {
    let Some((_, rest)) = location.split_once("://") else { return location.to_owned() };
    rest.find('/').map_or_else(|| "/".to_owned(), |start| rest[start..].to_owned())
}
