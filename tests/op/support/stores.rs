//! Fresh stores in no time: migrated and given keys once a process, then copied.

use crate::outside::process::Folder;
use crate::outside::{Postgres, Redis};
use latchkey::model::key::{Rotation, first};
use latchkey::platform::clock::{ManualClock, Time};
use latchkey::platform::config::{Config, Layers};
use latchkey::platform::crypto::MasterKeys;
use latchkey::platform::db::{self, Db};
use latchkey::platform::random::{OsRandom, Random};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};

/// When every test begins.
pub const START: Time = Time::from_seconds(1_800_000_000);
const MASTER_KEY: &str = "C6Nn6Xq3QhZ2dRz0f8Yc1mPpLkVwTbSgJ4uEoHiAx5s=";

/// Which pair of stores a provider stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stores {
    /// SQLite, with the embedded ephemeral store.
    Sqlite,
    /// PostgreSQL, with Redis.
    Postgres,
}

/// Stores of one test, gone when dropped.
pub struct Fresh {
    pub database: String,
    pub ephemeral: String,
    _folder: Option<Folder>,
}

impl Stores {
    /// An empty provider's stores, with keys in them.
    pub fn fresh(self) -> Fresh {
        match self {
            Self::Sqlite => sqlite(),
            Self::Postgres => postgres(),
        }
    }
}

/// What opens every test's secrets at rest.
pub fn masters() -> Arc<MasterKeys> {
    Arc::new(MasterKeys::parse(MASTER_KEY).unwrap())
}

fn sqlite() -> Fresh {
    static TEMPLATE: OnceLock<PathBuf> = OnceLock::new();
    let template = TEMPLATE.get_or_init(|| {
        let folder: &'static Folder = Box::leak(Box::new(Folder::create("template")));
        let path = folder.join("latchkey.db");
        prepare(&format!("sqlite://{}", path.display()));
        path
    });
    let folder = Folder::create("op");
    let path = folder.join("latchkey.db");
    std::fs::copy(template, &path).unwrap();
    let (database, ephemeral) =
        (format!("sqlite://{}", path.display()), format!("sqlite://{}.ephemeral", path.display()));
    Fresh { database, ephemeral, _folder: Some(folder) }
}

fn postgres() -> Fresh {
    static TEMPLATE: OnceLock<()> = OnceLock::new();
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let server = Postgres::shared();
    let url = |name: &str| format!("postgres://latchkey@127.0.0.1:{}/{name}", server.port());
    TEMPLATE.get_or_init(|| {
        Postgres::execute(&url("postgres"), "CREATE DATABASE op_template");
        prepare(&url("op_template"));
    });
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let name = format!("op_{number}");
    Postgres::execute(&url("postgres"), &format!("CREATE DATABASE {name} TEMPLATE op_template"));
    // Keys in Redis are hashed under the pepper, which the template shares: a database of its own keeps tests apart.
    Fresh { database: url(&name), ephemeral: Redis::shared().database_url(number % 1024), _folder: None }
}

/// Migrates and makes the pepper and the keys: what takes long. In a thread of its own, since the test that
/// comes first may already be inside its runtime.
fn prepare(url: &str) {
    let url = url.to_owned();
    let prepared = std::thread::spawn(move || {
        db::migrate(&url).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(make_secrets(&url));
    });
    prepared.join().expect("the template is made");
}

async fn make_secrets(url: &str) {
    let db = Db::new(url, 1).unwrap();
    let (clock, random): (_, Arc<dyn Random>) = (ManualClock::new(START), Arc::new(OsRandom));
    first::ensure(&db, &masters(), &clock, &random, &rotation()).await.unwrap();
    first::keep(&db, &masters(), &clock, &random, &rotation()).await.unwrap();
}

fn rotation() -> Rotation {
    let config: Config = Layers::default().load().unwrap();
    Rotation::of(&config)
}
