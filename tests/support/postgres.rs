//! A PostgreSQL server of the test's own.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use std::os::unix::process::CommandExt;

use diesel::{Connection, PgConnection, RunQueryDsl};

use super::process::{Folder, PATIENCE, Server, Signal, start_on_free_port, tail};

/// A PostgreSQL server on a free port and on a Unix socket, with `fsync` on as in production.
#[derive(Debug)]
pub struct Postgres {
    server: Server,
    port: u16,
    folder: Folder,
    settings: Vec<String>,
}

impl Postgres {
    /// The instance that all tests of this process share, started by the first that asks.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Postgres> = OnceLock::new();
        SHARED.get_or_init(Self::start)
    }

    /// An instance for one test, for tests that stop or kill the server.
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// An instance for one test, with settings of its own: `max_connections=20`.
    pub fn start_with(settings: &[&str]) -> Self {
        let folder = Folder::create("pg");
        let owner = Owner::find();
        owner.give(&folder);
        initialize(&folder, &owner);
        let settings: Vec<String> = settings.iter().map(|&setting| setting.to_owned()).collect();
        let (port, server) = start_on_free_port("postgres", |port| serve(&folder, &owner, port, &settings));
        Self { server, port, folder, settings }
    }

    /// A standby of this server that streams from it over `port`, which may be a proxy's (`pg_basebackup -R`).
    pub fn standby(&self, port: u16) -> Self {
        let folder = Folder::create("pg");
        let owner = Owner::find();
        owner.give(&folder);
        let mut command = owner.command("pg_basebackup");
        command.args(["-h", "127.0.0.1", "-p", &port.to_string(), "-U", "latchkey", "-R", "-X", "stream"]);
        run(command.args(["--checkpoint=fast", "--no-sync", "-D"]).arg(folder.join("data")).current_dir(folder.path()));
        let settings = self.settings.clone();
        let (port, server) = start_on_free_port("postgres", |port| serve(&folder, &owner, port, &settings));
        Self { server, port, folder, settings }
    }

    /// The database of `url`, which is another server's, on this one.
    pub fn same_database(&self, url: &str) -> String {
        let (_, name) = url.rsplit_once('/').expect("a URL names a database");
        format!("postgres://latchkey@127.0.0.1:{}/{name}", self.port)
    }

    /// Writes a backup of the database of `url` into a file, as `pg_dump` does.
    pub fn dump(url: &str, file: &Path) {
        run(Command::new(binary("pg_dump")).args(["-Fc", "-d", url, "-f"]).arg(file));
    }

    /// Puts a backup in the place of what the database of `url` holds.
    pub fn restore(url: &str, file: &Path) {
        run(Command::new(binary("pg_restore"))
            .args(["--clean", "--if-exists", "--single-transaction", "-d", url])
            .arg(file));
    }

    /// An empty database of its own, as a URL over TCP.
    pub fn create_database(&self) -> String {
        let name = self.create_empty();
        format!("postgres://latchkey@127.0.0.1:{}/{name}", self.port)
    }

    /// An empty database of its own, as a URL over the Unix socket.
    pub fn create_database_on_socket(&self) -> String {
        let name = self.create_empty();
        let host = self.folder.path().display().to_string().replace('/', "%2F");
        format!("postgres://latchkey@{host}:{}/{name}", self.port)
    }

    /// Runs one statement in the database of `url`, past the code under test.
    pub fn execute(url: &str, sql: &str) {
        let mut connection = PgConnection::establish(url).expect("the test's database can be reached");
        diesel::sql_query(sql).execute(&mut connection).unwrap_or_else(|error| panic!("{sql}: {error}"));
    }

    /// Ends every connection to the database of `url` but the one that asks, as a failover would.
    pub fn cut_connections(url: &str) {
        let others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                      WHERE datname = current_database() AND pid <> pg_backend_pid()";
        Self::execute(url, others);
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// The process id of the postmaster, the parent of every server process.
    pub fn pid(&self) -> u32 {
        self.server.pid()
    }

    /// kill -9 of the postmaster: its children end by themselves, nothing is flushed.
    pub fn kill(&mut self) {
        self.server.kill9();
    }

    /// Starts a stopped or killed server again, on the same port and the same data.
    pub fn start_again(&mut self) {
        let _ = self.server.stop();
        let deadline = Instant::now() + PATIENCE;
        loop {
            match serve(&self.folder, &Owner::find(), self.port, &self.settings) {
                Ok(server) => break self.server = server,
                // The children of a killed server take a moment to notice; until then the data are theirs.
                Err(_) if Instant::now() < deadline => std::thread::sleep(Duration::from_millis(50)),
                Err(log) => panic!("postgres did not start again:\n{}", tail(&log)),
            }
        }
    }

    pub fn log(&self) -> String {
        self.server.log()
    }

    fn create_empty(&self) -> String {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("test_{}", COUNT.fetch_add(1, Ordering::Relaxed));
        let url = format!("postgres://latchkey@127.0.0.1:{}/postgres", self.port);
        Self::execute(&url, &format!("CREATE DATABASE {name}"));
        name
    }
}

