//! The server under test, its stores, and the people and clients in it.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::cpu;
use crate::http::{Connection, Request};
use crate::support::{Latchkey, Postgres, Redis};

/// Where the server keeps its data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Store {
    Sqlite,
    PostgresAndRedis,
}

impl Store {
    pub const ALL: [Self; 2] = [Self::Sqlite, Self::PostgresAndRedis];

    pub fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::PostgresAndRedis => "PostgreSQL + Redis",
        }
    }
}

pub const WEB: &str = "bench-web";
pub const MACHINE: &str = "bench-machine";
pub const SECRET: &str = "bench-only-0123456789abcdefghijklmnopqrstuvwxyz";
pub const REDIRECT_URI: &str = "https://client.example/callback";
pub const PASSWORD: &str = "correct horse battery staple";
/// Its access tokens are signed RS256; those without a resource are ES256.
pub const RS256_RESOURCE: &str = "https://rs256.example";

const CONFIG: &str = r#"
    [scopes."bench:measure"]
    description = "Be measured"
    [resources.rs256]
    identifier = "https://rs256.example"
    scopes = ["bench:measure"]
    access_token_signing_alg = "RS256"
    clients = ["bench-machine"]
    [throttle]
    sign_in_account = "off"
    sign_in_address = "off"
    sign_in_network = "off"
    interaction_network = "off"
    registration_address = "off"
    [registration]
    mode = "open"
    [keys]
    algorithms = ["RS256", "PS256", "RS512", "ES256", "ES384", "ES512", "EdDSA"]
    [egress]
    allow_addresses = ["127.0.0.0/8"]
    [log]
    format = "json"
    level = "info"
"#;

/// What ID tokens are signed with, each for a client of its own.
pub const ALGORITHMS: [&str; 7] = ["RS256", "PS256", "RS512", "ES256", "ES384", "ES512", "EdDSA"];

/// The client whose ID tokens are signed so.
pub fn client_of(algorithm: &str) -> String {
    format!("bench-{algorithm}")
}

/// The client that userinfo is encrypted to.
pub const SEALED: &str = "bench-sealed";

/// A server with everything that the rows need.
#[derive(Debug)]
pub struct Stage {
    latchkey: Latchkey,
    postgres: Option<Postgres>,
    redis: Option<Redis>,
    database: Option<String>,
}

/// CPU time used so far.
#[derive(Clone, Copy, Debug, Default)]
pub struct Used {
    pub server: Duration,
    pub database: Duration,
}

impl Stage {
    pub fn set(store: Store) -> Self {
        let (postgres, redis) = match store {
            Store::Sqlite => (None, None),
            Store::PostgresAndRedis => (Some(Postgres::start()), Some(Redis::start())),
        };
        let mut setup = Latchkey::serve().config(CONFIG);
        let mut database = None;
        if let (Some(postgres), Some(redis)) = (&postgres, &redis) {
            let url = postgres.create_database();
            setup = setup.database(&url).ephemeral(&redis.url());
            database = Some(url);
        }
        let stage = Self { latchkey: setup.start(), postgres, redis, database };
        stage.import("client", &clients());
        stage.import("user", &people());
        stage
    }

    /// Host and port.
    pub fn authority(&self) -> String {
        self.latchkey.base_url().trim_start_matches("http://").to_owned()
    }

    pub fn server_pid(&self) -> u32 {
        self.latchkey.pid()
    }

    pub fn used(&self) -> Used {
        let postgres = self.postgres.as_ref().map_or(Duration::ZERO, |postgres| cpu::used_by_family(postgres.pid()));
        let redis = self.redis.as_ref().map_or(Duration::ZERO, |redis| cpu::used_by(redis.pid()));
        Used { server: cpu::used_by(self.server_pid()), database: postgres + redis }
    }

    /// Stops the server and measures from its start to the first answer; keys and schema are there already.
    pub fn time_to_first_answer(&mut self) -> Duration {
        self.latchkey.sigterm();
        self.latchkey.wait();
        let start = Instant::now();
        self.latchkey.restart();
        let request = Request { method: "GET", target: "/jwks", ..Request::default() };
        let answer = Connection::open(&self.authority()).and_then(|mut connection| connection.send(&request));
        assert_eq!(answer.expect("it has just said that it is ready").status, 200);
        start.elapsed()
    }

    /// Where the durable store is.
    pub fn database(&self) -> String {
        match &self.database {
            Some(url) => url.clone(),
            None => self.latchkey.folder().join("latchkey.sqlite").display().to_string(),
        }
    }

    /// Where the server keeps its files.
    pub fn folder(&self) -> &std::path::Path {
        self.latchkey.folder()
    }

    /// Runs a command beside the server.
    pub fn command(&self, arguments: &[&str]) {
        self.latchkey.run(arguments);
    }

    /// Registers clients or people.
    pub fn import(&self, noun: &str, list: &serde_json::Value) {
        let file = self.latchkey.folder().join(format!("{noun}.json"));
        std::fs::write(&file, list.to_string()).expect("the folder can be written");
        self.latchkey.run(&[noun, "import", file.to_str().expect("a temporary path is text")]);
    }
}

/// One person for each connection, so that no row waits for another's lock.
pub fn username(worker: usize) -> String {
    format!("person{worker}")
}

fn people() -> serde_json::Value {
    (0..16).map(|worker| json!({ "username": username(worker), "password": PASSWORD, "name": "Pat Person" })).collect()
}

fn clients() -> serde_json::Value {
    let mut clients = plain_clients();
    let list = clients.as_array_mut().expect("it is a list");
    for algorithm in ALGORITHMS {
        let mut client = web(&client_of(algorithm));
        client["id_token_signed_response_alg"] = algorithm.into();
        list.push(client);
    }
    let mut sealed = web(SEALED);
    sealed["userinfo_encrypted_response_alg"] = "RSA-OAEP-256".into();
    sealed["userinfo_encrypted_response_enc"] = "A256GCM".into();
    sealed["jwks"] = json!({ "keys": [public_key()] });
    list.push(sealed);
    clients
}

fn public_key() -> serde_json::Value {
    use josekit::jwk::KeyPair as _;
    let pair = josekit::jwk::alg::rsa::RsaKeyPair::generate(2048).expect("OpenSSL makes keys");
    let mut jwk = pair.to_jwk_public_key();
    jwk.set_key_use("enc");
    serde_json::Value::Object(jwk.into())
}

/// A web application with refresh tokens, whose people are asked for nothing.
pub fn web(client_id: &str) -> serde_json::Value {
    json!({
        "client_id": client_id, "client_secret": SECRET, "token_endpoint_auth_method": "client_secret_basic",
        "redirect_uris": [REDIRECT_URI], "response_types": ["code"], "trusted": true,
        "grant_types": ["authorization_code", "refresh_token"], "scope": "openid profile email offline_access",
    })
}

fn plain_clients() -> serde_json::Value {
    json!([
        web(WEB),
        {
            "client_id": MACHINE, "client_secret": SECRET, "token_endpoint_auth_method": "client_secret_basic",
            "redirect_uris": [], "response_types": [], "grant_types": ["client_credentials"], "scope": "bench:measure",
            "resources": [RS256_RESOURCE],
        },
    ])
}
