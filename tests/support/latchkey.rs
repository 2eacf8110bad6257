//! The real `latchkey` binary, in a process of its own.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Output, Stdio};

use super::process::{Folder, Server, Signal, start_on_free_port};

/// The master key of every test instance, 32 bytes in base64: a test's keys protect nothing.
pub const MASTER_KEY: &str = "azbXE6dyzidhumlRA2+Yaj+gNy2vHYMy4X32Zi7a980=";

/// A running instance. Dropping it stops it and removes its files.
#[derive(Debug)]
pub struct Latchkey {
    server: Server,
    setup: Setup,
    port: u16,
    management_port: u16,
    folder: Folder,
}

/// What to start. Made by [`Latchkey::serve`] or [`Latchkey::dev`], used up by [`Setup::start`].
#[derive(Clone, Debug)]
pub struct Setup {
    mode: Mode,
    issuer: Option<String>,
    config: toml::Table,
    environment: Vec<(String, String)>,
    /// What a shell does before it becomes the server.
    before: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Serve,
    Dev,
}

impl Latchkey {
    /// `latchkey serve` with SQLite and the embedded ephemeral store, unless the setup says otherwise.
    pub fn serve() -> Setup {
        let environment = vec![("LATCHKEY__KEYS__MASTER_KEY".to_owned(), MASTER_KEY.to_owned())];
        Setup { mode: Mode::Serve, issuer: None, config: toml::Table::new(), environment, before: String::new() }
    }

    /// `latchkey dev`: demo people and the demo relying party.
    pub fn dev() -> Setup {
        Setup {
            mode: Mode::Dev,
            issuer: None,
            config: toml::Table::new(),
            environment: Vec::new(),
            before: String::new(),
        }
    }

    /// The issuer, which may be another instance's address (see [`Setup::issuer`]).
    pub fn issuer(&self) -> String {
        self.setup.issuer.clone().unwrap_or_else(|| self.base_url())
    }

    /// Where this very instance listens: `http://127.0.0.1:PORT`, or `http://localhost:PORT` for `dev`. No slash at the end.
    pub fn base_url(&self) -> String {
        self.setup.base_url(self.port)
    }

    /// The management listener of `serve`.
    pub fn management_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.management_port)
    }

    pub fn pid(&self) -> u32 {
        self.server.pid()
    }

    /// Everything that it has logged, of earlier lives too.
    pub fn log(&self) -> String {
        self.server.log()
    }

    pub fn config_file(&self) -> PathBuf {
        config_file(&self.folder)
    }

    /// A folder for the test's own files, removed with the instance.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// kill -9: nothing that was in its memory survives.
    pub fn kill9(&mut self) {
        self.server.kill9();
    }

    /// SIGHUP: the instance looks at its certificate.
    pub fn sighup(&mut self) {
        self.server.signal(Signal::HangUp);
    }

    /// SIGTERM without waiting: the instance drains. [`Latchkey::wait`] tells how it ended.
    pub fn sigterm(&mut self) {
        self.server.signal(Signal::Terminate);
    }

    /// SIGSTOP: connections stay, answers cease.
    pub fn freeze(&mut self) {
        self.server.signal(Signal::Stop);
    }

    pub fn thaw(&mut self) {
        self.server.signal(Signal::Continue);
    }

    /// Waits for the process to end by itself.
    pub fn wait(&mut self) -> ExitStatus {
        self.server.wait()
    }

    pub fn is_running(&mut self) -> bool {
        self.server.is_running()
    }

    /// Starts it again with the same files and ports; stops it before when it still runs.
    pub fn restart(&mut self) {
        let _ = self.server.stop();
        let ready_port = self.setup.ready_port(self.port, self.management_port);
        let again = self.setup.run(&self.folder, self.port, ready_port);
        self.server = again.unwrap_or_else(|log| panic!("latchkey did not start again:\n{log}"));
    }

    /// Runs a command beside the server, with its configuration: `latchkey.run(&["user", "list", "--json"])`.
    ///
    /// # Panics
    /// When the command fails, with what it said.
    pub fn run(&self, arguments: &[&str]) -> String {
        self.run_with_input(arguments, "")
    }

    /// As [`Latchkey::run`], with `input` on its standard input.
    pub fn run_with_input(&self, arguments: &[&str], input: &str) -> String {
        let output = self.output(arguments, input);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "latchkey {arguments:?}: {}\n{said}", output.status);
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// As [`Latchkey::run_with_input`], also when the command fails.
    pub fn output(&self, arguments: &[&str], input: &str) -> Output {
        let mut command = self.setup.command();
        command.args(arguments).arg("--config").arg(self.config_file());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the binary was built with this test");
        let mut stdin = child.stdin.take().expect("piped above");
        // A command that does not read its input may be gone already.
        let _ = stdin.write_all(input.as_bytes());
        drop(stdin);
        child.wait_with_output().expect("a child can be waited for")
    }
}

impl Setup {
    /// Sets one configuration key: `.set("tokens.access", "5m")`.
    pub fn set(mut self, key: &str, value: impl Into<toml::Value>) -> Self {
        let mut table = toml::Table::new();
        let mut value = value.into();
        let mut names: Vec<&str> = key.split('.').collect();
        let first = names.remove(0);
        for name in names.into_iter().rev() {
            value = toml::Value::Table(toml::Table::from_iter([(name.to_owned(), value)]));
        }
        table.insert(first.to_owned(), value);
        merge(&mut self.config, table);
        self
    }

