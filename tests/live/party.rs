//! A relying party as a fault test needs it: one request, one answer, no second try that nobody asked for.

use std::io;

use openidconnect::{CsrfToken, PkceCodeChallenge};
use url::form_urlencoded;

use crate::person::{Person, Stuck};
use crate::stage::{REDIRECT_URI, Route, SECRET};
use crate::wire::{Answer, Request};

/// What the token endpoint gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tokens {
    pub access: String,
    pub refresh: String,
    pub id: String,
}

/// A code, and what its client must show with it.
#[derive(Clone, Debug)]
pub struct Code {
    pub code: String,
    pub verifier: String,
}

/// How an attempt ended, as its client can tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome<T> {
    Done(T),
    /// 4xx, with the error's description.
    Refused(String),
    /// 503: nothing is confirmed.
    Unavailable,
    /// No answer: nothing is known.
    Lost,
}

impl<T> Outcome<T> {
    pub fn done(self) -> Option<T> {
        match self {
            Self::Done(value) => Some(value),
            _ => None,
        }
    }

    /// Whether the client knows neither that it happened nor that it did not.
    pub fn is_open(&self) -> bool {
        matches!(self, Self::Unavailable | Self::Lost)
    }
}

impl<T: std::fmt::Debug> Outcome<T> {
    /// # Panics
    /// When it was anything else.
    pub fn expect_done(self, what: &str) -> T {
        match self {
            Self::Done(value) => value,
            other => panic!("{what}: {other:?}"),
        }
    }

    /// # Panics
    /// When it was anything else.
    pub fn expect_refused(self, what: &str) -> String {
        match self {
            Self::Refused(why) => why,
            other => panic!("{what}: {other:?}"),
        }
    }
}

#[derive(Clone, Debug)]
pub struct Party {
    route: Route,
    client_id: String,
}

impl Party {
    pub fn new(route: &Route, client_id: &str) -> Self {
        Self { route: route.clone(), client_id: client_id.to_owned() }
    }

    /// The same client, over another route.
    pub fn over(&self, route: &Route) -> Self {
        Self { route: route.clone(), client_id: self.client_id.clone() }
    }

    /// Sends a person to the provider; the code that they come back with.
    ///
    /// # Errors
    /// When they do not come back, or with an error.
    pub fn authorize(&self, person: &mut Person) -> Result<Code, Stuck> {
        let (target, state, verifier) = self.authorization_request("");
        let back = person.visit(&target, REDIRECT_URI)?;
        let answer = |name: &str| parameter(&back, name);
        assert_eq!(answer("state").as_deref(), Some(state.as_str()), "state came back changed: {back}");
        assert_eq!(answer("iss").as_deref(), Some(self.route.issuer()), "{back}");
        let Some(code) = answer("code") else {
            let status = if back.contains("temporarily_unavailable") { 503 } else { 400 };
            return Err(Stuck::At(back.clone(), Answer { status, headers: Vec::new(), body: back.into_bytes() }));
        };
        Ok(Code { code, verifier })
    }

    /// Target, state and verifier of an authorization request.
    pub fn authorization_request(&self, more: &str) -> (String, String, String) {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let state = CsrfToken::new_random().secret().clone();
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.client_id)
            .append_pair("redirect_uri", REDIRECT_URI)
            .append_pair("scope", "openid email offline_access")
            .append_pair("state", &state)
            .append_pair("code_challenge", challenge.as_str())
            .append_pair("code_challenge_method", "S256")
            .finish();
        (format!("/authorize?{query}{more}"), state, verifier.secret().clone())
    }

    pub fn redemption(&self, code: &Code) -> Request {
        let form = [
            ("grant_type", "authorization_code"),
            ("code", &code.code),
            ("redirect_uri", REDIRECT_URI),
            ("code_verifier", &code.verifier),
        ];
        self.dressed(Request::post("/token", &form))
    }

    pub fn redeem(&self, code: &Code) -> Outcome<Tokens> {
        tokens(self.redemption(code).send(self.route.port()))
    }

    pub fn refreshing(&self, token: &str) -> Request {
        self.dressed(Request::post("/token", &[("grant_type", "refresh_token"), ("refresh_token", token)]))
    }

    pub fn refresh(&self, token: &str) -> Outcome<Tokens> {
        tokens(self.refreshing(token).send(self.route.port()))
    }

    pub fn revoke(&self, token: &str) -> Outcome<()> {
        judge(self.dressed(Request::post("/revoke", &[("token", token)])).send(self.route.port()), |_| ())
    }

    /// Whether the provider calls a token active.
    pub fn introspect(&self, token: &str) -> Outcome<bool> {
        let answer = self.dressed(Request::post("/introspect", &[("token", token)])).send(self.route.port());
        judge(answer, |answer| answer.json()["active"].as_bool().unwrap())
    }

    pub fn userinfo(&self, token: &str) -> Outcome<serde_json::Value> {
        let request = Request::get("/userinfo").header("Host", self.route.authority()).bearer(token);
        judge(request.send(self.route.port()), |answer| answer.json())
    }

    fn dressed(&self, request: Request) -> Request {
        request.header("Host", self.route.authority()).basic(&self.client_id, SECRET)
    }
}

/// Reads the token endpoint's answer.
pub fn tokens(answer: io::Result<Answer>) -> Outcome<Tokens> {
    judge(answer, |answer| {
        let json = answer.json();
        let member = |name: &str| json[name].as_str().unwrap_or_else(|| panic!("no {name} in {json}")).to_owned();
        Tokens { access: member("access_token"), refresh: member("refresh_token"), id: member("id_token") }
    })
}

/// What an answer means to a client. An answer that no client should ever see fails the test.
pub fn judge<T>(answer: io::Result<Answer>, read: impl FnOnce(&Answer) -> T) -> Outcome<T> {
    let Ok(answer) = answer else { return Outcome::Lost };
    match answer.status {
        200 => Outcome::Done(read(&answer)),
        // The request did not come in time, and nothing was done (RFC 9110 §15.5.9): the client asks again.
        408 => Outcome::Lost,
        400..=499 => Outcome::Refused(format!("{} {}", answer.status, answer.text())),
        503 => {
            assert!(answer.header("retry-after").is_some(), "I5: 503 without Retry-After: {}", answer.text());
            Outcome::Unavailable
        }
        status => panic!("I5: status {status}: {}", answer.text()),
    }
}

/// A parameter of a redirect.
pub fn parameter(url: &str, name: &str) -> Option<String> {
    let url = url::Url::parse(url).ok()?;
    url.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
}
