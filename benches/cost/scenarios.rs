//! The rows of the table.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use sha2::Digest as _;

use crate::bare::Operation;
use crate::browser::Browser;
use crate::http::{Answer, Connection, Request, form};
use crate::stage::{
    ALGORITHMS, MACHINE, PASSWORD, REDIRECT_URI, RS256_RESOURCE, SEALED, SECRET, Stage, WEB, client_of, username,
};

/// One row: what a request needs first (not measured), the request, and what no one could save.
pub struct Scenario {
    pub name: &'static str,
    pub connections: usize,
    /// CPU milliseconds, from docs/performance.md.
    pub goal: &'static str,
    pub prepare: fn(&mut Worker) -> Result<String, String>,
    pub fire: fn(&mut Worker, String) -> Result<Answer, String>,
    pub unavoidable: fn(&Worker, &Answer) -> Vec<Operation>,
}

const CONNECTIONS: usize = 16;

/// The rows that are run again with a full store.
pub const GROWN: &[&str] =
    &["client credentials, ES256", "refresh", "userinfo", "introspection", "code + PKCE, live session", "sign-in"];

pub const ALL: &[Scenario] = &[
    plain("discovery", "0.025", |w, _| w.get("/.well-known/openid-configuration"), |_, _| vec![]),
    plain("jwks", "0.025", |w, _| w.get("/jwks"), |_, _| vec![]),
    plain("client credentials, RS256", "0.55", |w, _| w.client_credentials(RS256), |_, a| signatures(a)),
    plain("client credentials, ES256", "0.07", |w, _| w.client_credentials(&[]), |_, a| signatures(a)),
    Scenario {
        prepare: Worker::authorize,
        ..plain("code exchange", "–", |w, code| w.redeem(&code), |_, a| signatures(a))
    },
    Scenario { prepare: Worker::signed_in, ..plain("refresh", "0.75", |w, _| w.refresh(), |_, a| signatures(a)) },
    Scenario {
        prepare: Worker::signed_in,
        ..plain("userinfo", "1.3 × floor", |w, _| w.userinfo(), |w, _| vec![verification(&w.access_token)])
    },
    Scenario {
        prepare: Worker::signed_in,
        ..plain("introspection", "1.3 × floor", |w, _| w.introspect(), |w, _| vec![verification(&w.access_token)])
    },
    Scenario {
        prepare: Worker::signed_in,
        ..plain("code + PKCE, live session", "1.1", |w, _| w.flow(), |_, a| signatures(a))
    },
    id_token("code exchange, ID token RS256", |w| w.authorize_as(0), |w, code| w.redeem_as(0, &code)),
    id_token("code exchange, ID token PS256", |w| w.authorize_as(1), |w, code| w.redeem_as(1, &code)),
    id_token("code exchange, ID token RS512", |w| w.authorize_as(2), |w, code| w.redeem_as(2, &code)),
    id_token("code exchange, ID token ES256", |w| w.authorize_as(3), |w, code| w.redeem_as(3, &code)),
    id_token("code exchange, ID token ES384", |w| w.authorize_as(4), |w, code| w.redeem_as(4, &code)),
    id_token("code exchange, ID token ES512", |w| w.authorize_as(5), |w, code| w.redeem_as(5, &code)),
    id_token("code exchange, ID token EdDSA", |w| w.authorize_as(6), |w, code| w.redeem_as(6, &code)),
    Scenario {
        prepare: Worker::signed_in_sealed,
        ..plain(
            "userinfo, encrypted",
            "–",
            |w, _| w.userinfo(),
            |w, _| vec![verification(&w.access_token), Operation::WrapRsaOaep256],
        )
    },
    plain("registration", "–", |w, _| w.register(), |_, _| vec![]),
    Scenario {
        // Few at a time: more would be refused early, as the bounded pool is meant to.
        connections: 2,
        ..plain("sign-in", "1.1 × one hash", |w, _| w.sign_in(), |_, _| vec![Operation::HashPassword])
    },
];

const fn id_token(
    name: &'static str,
    prepare: fn(&mut Worker) -> Result<String, String>,
    fire: fn(&mut Worker, String) -> Result<Answer, String>,
) -> Scenario {
    Scenario { prepare, ..plain(name, "–", fire, |_, a| signatures(a)) }
}