    /// Adds configuration in TOML; later words win.
    pub fn config(mut self, text: &str) -> Self {
        merge(&mut self.config, text.parse().expect("the test's configuration is TOML"));
        self
    }

    /// The issuer, when it is not this instance's own address: a replica of another instance, or behind a proxy.
    pub fn issuer(mut self, issuer: &str) -> Self {
        self.issuer = Some(issuer.to_owned());
        self
    }

    pub fn database(self, url: &str) -> Self {
        self.set("database.url", url)
    }

    pub fn ephemeral(self, url: &str) -> Self {
        self.set("ephemeral.url", url)
    }

    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// What a shell does before it becomes the server: limits, for example. Later words win.
    pub fn after(mut self, shell: &str) -> Self {
        self.before = shell.to_owned();
        self
    }

    /// Starts it on a free port and waits until `/readyz` says 200.
    pub fn start(self) -> Latchkey {
        let folder = Folder::create("latchkey");
        let mut management_port = 0;
        let (port, server) = start_on_free_port("latchkey", |port| {
            management_port = super::ports::free();
            self.write_config(&folder, port, management_port);
            self.run(&folder, port, self.ready_port(port, management_port))
        });
        Latchkey { server, setup: self, port, management_port, folder }
    }

    /// Starts it and waits until it ends, for configurations that must be refused. Its status and all it said.
    pub fn start_refused(self) -> (ExitStatus, String) {
        let folder = Folder::create("latchkey");
        self.write_config(&folder, super::ports::free(), super::ports::free());
        let mut server = self.spawn(&folder, 0);
        let status = server.wait();
        (status, server.log())
    }

    /// The management listener speaks plain http, also where the public one has TLS; `dev` has none.
    fn ready_port(&self, port: u16, management_port: u16) -> u16 {
        match self.mode {
            Mode::Serve => management_port,
            Mode::Dev => port,
        }
    }

    fn base_url(&self, port: u16) -> String {
        match self.mode {
            Mode::Serve => format!("http://127.0.0.1:{port}"),
            Mode::Dev => format!("http://localhost:{port}"),
        }
    }

    fn write_config(&self, folder: &Folder, port: u16, management_port: u16) {
        let issuer = self.issuer.clone().unwrap_or_else(|| self.base_url(port));
        let database = format!("sqlite://{}", folder.join("latchkey.sqlite").display());
        let base = Self { config: toml::Table::new(), ..self.clone() };
        let mut config = base
            .set("issuer", issuer)
            .set("listen", format!("127.0.0.1:{port}"))
            .set("management.listen", format!("127.0.0.1:{management_port}"))
            .set("database.url", database)
            .config;
        merge(&mut config, self.config.clone());
        let text = toml::to_string(&config).expect("a table is TOML");
        std::fs::write(config_file(folder), text).expect("the folder can be written");
    }

    /// Starts the binary and waits until it is ready; its log when it ended instead.
    fn run(&self, folder: &Folder, port: u16, ready_port: u16) -> Result<Server, String> {
        let mut server = self.spawn(folder, port);
        let is_ready =
            |_: &mut Server| super::http::get(ready_port, "/readyz").is_some_and(|(status, _)| status == 200);
        if server.wait_until(is_ready) { Ok(server) } else { Err(server.log()) }
    }

    fn spawn(&self, folder: &Folder, port: u16) -> Server {
        let mut command = self.command();
        match self.mode {
            Mode::Serve => command.arg("serve").arg("--config").arg(config_file(folder)),
            Mode::Dev => command.args(["dev", "--port", &port.to_string(), "--data"]).arg(folder.join("data")),
        };
        command.current_dir(folder.path());
        let command = if self.before.is_empty() { command } else { self.in_shell(&command) };
        Server::spawn("latchkey", command, folder.path(), &folder.join("log"), Signal::Terminate)
    }

    fn in_shell(&self, command: &Command) -> Command {
        let mut shell = Command::new("sh");
        shell.arg("-c").arg(format!("{}; exec \"$0\" \"$@\"", self.before));
        shell.arg(command.get_program()).args(command.get_args());
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => shell.env(name, value),
                None => shell.env_remove(name),
            };
        }
        command.get_current_dir().map(|folder| shell.current_dir(folder));
        shell
    }

    /// The binary with this setup's environment, and none of the environment's own settings.
    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_latchkey"));
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("LATCHKEY__") {
                command.env_remove(name);
            }
        }
        command.env("NO_COLOR", "1").envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }
}

fn config_file(folder: &Folder) -> PathBuf {
    folder.join("latchkey.toml")
}

/// Tables are merged, everything else is replaced.
fn merge(into: &mut toml::Table, from: toml::Table) {
    for (key, value) in from {
        match (into.get_mut(&key), value) {
            (Some(toml::Value::Table(old)), toml::Value::Table(new)) => merge(old, new),
            (_, value) => drop(into.insert(key, value)),
        }
    }
}
