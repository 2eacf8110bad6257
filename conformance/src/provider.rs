//! The provider under test: started with a throw-away configuration, or one that runs already.

use crate::arguments::Arguments;
use crate::certificate;
use crate::failure::Failure;
use crate::fill;
use crate::plan::{Run, read};
use crate::suite::Suite;
use openssl::rand::rand_bytes;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Whom the suite signs in as.
pub(crate) const USERNAME: &str = "mary";
pub(crate) const PASSWORD: &str = "On the Connexion of the Physical Sciences";
/// Of every client that is brought in: it protects nothing, and HS256 wants 32 bytes of it.
const SECRET: &str = "conformance-only-0123456789-abcdefghijklmnopqrstuvwxyz";
const PATIENCE: Duration = Duration::from_secs(120);

/// A provider. Dropping it stops it and removes its folder, where it was started here.
pub(crate) struct Provider {
    /// Without a slash at its end.
    pub(crate) issuer: String,
    binary: PathBuf,
    config: PathBuf,
    started: Option<Started>,
}

struct Started {
    process: Child,
    folder: Folder,
    master_key: String,
}

struct Folder {
    path: PathBuf,
    keep: bool,
}

/// `clients.toml`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Clients {
    defaults: Map<String, Value>,
    clients: BTreeMap<String, Map<String, Value>>,
}

impl Provider {
    /// Starts Latchkey, or takes the one that runs at `--issuer`.
    pub(crate) async fn start(arguments: &Arguments) -> Result<Self, Failure> {
        let binary = arguments.latchkey.clone().map_or_else(newest_binary, Ok)?;
        // It is started in a folder of its own.
        let binary = binary.canonicalize().map_err(Failure::at(binary.display()))?;
        if let (Some(issuer), Some(config)) = (&arguments.issuer, &arguments.config) {
            let issuer = issuer.trim_end_matches('/').to_owned();
            return Ok(Self { issuer, binary, config: config.clone(), started: None });
        }
        let folder = Folder::create(arguments.keep)?;
        let port = arguments.port.map_or_else(free_port, Ok)?;
        let management_port = free_port()?;
        certificate::write(&folder.path)?;
        let config = folder.path.join("latchkey.toml");
        let text = configuration(arguments, &folder.path, port, management_port)?;
        std::fs::write(&config, text).map_err(Failure::at(config.display()))?;
        let master_key = master_key()?;
        run(&binary, &config, Some(&master_key), &["migrate"])?;
        let log = std::fs::File::create(folder.path.join("latchkey.log")).map_err(Failure::at("latchkey.log"))?;
        let mut command = command(&binary, &config, Some(&master_key), &["serve"]);
        command.current_dir(&folder.path).stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        let process = command.spawn().map_err(Failure::at(binary.display()))?;
        let issuer = format!("https://localhost:{port}");
        let started = Started { process, folder, master_key };
        let mut provider = Self { issuer, binary, config, started: Some(started) };
        provider.wait_until_ready(management_port).await?;
        Ok(provider)
    }

    /// Brings in the people, and the clients of the runs whose clients do not register themselves.
    pub(crate) fn furnish(&self, arguments: &Arguments, suite: &Suite, runs: &[Run]) -> Result<(), Failure> {
        let file = arguments.folder.join("people.json");
        let people = std::fs::read_to_string(&file).map_err(Failure::at(file.display()))?;
        self.import("user", &fill::text(&people, &[("username", USERNAME), ("password", PASSWORD)]))?;
        let mut clients = Vec::new();
        for run in runs.iter().filter(|run| !run.registers_itself()) {
            clients.extend(clients_of(arguments, suite, run)?.into_values());
        }
        self.import("client", &Value::Array(clients).to_string())
    }

    /// `latchkey keys rotate`: a new key signs, the old one verifies.
    pub(crate) fn rotate_keys(&self) -> Result<(), Failure> {
        self.run(&["keys", "rotate", "--algorithm", "RS256", "--now"]).map(drop)
    }

