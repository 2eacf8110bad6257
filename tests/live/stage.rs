//! A provider with people and clients in it: one instance or several, on either pair of stores.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::latchkey::Setup;
use crate::support::{Latchkey, Postgres, Redis};

/// Where the provider keeps its data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Store {
    Sqlite,
    PostgresAndRedis,
}

pub const WEB: &str = "web";
pub const SECRET: &str = "live-only-0123456789abcdefghijklmnopqrstuvwxyz";
pub const REDIRECT_URI: &str = "http://127.0.0.1:9/callback";
pub const POST_LOGOUT_REDIRECT_URI: &str = "http://127.0.0.1:9/signed-out";
/// Asks nobody: its operator vouches for it. What load is made with.
pub const TRUSTED: &str = "trusted";
pub const USERNAME: &str = "mary";
pub const PASSWORD: &str = "correct horse battery staple";

/// Tests come from one address, and some of them fail on purpose.
const CONFIG: &str = r#"
    [throttle]
    sign_in_account = "off"
    sign_in_address = "off"
    sign_in_network = "off"
    interaction_network = "off"
    [tokens]
    refresh_grace = "3s"
    [log]
    level = "info"
"#;

/// A setup on these stores. SQLite is the setup's own default.
pub fn on(store: Store) -> Setup {
    let setup = Latchkey::serve().config(CONFIG);
    match store {
        Store::Sqlite => setup,
        Store::PostgresAndRedis => {
            static DATABASES: AtomicUsize = AtomicUsize::new(1);
            let number = u32::try_from(DATABASES.fetch_add(1, Ordering::Relaxed)).unwrap();
            let database = Postgres::shared().create_database();
            setup.database(&database).ephemeral(&Redis::shared().database_url(number))
        }
    }
}

/// Starts it, with clients and people.
pub fn start(setup: Setup) -> Latchkey {
    furnish(setup.start())
}

/// Two instances behind the first one's address.
pub fn start_two(setup: Setup) -> [Latchkey; 2] {
    let first = start(setup.clone());
    let second = setup.issuer(&first.issuer()).start();
    [first, second]
}

/// Brings in clients and people, as an operator does.
pub fn furnish(latchkey: Latchkey) -> Latchkey {
    import(&latchkey, "client", &clients());
    import(&latchkey, "user", &people());
    latchkey
}

pub fn import(latchkey: &Latchkey, noun: &str, list: &Value) {
    let file = latchkey.folder().join(format!("{noun}.json"));
    std::fs::write(&file, list.to_string()).unwrap();
    latchkey.run(&[noun, "import", file.to_str().unwrap()]);
}

/// The address that an instance listens at.
pub fn port(latchkey: &Latchkey) -> u16 {
    latchkey.base_url().rsplit_once(':').unwrap().1.parse().unwrap()
}

fn people() -> Value {
    let mut person = json!({
        "username": USERNAME, "password": PASSWORD, "name": "Mary Somerville", "given_name": "Mary",
        "family_name": "Somerville", "email": "mary@example.com", "email_verified": true,
    });
    let first = person.clone();
    person["username"] = json!("sofia");
    person["email"] = json!("sofia@example.com");
    json!([first, person])
}

fn clients() -> Value {
    let client = json!({
        "client_id": WEB, "client_secret": SECRET, "client_name": "A web application",
        "token_endpoint_auth_method": "client_secret_basic", "redirect_uris": [REDIRECT_URI],
        "post_logout_redirect_uris": [POST_LOGOUT_REDIRECT_URI], "response_types": ["code"],
        "grant_types": ["authorization_code", "refresh_token"], "scope": "openid profile email offline_access",
    });
    let mut trusted = client.clone();
    trusted["client_id"] = json!(TRUSTED);
    trusted["trusted"] = json!(true);
    json!([client, trusted])
}

/// Which port the next request goes to: those of a provider's instances in turn, as a proxy would.
#[derive(Clone, Debug)]
pub struct Route {
    issuer: String,
    ports: Arc<Vec<u16>>,
    next: Arc<AtomicUsize>,
}

impl Route {
    pub fn to(instances: &[Latchkey]) -> Self {
        let ports = Arc::new(instances.iter().map(port).collect());
        Self { issuer: instances[0].issuer(), ports, next: Arc::default() }
    }

    /// To one of the instances only.
    pub fn only(&self, instance: usize) -> Self {
        Self { issuer: self.issuer.clone(), ports: Arc::new(vec![self.ports[instance]]), next: Arc::default() }
    }

    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    pub fn port(&self) -> u16 {
        self.ports[self.next.fetch_add(1, Ordering::Relaxed) % self.ports.len()]
    }

    pub fn authority(&self) -> &str {
        self.issuer.trim_start_matches("http://")
    }
}

/// Looks again until it is so, in a browser.
///
/// # Panics
/// When it is not so in time.
pub async fn eventually_async<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(Instant::now() < deadline, "not in time: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Looks again until it is so.
///
/// # Panics
/// When it is not so in time.
pub fn eventually<T>(what: &str, limit: Duration, mut look: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + limit;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < deadline, "not within {limit:?}: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}
