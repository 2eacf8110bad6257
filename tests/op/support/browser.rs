//! A person's browser, without scripts: cookies, redirects within the provider, forms.

use super::TestOp;
use super::answer::{Answer, between, unescape};
use super::people::PASSWORD;
use super::wire::Raw;
use std::collections::BTreeMap;

/// A browser, and the page that it shows.
#[derive(Clone)]
pub struct Browser {
    http: reqwest::Client,
    /// The server that answers for the issuer's origin: one of its replicas.
    address: String,
    origin: String,
    pub cookies: BTreeMap<String, String>,
    /// Sent with every request.
    pub headers: Vec<(&'static str, String)>,
    /// What it shows now.
    pub page: Option<Answer>,
    /// Where that came from: a path and query below the origin.
    pub path: String,
}

/// What the first form of a page sends.
#[derive(Clone, Debug)]
pub struct Form {
    pub action: String,
    pub hidden: Vec<(String, String)>,
}

impl Browser {
    pub(super) fn new(op: &TestOp) -> Self {
        let origin = op.op.config.issuer.origin().to_owned();
        let (address, http) = (op.address.clone(), super::http::client());
        Self { http, address, origin, cookies: BTreeMap::new(), headers: Vec::new(), page: None, path: String::new() }
    }

    /// Goes on at another replica, which a load balancer may choose at any time.
    pub fn through(&mut self, replica: &TestOp) -> &mut Self {
        self.address.clone_from(&replica.address);
        self
    }

    /// What it shows now.
    pub fn page(&self) -> &Answer {
        self.page.as_ref().expect("a page was opened")
    }

    /// Opens a URL of the provider and follows redirects until a page shows or another site is next.
    pub async fn open(&mut self, url: &str) -> Answer {
        let path = self.local(url).unwrap_or_else(|| panic!("{url} is not below {}", self.origin));
        let answer = self.request(reqwest::Method::GET, &path, None).await;
        self.follow(path, answer).await
    }

    /// Fills in the form of the page and submits it, as a browser would.
    pub async fn submit(&mut self, fields: &[(&str, &str)]) -> Answer {
        let form = self.form();
        let hidden = form.hidden.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let body: Vec<(&str, &str)> = hidden.chain(fields.iter().copied()).collect();
        self.post(&form.action, &body).await
    }

    /// Posts a form to a path of the provider from one of its own pages.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let answer = self.request(reqwest::Method::POST, path, Some(fields)).await;
        self.follow(path.to_owned(), answer).await
    }

    /// Sends the multipart form of the page of one's profile, as a browser would.
    pub async fn upload(&mut self, csrf: &str, action: &str, file: &[u8]) -> Answer {
        let path = "/account/profile/picture";
        let field = |name: &str, value: &str| {
            format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").into_bytes()
        };
        let head = "--edge\r\nContent-Disposition: form-data; name=\"picture\"; filename=\"me.png\"\r\n\
                    Content-Type: image/png\r\n\r\n";
        let body =
            [&field("csrf", csrf), head.as_bytes(), file, b"\r\n", &field("action", action), b"--edge--\r\n"].concat();
        let mut request = self.prepare(reqwest::Method::POST, path);
        if !self.headers.iter().any(|(name, _)| *name == "origin") {
            request = request.header("origin", &self.origin);
        }
        let answer = Answer::of(request.header("content-type", "multipart/form-data; boundary=edge").body(body)).await;
        self.keep_cookies(&answer);
        self.follow(path.to_owned(), answer).await
    }

    pub async fn sign_in(&mut self, username: &str, password: &str) -> Answer {
        assert!(self.page().body.contains("id=\"password\""), "no sign-in page: {}", self.page().body);
        self.submit(&[("username", username), ("password", password)]).await
    }

    /// Leaves the account chooser for the sign-in page.
    pub async fn use_another_account(&mut self) -> Answer {
        assert!(self.is_at("/login/accounts"), "no account chooser: {} {}", self.path, self.page().body);
        let href = between(&self.page().body, "id=\"accounts-other\" href=\"", "\"").expect("a way out");
        self.open(&unescape(&href)).await
    }