const RS256: &[(&str, &str)] = &[("resource", RS256_RESOURCE), ("scope", "bench:measure")];
const VERIFIER: &str = "a-verifier-of-the-bench-that-has-43-characters-or-more";

const fn plain(
    name: &'static str,
    goal: &'static str,
    fire: fn(&mut Worker, String) -> Result<Answer, String>,
    unavoidable: fn(&Worker, &Answer) -> Vec<Operation>,
) -> Scenario {
    Scenario { name, connections: CONNECTIONS, goal, prepare: |_| Ok(String::new()), fire, unavoidable }
}

/// One connection, with its person's browser and its client's tokens.
pub struct Worker {
    connection: Connection,
    browser: Browser,
    username: String,
    authorize: String,
    refresh_token: String,
    access_token: String,
}

impl Worker {
    pub fn new(stage: &Stage, number: usize) -> Self {
        let challenge = URL_SAFE_NO_PAD.encode(sha2::Sha256::digest(VERIFIER));
        let parameters = form(&[
            ("response_type", "code"),
            ("client_id", WEB),
            ("redirect_uri", REDIRECT_URI),
            ("scope", "openid profile email offline_access"),
            ("state", "a-state-of-the-bench"),
            ("nonce", "a-nonce-of-the-bench"),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ]);
        Self {
            connection: Connection::open(&stage.authority()).expect("the server is ready"),
            browser: Browser::default(),
            username: username(number),
            authorize: format!("/authorize?{parameters}"),
            refresh_token: String::new(),
            access_token: String::new(),
        }
    }

    fn get(&mut self, target: &str) -> Result<Answer, String> {
        self.send(Request { method: "GET", target, ..Request::default() })
    }

    fn client_credentials(&mut self, more: &[(&str, &str)]) -> Result<Answer, String> {
        let fields = [&[("grant_type", "client_credentials")], more].concat();
        self.post_as(MACHINE, "/token", &fields)
    }