/// Who the server runs as: PostgreSQL refuses to run as root.
pub(super) struct Owner(Option<(u32, u32)>);

impl Owner {
    pub(super) fn find() -> Self {
        let is_root = std::fs::metadata("/proc/self").is_ok_and(|me| std::os::unix::fs::MetadataExt::uid(&me) == 0);
        if !is_root {
            return Self(None);
        }
        let accounts = std::fs::read_to_string("/etc/passwd").expect("/etc/passwd can be read");
        let ids = |name: &str| {
            let fields: Vec<&str> = accounts.lines().map(|l| l.split(':').collect()).find(|f: &Vec<_>| f[0] == name)?;
            Some((fields[2].parse().ok()?, fields[3].parse().ok()?))
        };
        Self(Some(ids("postgres").or_else(|| ids("nobody")).expect("the account postgres exists")))
    }

    pub(super) fn give(&self, folder: &Folder) {
        if let Self(Some((uid, gid))) = self {
            std::os::unix::fs::chown(folder.path(), Some(*uid), Some(*gid)).expect("root can give a folder away");
        }
    }

    pub(super) fn command(&self, program: &str) -> Command {
        let mut command = Command::new(binary(program));
        if let Self(Some((uid, gid))) = self {
            command.uid(*uid).gid(*gid);
        }
        command
    }
}

fn initialize(folder: &Folder, owner: &Owner) {
    let mut command = owner.command("initdb");
    // Connections of this machine are trusted: the server listens on loopback, for the length of a test.
    command.args(["--auth=trust", "--username=latchkey", "--encoding=UTF8", "--no-locale", "--no-sync", "-D"]);
    run(command.arg(folder.join("data")).current_dir(folder.path()));
}

fn run(command: &mut Command) {
    let output = command.output().unwrap_or_else(|error| panic!("cannot run {command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Starts the server and waits until it takes connections; its log when it ended instead.
fn serve(folder: &Folder, owner: &Owner, port: u16, settings: &[String]) -> Result<Server, String> {
    let data = folder.join("data");
    let mut command = owner.command("postgres");
    command.arg("-D").arg(&data).args(["-p", &port.to_string(), "-k"]).arg(folder.path());
    command.args(["-c", "listen_addresses=127.0.0.1", "-c", "max_connections=300", "-c", "shared_buffers=64MB"]);
    command.args(settings.iter().flat_map(|setting| ["-c", setting]));
    command.current_dir(folder.path());
    // QUIT is the immediate shutdown: it takes the shared memory with it, which KILL would leave behind.
    let log = folder.join("log");
    let mut server = Server::spawn("postgres", command, folder.path(), &log, Signal::Quit);
    // The eighth line of its pid file is the server's own word that it is ready; the first says whose word it is.
    let is_ready = |server: &mut Server| {
        let state = std::fs::read_to_string(data.join("postmaster.pid")).unwrap_or_default();
        let lines: Vec<&str> = state.lines().map(str::trim).collect();
        lines.first() == Some(&server.pid().to_string().as_str()) && lines.get(7) == Some(&"ready")
    };
    if server.wait_until(is_ready) { Ok(server) } else { Err(server.log()) }
}

/// Debian keeps the server's programs out of the path, a folder for each major version.
fn binary(name: &str) -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut found: Vec<(u32, PathBuf)> = versions
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin").join(name))))
        .filter(|(_, path)| path.exists())
        .collect();
    found.sort();
    found.pop().map_or_else(|| PathBuf::from(name), |(_, path)| path)
}
