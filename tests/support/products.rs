//! Applications that nobody of Latchkey wrote, as their own users run them: `tests/clients/` has the few lines that put
//! each library to use, `tests/run.sh` installs them.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::foreign_client::interpreter;
use super::process::{Folder, Server, Signal, start_on_free_port};

/// What a product is told: the three words that every one of them asks for.
#[derive(Clone, Copy, Debug)]
pub struct Told<'a> {
    pub issuer: &'a str,
    pub client_id: &'a str,
    pub client_secret: &'a str,
}

/// A product that runs. Dropping it stops it.
#[derive(Debug)]
pub struct Product {
    pub port: u16,
    server: Server,
    // Removed after the server has stopped.
    _folder: Folder,
}

fn clients() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients")
}

fn installed(name: &str) -> PathBuf {
    let made = Path::new(env!("CARGO_MANIFEST_DIR")).join("target").join(name);
    assert!(made.exists(), "{} is missing: `tests/run.sh` makes it", made.display());
    made
}

impl Product {
    /// An application with Auth.js.
    pub fn auth_js(told: Told<'_>) -> Self {
        Self::node("auth_js.mjs", told)
    }

    /// A single-page application with oidc-client-ts.
    pub fn oidc_client_ts(told: Told<'_>) -> Self {
        Self::node("oidc_client_ts.mjs", told)
    }

    /// A Django application with python-social-auth.
    pub fn python_social_auth(told: Told<'_>) -> Self {
        let mut command = Command::new(interpreter());
        command.arg(clients().join("python_social_auth.py"));
        Self::announced(Folder::create("django"), command, told)
    }

    fn node(script: &str, told: Told<'_>) -> Self {
        let folder = Folder::create("node");
        // Node.js looks for packages beside the script.
        let modules = installed("node-clients/node_modules");
        std::os::unix::fs::symlink(modules, folder.join("node_modules")).expect("a link can be made");
        std::fs::copy(clients().join(script), folder.join(script)).expect("the script can be copied");
        let mut command = Command::new("node");
        command.arg(folder.join(script));
        Self::announced(folder, command, told)
    }

    /// Starts a program that chooses its port and says which.
    fn announced(folder: Folder, mut command: Command, told: Told<'_>) -> Self {
        command.envs([
            ("ISSUER", told.issuer),
            ("CLIENT_ID", told.client_id),
            ("CLIENT_SECRET", told.client_secret),
            ("NO_PROXY", "*"),
        ]);
        command.env("FOLDER", folder.path());
        let log = folder.join("log");
        let mut server = Server::spawn("a product", command, folder.path(), &log, Signal::Terminate);
        let mut port = None;
        let announced = server.wait_until(|server| {
            let log = server.log();
            let said = log.lines().find_map(|line| line.strip_prefix("listening on "));
            port = said.and_then(|port| port.parse().ok());
            port.is_some()
        });
        assert!(announced, "the product ended: {}", server.log());
        Self { port: port.expect("announced above"), server, _folder: folder }
    }

    /// oauth2-proxy before a page of its own, with `more` arguments; `None` where Go is too old to build it.
    pub fn oauth2_proxy(told: Told<'_>, more: &[&str]) -> Option<Self> {
        if let Ok(version) = std::fs::read_to_string(installed("go-clients").join("skipped")) {
            eprintln!("skipped: oauth2-proxy cannot be built with {}", version.trim());
            return None;
        }
        let program = installed("go-clients/oauth2-proxy");
        let folder = Folder::create("oauth2-proxy");
        let log = folder.join("log");
        let (port, server) = start_on_free_port("oauth2-proxy", |port| {
            let mut command = Command::new(&program);
            command.args([
                "--provider=oidc",
                &format!("--oidc-issuer-url={}", told.issuer),
                &format!("--client-id={}", told.client_id),
                &format!("--client-secret={}", told.client_secret),
                "--cookie-secret=0123456789abcdef0123456789abcdef",
                "--email-domain=*",
                "--upstream=static://200",
                &format!("--http-address=127.0.0.1:{port}"),
                // Plain http is for tests alone.
                "--cookie-secure=false",
            ]);
            command.args(more).env("NO_PROXY", "*");
            let mut server = Server::spawn("oauth2-proxy", command, folder.path(), &log, Signal::Terminate);
            let is_up = server.wait_until(|_| std::net::TcpStream::connect(("127.0.0.1", port)).is_ok());
            if is_up { Ok(server) } else { Err(server.log()) }
        });
        Some(Self { port, server, _folder: folder })
    }

    /// An address of the product.
    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// What it has written so far.
    pub fn log(&self) -> String {
        self.server.log()
    }

    /// Lets a person open addresses one after the other, sign in where that is asked; gives what the pages said.
    ///
    /// # Panics
    /// When a page is an error, with everything that was said; with `errors` among the arguments that is an answer.
    pub fn visited(&self, (username, password): (&str, &str), arguments: &[&str]) -> String {
        let mut command = Command::new(interpreter());
        command.arg(clients().join("visit.py")).args(arguments);
        command.envs([("USERNAME", username), ("PASSWORD", password), ("NO_PROXY", "*")]);
        let output = command.output().expect("tests/run.sh installs Python");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}\n{complaint}\n{}", self.log());
        said
    }
}
