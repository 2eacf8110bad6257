//! A provider in this process: the real application on a port of its own, with a clock that tests advance.

use super::browser::Browser;
use super::people::Person;
use super::relying_party::{RelyingParty, Tokens};
use super::stores::{Fresh, START, Stores, masters};
use actix_web::dev::ServerHandle;
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{App, HttpResponse, HttpServer};
use latchkey::app::{self, Machine};
use latchkey::op::Op;
use latchkey::platform::clock::{Clock, ManualClock, SystemClock, Time};
use latchkey::platform::config::{Config, Layers};
use latchkey::platform::http::health::Health;
use latchkey::platform::http::limits;
use latchkey::platform::password::Cost;
use latchkey::platform::random::OsRandom;
use std::net::TcpListener;
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

/// A provider that is not started yet.
pub struct Setup {
    stores: Stores,
    toml: String,
    path: String,
    host: &'static str,
    ephemeral: Option<String>,
}

impl Setup {
    pub fn new(stores: Stores) -> Self {
        Self { stores, toml: String::new(), path: String::new(), host: "127.0.0.1", ephemeral: None }
    }

    /// The stores that it will run on.
    pub fn stores(&self) -> Stores {
        self.stores
    }

    /// Configuration in TOML, beside what the harness needs.
    pub fn config(mut self, toml: &str) -> Self {
        self.toml.push_str(toml);
        self.toml.push('\n');
        self
    }

    /// The path of the issuer, such as `/auth`.
    pub fn issuer_path(mut self, path: &str) -> Self {
        path.clone_into(&mut self.path);
        self
    }

    /// An issuer with a name: passkeys are bound to no address.
    pub fn named(mut self) -> Self {
        self.host = "localhost";
        self
    }

    /// Another short-lived store than that of the pair.
    pub fn ephemeral(mut self, url: &str) -> Self {
        self.ephemeral = Some(url.to_owned());
        self
    }

    pub fn start(self) -> TestOp {
        let mut fresh = self.stores.fresh();
        if let Some(url) = self.ephemeral {
            fresh.ephemeral = url;
        }
        let fresh = Arc::new(fresh);
        let clock = Arc::new(ManualClock::new(START));
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let issuer = format!("http://{}:{}{}", self.host, listener.local_addr().unwrap().port(), self.path);
        let config = Arc::new(configuration(&self.toml, &issuer, &fresh));
        TestOp::start(Parts { config, clock, fresh, stores: self.stores, machine: Arc::new(SystemClock) }, listener)
    }
}

fn configuration(toml: &str, issuer: &str, fresh: &Fresh) -> Config {
    let layers = Layers::default().text("test.toml", toml).flag("issuer", issuer).flag("database.max_connections", 4);
    let layers = layers.flag("database.url", &fresh.database).flag("ephemeral.url", &fresh.ephemeral);
    layers.load().unwrap_or_else(|error| panic!("{error}"))
}

/// What replicas and restarts share.
#[derive(Clone)]
struct Parts {
    config: Arc<Config>,
    clock: Arc<ManualClock>,
    fresh: Arc<Fresh>,
    stores: Stores,
    /// The machine's own clock, by which readiness goes.
    machine: Arc<dyn Clock>,
}

/// A provider that runs until it is dropped.
pub struct TestOp {
    /// The very context that the server works with.
    pub op: Data<Op>,
    /// Where this replica listens, without a path.
    pub address: String,
    parts: Parts,
    running: Option<(ServerHandle, JoinHandle<()>)>,
}

impl TestOp {
    fn start(parts: Parts, listener: TcpListener) -> Self {
        let address = format!("http://{}", listener.local_addr().unwrap());
        let (tell, told) = mpsc::channel();
        let (config, clock) = (Arc::clone(&parts.config), Arc::clone(&parts.clock));
        let machine_clock = Arc::clone(&parts.machine);
        let thread = std::thread::spawn(move || {
            let machine =
                Machine { clock, random: Arc::new(OsRandom), masters: masters(), cost: Cost::new(64, 1).unwrap() };
            actix_web::rt::System::new().block_on(async move {
                let op = Data::new(app::assemble(config, machine).await.unwrap_or_else(|error| panic!("{error}")));
                let server = serve(op.clone(), listener, machine_clock);
                tell.send((op, server.handle())).unwrap();
                server.await.unwrap();
            });
        });
        let (op, handle) = told.recv().expect("the provider starts");
        Self { op, address, parts, running: Some((handle, thread)) }
    }

