//! Stores of a test's own: a file in a temporary folder, a Redis on a socket or port of its own.

use super::super::*;
use super::redis_cluster::RedisCluster;
use crate::platform::{
    clock::{ManualClock, Time},
    random::OsRandom,
};
use std::{
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

pub(super) const MINUTE: Duration = Duration::from_secs(60);

pub(super) fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::new(Time::from_seconds(1_800_000_000)))
}

/// A store under test, with its clock.
pub(super) struct Fixture {
    pub(super) store: Arc<dyn Ephemeral>,
    pub(super) clock: Arc<ManualClock>,
    pub(super) hasher: KeyHasher,
    url: String,
    redis: Option<Redis>,
    pub(super) cluster: Option<RedisCluster>,
    folder: Folder,
}

impl Fixture {
    pub(super) async fn embedded() -> Self {
        let folder = Folder::new();
        let url = format!("sqlite://{}", folder.0.join("ephemeral.sqlite").display());
        Self::open(url, None, folder).await
    }

    pub(super) async fn redis() -> Self {
        let folder = Folder::new();
        let socket = folder.0.join("redis.sock");
        let redis = Redis::start(&["--port", "0", "--unixsocket", socket.to_str().unwrap()], &folder.0);
        Self::open(format!("redis+unix://{}", socket.display()), Some(redis), folder).await
    }

    /// Three masters; which of them serves a key is asked of `cluster`.
    pub(super) async fn redis_cluster() -> Self {
        let cluster = RedisCluster::start();
        let mut fixture = Self::open(cluster.url(), None, Folder::new()).await;
        fixture.cluster = Some(cluster);
        fixture
    }

    async fn open(url: String, redis: Option<Redis>, folder: Folder) -> Self {
        let clock = clock();
        let store = open_patiently(&url, &clock).await;
        Self { store, clock, hasher: KeyHasher::new(&[7; 32]), url, redis, cluster: None, folder }
    }

    pub(super) async fn open_again(&self) -> Arc<dyn Ephemeral> {
        open_patiently(&self.url, &self.clock).await
    }

    pub(super) async fn reopen(&mut self) {
        self.store = self.open_again().await;
    }

    pub(super) fn use_new_keys(&mut self) {
        self.hasher = KeyHasher::new(&crate::platform::random::bytes(&OsRandom));
    }

    pub(super) fn key(&self, id: &str) -> Key {
        Key::new(&self.hasher, Namespace::AuthorizationCode, id)
    }

    pub(super) fn slots(&self) -> Slots {
        Slots::new(Arc::clone(&self.store), self.hasher.clone())
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder.0
    }

    pub(super) fn kill_redis(&mut self) {
        self.redis.as_mut().unwrap().kill();
    }

    pub(super) fn start_redis(&mut self) {
        self.redis.as_mut().unwrap().start_again();
    }
}

/// A server that was just started may need some moments.
async fn open_patiently(url: &str, clock: &Arc<ManualClock>) -> Arc<dyn Ephemeral> {
    let mut tries = 0;
    loop {
        match super::super::open(url, clock.clone(), Arc::new(OsRandom)).await {
            Ok(store) => return store,
            Err(error) if tries > 100 => panic!("{url}: {error}"),
            Err(_) => tries += 1,
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// A redis-server that ends with the test and keeps nothing.
struct Redis {
    arguments: Vec<String>,
    folder: PathBuf,
    child: Child,
}

impl Redis {
    fn start(arguments: &[&str], folder: &Path) -> Self {
        let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
        let child = spawn(&arguments, folder);
        Self { arguments, folder: folder.to_owned(), child }
    }

    fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    fn start_again(&mut self) {
        self.child = spawn(&self.arguments, &self.folder);
        let socket = self.folder.join("redis.sock");
        for _ in 0..200 {
            if std::os::unix::net::UnixStream::connect(&socket).is_ok() {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("redis-server did not come back");
    }
}

fn spawn(arguments: &[String], folder: &Path) -> Child {
    let mut command = Command::new("redis-server");
    command.args(["--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir"]).arg(folder).args(arguments);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().expect("these tests need redis-server (6.2 or newer) on the PATH: apt-get install redis-server")
}

impl Drop for Redis {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A folder that is removed with the test.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let name = format!("lk-{}", crate::platform::random::token(&OsRandom).get(..12).unwrap());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir(&path).unwrap();
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