    pub async fn allow(&mut self) -> Answer {
        assert!(self.is_at("/consent"), "no consent page: {} {}", self.path, self.page().body);
        self.submit(&[("decision", "allow")]).await
    }

    pub async fn deny(&mut self) -> Answer {
        assert!(self.is_at("/consent"), "no consent page: {} {}", self.path, self.page().body);
        self.submit(&[("decision", "deny")]).await
    }

    /// Opens an authorization URL and does what the pages ask, as `ada`, until the way leads back.
    pub async fn walk(&mut self, url: &str) -> Answer {
        self.walk_as("ada", url).await
    }

    /// The same as somebody else.
    pub async fn walk_as(&mut self, username: &str, url: &str) -> Answer {
        let mut answer = self.open(url).await;
        if answer.status == 200 && self.is_at("/login") {
            answer = self.sign_in(username, PASSWORD).await;
        }
        if answer.status == 200 && self.is_at("/consent") {
            answer = self.allow().await;
        }
        answer
    }

    /// Whether the page shown is one of these.
    pub fn is_at(&self, path: &str) -> bool {
        self.path.contains(&format!("{path}/")) || self.path.ends_with(path)
    }

    /// The first form of the page.
    pub fn form(&self) -> Form {
        let body = &self.page().body;
        let form = between_raw(body, "<form", "</form>").unwrap_or_else(|| panic!("no form: {body}"));
        let tag = form.split('>').next().unwrap_or_default();
        let action = attribute(tag, "action").unwrap_or_else(|| self.path.clone());
        let inputs = form.split("<input").skip(1).map(|rest| rest.split('>').next().unwrap_or_default());
        let hidden = inputs.filter(|tag| attribute(tag, "type").as_deref() == Some("hidden"));
        let hidden =
            hidden.filter_map(|tag| Some((attribute(tag, "name")?, attribute(tag, "value").unwrap_or_default())));
        Form { action, hidden: hidden.collect() }
    }

    /// One request, no redirect followed.
    pub async fn request(&mut self, method: reqwest::Method, path: &str, form: Option<&[(&str, &str)]>) -> Answer {
        let mut request = self.prepare(method, path);
        if let Some(form) = form {
            if !self.headers.iter().any(|(name, _)| *name == "origin") {
                request = request.header("origin", &self.origin);
            }
            request = request.form(form);
        }
        let answer = Answer::of(request).await;
        self.keep_cookies(&answer);
        answer
    }

    /// A form of one of the provider's own pages, byte for byte.
    pub fn raw(&self, path: &str, fields: &[(&str, &str)]) -> Raw {
        let pairs: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let raw = Raw::new("POST", path).header("cookie", pairs.join("; ")).header("origin", self.origin.clone());
        raw.form(body)
    }

    fn prepare(&self, method: reqwest::Method, path: &str) -> reqwest::RequestBuilder {
        let mut request = self.http.request(method, format!("{}{path}", self.address));
        if !self.cookies.is_empty() {
            let pairs: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request.header("cookie", pairs.join("; "));
        }
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        request
    }

    async fn follow(&mut self, mut path: String, mut answer: Answer) -> Answer {
        for _ in 0..10 {
            let next = answer.location().filter(|_| answer.status == 303).and_then(|location| self.local(location));
            let Some(next) = next else {
                (self.path, self.page) = (path, Some(answer.clone()));
                return answer;
            };
            answer = self.request(reqwest::Method::GET, &next, None).await;
            path = next;
        }
        panic!("redirects without end at {path}");
    }

    /// The path of a URL that is the provider's own.
    fn local(&self, url: &str) -> Option<String> {
        let own = [&self.origin, &self.address].into_iter().find_map(|origin| url.strip_prefix(origin.as_str()));
        own.or_else(|| url.starts_with('/').then_some(url)).map(str::to_owned)
    }

    fn keep_cookies(&mut self, answer: &Answer) {
        for line in answer.headers.get_all("set-cookie") {
            let line = line.to_str().unwrap();
            let (name, value) = line.split(';').next().unwrap().split_once('=').unwrap();
            if line.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}

fn between_raw<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    text.split_once(before)?.1.split_once(after).map(|(found, _)| found)
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    between(tag, &format!(" {name}=\""), "\"").map(|value| unescape(&value))
}