    /// A code; signs in when the browser is not signed in yet.
    fn authorize(&mut self) -> Result<String, String> {
        let person = (self.username.as_str(), PASSWORD);
        let back = self.browser.walk(&mut self.connection, &self.authorize, REDIRECT_URI, person)?;
        let query = back.split_once('?').map_or("", |(_, query)| query);
        let code = url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "code");
        code.map(|(_, code)| code.into_owned()).ok_or(back)
    }

    /// A code for the client whose ID tokens are signed by this of the algorithms.
    fn authorize_as(&mut self, algorithm: usize) -> Result<String, String> {
        let usual = self.authorize.clone();
        self.authorize = usual.replace(WEB, &client_of(ALGORITHMS[algorithm]));
        let code = self.authorize();
        self.authorize = usual;
        code
    }

    fn redeem_as(&mut self, algorithm: usize, code: &str) -> Result<Answer, String> {
        self.redeem_by(&client_of(ALGORITHMS[algorithm]), code)
    }

    /// A token whose userinfo is encrypted.
    fn signed_in_sealed(&mut self) -> Result<String, String> {
        if self.access_token.is_empty() {
            let usual = self.authorize.clone();
            self.authorize = usual.replace(WEB, SEALED);
            let code = self.authorize();
            self.authorize = usual;
            let answer = self.redeem_by(SEALED, &code?)?;
            self.access_token = answer.member("access_token").ok_or("no access token")?;
        }
        Ok(String::new())
    }

    /// Has tokens issued to another client in this browser's session.
    pub fn take_part(&mut self, client: &str) -> Result<(), String> {
        let usual = self.authorize.clone();
        self.authorize = usual.replace(WEB, client);
        let code = self.authorize();
        self.authorize = usual;
        self.redeem_by(client, &code?).map(drop)
    }

    /// Signs this browser out, by the page's own form.
    pub fn sign_out(&mut self, connection: &mut Connection) {
        self.browser.sign_out(connection).unwrap_or_else(|why| panic!("signing out: {why}"));
    }

    fn register(&mut self) -> Result<Answer, String> {
        let metadata = r#"{"redirect_uris": ["https://rp.example/cb"], "client_name": "Measured"}"#;
        let request =
            Request { method: "POST", target: "/register", json: Some(metadata.to_owned()), ..Request::default() };
        let answer = self.connection.send(&request).map_err(|error| error.to_string())?;
        if answer.status == 201 { Ok(answer) } else { Err(format!("{} {}", answer.status, answer.text())) }
    }

    fn redeem(&mut self, code: &str) -> Result<Answer, String> {
        self.redeem_by(WEB, code)
    }

    fn redeem_by(&mut self, client: &str, code: &str) -> Result<Answer, String> {
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", REDIRECT_URI),
            ("code_verifier", VERIFIER),
        ];
        self.post_as(client, "/token", &fields)
    }

    fn flow(&mut self) -> Result<Answer, String> {
        let code = self.authorize()?;
        self.redeem(&code)
    }

    /// Tokens and a live session; nothing to do when they are there.
    pub fn signed_in(&mut self) -> Result<String, String> {
        if self.refresh_token.is_empty() {
            let answer = self.flow()?;
            self.access_token = answer.member("access_token").ok_or("no access token")?;
            self.refresh_token = answer.member("refresh_token").ok_or("no refresh token")?;
        }
        Ok(String::new())
    }

    pub fn refresh(&mut self) -> Result<Answer, String> {
        let token = std::mem::take(&mut self.refresh_token);
        let answer = self.post_as(WEB, "/token", &[("grant_type", "refresh_token"), ("refresh_token", &token)])?;
        self.refresh_token = answer.member("refresh_token").ok_or("no refresh token")?;
        Ok(answer)
    }

    fn userinfo(&mut self) -> Result<Answer, String> {
        let headers = vec![("Authorization", format!("Bearer {}", self.access_token))];
        self.send(Request { method: "GET", target: "/userinfo", headers, ..Request::default() })
    }

    fn introspect(&mut self) -> Result<Answer, String> {
        let token = self.access_token.clone();
        let answer = self.post_as(WEB, "/introspect", &[("token", &token)])?;
        if answer.text().contains("\"active\":true") { Ok(answer) } else { Err(answer.text()) }
    }

    /// From the client's request to the code, with a new browser each time.
    pub fn sign_in(&mut self) -> Result<Answer, String> {
        self.browser = Browser::default();
        self.authorize().map(|code| Answer { status: 200, headers: Vec::new(), body: code.into_bytes() })
    }

    fn post_as(&mut self, client: &str, target: &str, fields: &[(&str, &str)]) -> Result<Answer, String> {
        let headers = vec![("Authorization", format!("Basic {}", STANDARD.encode(format!("{client}:{SECRET}"))))];
        self.send(Request { method: "POST", target, headers, form: Some(form(fields)), ..Request::default() })
    }

    fn send(&mut self, request: Request<'_>) -> Result<Answer, String> {
        let answer = self.connection.send(&request).map_err(|error| error.to_string())?;
        if answer.status == 200 { Ok(answer) } else { Err(format!("{} {}", answer.status, answer.text())) }
    }
}

/// The signatures in a token response: those that the server had to make for it.
fn signatures(answer: &Answer) -> Vec<Operation> {
    let tokens = ["access_token", "id_token"].into_iter().filter_map(|name| answer.member(name));
    tokens
        .filter_map(|token| algorithm(&token))
        .map(|name| match name.as_str() {
            "RS256" => Operation::SignRs256,
            "PS256" => Operation::SignPs256,
            "RS512" => Operation::SignRs512,
            "ES256" => Operation::SignEs256,
            "ES384" => Operation::SignEs384,
            "ES512" => Operation::SignEs512,
            "EdDSA" => Operation::SignEdDsa,
            other => panic!("the bench knows no bare figure for {other}"),
        })
        .collect()
}

fn verification(token: &str) -> Operation {
    match algorithm(token).as_deref() {
        Some("ES256") => Operation::VerifyEs256,
        _ => Operation::VerifyRs256,
    }
}

/// The algorithm in a token's header; `None` for opaque ones.
fn algorithm(token: &str) -> Option<String> {
    let header = URL_SAFE_NO_PAD.decode(token.split('.').next()?).ok()?;
    let header: serde_json::Value = serde_json::from_slice(&header).ok()?;
    Some(header.get("alg")?.as_str()?.to_owned())
}