    /// Another server on the same stores, clock and issuer, at an address of its own.
    pub fn replica(&self) -> Self {
        Self::start(self.parts.clone(), TcpListener::bind(("127.0.0.1", 0)).unwrap())
    }

    /// A replica on a machine whose clock is `seconds` ahead, or behind when they are negative.
    pub fn replica_ahead(&self, seconds: i64) -> Self {
        let moved = |time: Time| Arc::new(ManualClock::new(Time::from_millis(time.millis() + 1000 * seconds)));
        let (clock, machine) = (moved(self.now()), moved(SystemClock.now()));
        Self::start(Parts { clock, machine, ..self.parts.clone() }, TcpListener::bind(("127.0.0.1", 0)).unwrap())
    }

    /// The same provider after a restart: nothing that was only in memory is left.
    pub fn restart(mut self) -> Self {
        self.stop();
        // Others may have taken the port meanwhile: clients go by `address`, the issuer stays.
        self.replica()
    }

    pub fn stores(&self) -> Stores {
        self.parts.stores
    }

    pub fn issuer(&self) -> &str {
        self.op.issuer()
    }

    /// An endpoint as this replica serves it.
    pub fn url(&self, path: &str) -> String {
        format!("{}{}{path}", self.address, self.op.config.issuer.prefix())
    }

    /// Lets time pass.
    pub fn advance(&self, by: Duration) {
        self.parts.clock.advance(by);
    }

    pub fn now(&self) -> Time {
        self.parts.clock.now()
    }

    /// A new browser, in which nobody is signed in.
    pub fn browser(&self) -> Browser {
        Browser::new(self)
    }

    /// Registers a client with this metadata.
    pub async fn client(&self, metadata: serde_json::Value) -> RelyingParty {
        RelyingParty::register(self, metadata).await
    }

    /// A confidential web application with a code, refresh and the usual scopes, `client_secret_basic`.
    pub async fn web_app(&self) -> RelyingParty {
        self.client(super::relying_party::web_app()).await
    }

    /// Ada signed in at a web application, which holds her tokens.
    pub async fn tokens(&self) -> (RelyingParty, Tokens) {
        self.person("ada").await;
        let rp = self.web_app().await;
        let tokens = rp.sign_in(&mut self.browser(), &rp.request()).await;
        (rp, tokens)
    }

    /// A person who can sign in under this name.
    pub async fn person(&self, username: &str) -> Person {
        Person::register(self, username).await
    }

    /// Whoever changed clients or keys by the stores calls this, so that no cache is asked.
    pub fn changed(&self) {
        self.op.freshness.expire();
    }

    /// Runs `work` in a transaction, past the code under test.
    pub async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut latchkey::platform::db::Connection) -> diesel::QueryResult<T> + Clone + Send + 'static,
    ) -> T {
        let done = self.op.db.write(work).await.unwrap_or_else(|error| panic!("{error}"));
        self.changed();
        done
    }

    fn stop(&mut self) {
        if let Some((handle, thread)) = self.running.take() {
            // The order is sent at once; the future would only tell when it was followed.
            drop(handle.stop(false));
            let ended = thread.join();
            if !std::thread::panicking() {
                ended.expect("the server ends in peace");
            }
        }
    }
}

impl Drop for TestOp {
    fn drop(&mut self) {
        self.stop();
    }
}

/// With one route more, which panics: handlers that do are bugs, and none is known.
fn serve(op: Data<Op>, listener: TcpListener, clock: Arc<dyn Clock>) -> actix_web::dev::Server {
    let edge = app::edge(&op);
    let url = op.config.database.url.url().expose().clone();
    let health = Data::new(Health::new(op.db.clone(), op.slots.clone(), url, clock));
    let broken = |config: &mut ServiceConfig| {
        config.route("/broken", web::get().to(panics));
    };
    HttpServer::new(move || {
        let (op, health) = (op.clone(), health.clone());
        App::new().wrap(edge.clone()).app_data(health).configure(move |config| app::mount(config, &op, broken))
    })
    .workers(2)
    .disable_signals()
    .client_request_timeout(limits::HEAD_TIME)
    .client_disconnect_timeout(Duration::from_secs(2))
    .listen(listener)
    .unwrap()
    .run()
}

async fn panics() -> HttpResponse {
    panic!("on purpose")
}