    /// What the program calls itself.
    pub(crate) fn version(&self) -> Result<String, Failure> {
        let output = Command::new(&self.binary).arg("--version").output().map_err(Failure::at("--version"))?;
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    /// Where its log is, when it is kept.
    pub(crate) fn kept(&self) -> Option<&Path> {
        let folder = &self.started.as_ref()?.folder;
        folder.keep.then_some(folder.path.as_path())
    }

    fn import(&self, noun: &str, list: &str) -> Result<(), Failure> {
        let folder = Folder::create(false)?;
        let file = folder.path.join("list.json");
        certificate::write_private(&file, list.as_bytes())?;
        self.run(&[noun, "import", &file.display().to_string()]).map(drop)
    }

    fn run(&self, arguments: &[&str]) -> Result<String, Failure> {
        let master_key = self.started.as_ref().map(|started| started.master_key.as_str());
        run(&self.binary, &self.config, master_key, arguments)
    }

    async fn wait_until_ready(&mut self, port: u16) -> Result<(), Failure> {
        let Some(started) = &mut self.started else { return Ok(()) };
        let deadline = Instant::now() + PATIENCE;
        loop {
            if is_ready(port) {
                return Ok(());
            }
            let ended = started.process.try_wait().map_err(Failure::at("latchkey serve"))?;
            if ended.is_some() || Instant::now() > deadline {
                let log = std::fs::read_to_string(started.folder.path.join("latchkey.log")).unwrap_or_default();
                return Err(Failure::new(format!("latchkey serve did not become ready:\n{log}")));
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

/// The clients of a run, by their names in the suite's configuration.
pub(crate) fn clients_of(arguments: &Arguments, suite: &Suite, run: &Run) -> Result<BTreeMap<String, Value>, Failure> {
    let Clients { defaults, clients } = read(&arguments.folder.join("clients.toml"))?;
    let alias = run.alias();
    let words = [("alias", alias.as_str()), ("base", &suite.base(&alias))];
    let complete = |own: Map<String, Value>| {
        let mut client = defaults.clone();
        client.insert("client_secret".to_owned(), SECRET.into());
        client.extend(own);
        client.extend(run.profile.client.clone());
        fill::value(&Value::Object(client), &words)
    };
    Ok(clients.into_iter().map(|(name, own)| (name, complete(own))).collect())
}

fn configuration(arguments: &Arguments, folder: &Path, port: u16, management_port: u16) -> Result<String, Failure> {
    let file = arguments.folder.join("latchkey.toml");
    let template = std::fs::read_to_string(&file).map_err(Failure::at(file.display()))?;
    let authority =
        arguments.suite_ca.as_ref().map(std::fs::canonicalize).transpose().map_err(Failure::at("--suite-ca"))?;
    let (port, management_port) = (port.to_string(), management_port.to_string());
    let (folder, suite_ca) = (folder.display().to_string(), authority.map(|file| file.display().to_string()));
    let words = [("port", port.as_str()), ("management_port", &management_port), ("folder", &folder)];
    let text = fill::text(&template, &words);
    Ok(match suite_ca {
        Some(file) => fill::text(&text, &[("suite_ca", &file)]),
        // A suite that everyone trusts.
        None => text.lines().filter(|line| !line.contains("{suite_ca}")).collect::<Vec<_>>().join("\n"),
    })
}

fn newest_binary() -> Result<PathBuf, Failure> {
    let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target");
    let built = ["release", "debug"].map(|kind| target.join(kind).join("latchkey"));
    let dated = built.into_iter().filter_map(|file| Some((file.metadata().ok()?.modified().ok()?, file)));
    let newest = dated.max_by_key(|(modified, _)| *modified).map(|(_, file)| file);
    newest
        .ok_or_else(|| Failure::new("there is no latchkey in target: `cargo build --release`, or say --latchkey FILE"))
}

fn command(binary: &Path, config: &Path, master_key: Option<&str>, arguments: &[&str]) -> Command {
    let mut command = Command::new(binary);
    command.args(arguments).arg("--config").arg(config).env("NO_COLOR", "1");
    if let Some(master_key) = master_key {
        // Only what the configuration says counts.
        let names = std::env::vars_os().map(|(name, _)| name);
        for name in names.filter(|name| name.to_string_lossy().starts_with("LATCHKEY__")) {
            command.env_remove(name);
        }
        command.env("LATCHKEY__KEYS__MASTER_KEY", master_key);
    }
    command
}

fn run(binary: &Path, config: &Path, master_key: Option<&str>, arguments: &[&str]) -> Result<String, Failure> {
    let output = command(binary, config, master_key, arguments).stdin(Stdio::null()).output();
    let output = output.map_err(Failure::at(binary.display()))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if output.status.success() {
        return Ok(text(&output.stdout));
    }
    let said = text(&output.stdout) + &text(&output.stderr);
    Err(Failure::new(format!("latchkey {}: {}\n{said}", arguments.join(" "), output.status)))
}

/// Whether `/readyz` answers 200 on the management listener, which speaks plain http.
fn is_ready(port: u16) -> bool {
    let ask = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_read_timeout(Some(Duration::from_secs(2)))?;
        stream.write_all(
            format!("GET /readyz HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n").as_bytes(),
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    };
    ask().is_ok_and(|answer| answer.starts_with("HTTP/1.1 200"))
}

fn free_port() -> Result<u16, Failure> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).map_err(Failure::at("no free port"))?;
    listener.local_addr().map(|address| address.port()).map_err(Failure::at("no free port"))
}

fn master_key() -> Result<String, Failure> {
    let mut bytes = [0; 32];
    rand_bytes(&mut bytes).map_err(Failure::at("chance"))?;
    Ok(openssl::base64::encode_block(&bytes))
}

impl Folder {
    fn create(keep: bool) -> Result<Self, Failure> {
        let mut bytes = [0; 8];
        rand_bytes(&mut bytes).map_err(Failure::at("chance"))?;
        let name: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let path = std::env::temp_dir().join(format!("latchkey-conformance-{name}"));
        let mut builder = std::fs::DirBuilder::new();
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&path).map_err(Failure::at(path.display()))?;
        Ok(Self { path, keep })
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if !self.keep {
            let _ = std::fs::remove_dir_all(&self.path);
        }
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
