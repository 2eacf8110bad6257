//! A configured folder and the binary.

use super::support::Postgres;
use super::support::process::Folder;
use serde_json::Value;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Random, and of no use elsewhere.
pub(crate) const MASTER_KEY: &str = "q83vEjRWeJCrze8SNFZ4kM3xIpv8Y0rUGmCFt9A1XyE=";
pub(crate) const OTHER_KEY: &str = "UIsn5Gx1N2yR3nQp0aVdTf4WvKcH7jBEo9MiZLlSxgA=";

/// A folder with a configuration.
pub(crate) struct Installation {
    folder: Folder,
    pub(crate) url: String,
}

/// What a command said.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// One of each engine, not migrated.
pub(crate) fn both_engines() -> [Installation; 2] {
    [Installation::sqlite(), Installation::at(&Postgres::shared().create_database())]
}

impl Installation {
    pub(crate) fn sqlite() -> Self {
        Self::create(|folder| format!("sqlite://{}", folder.join("latchkey.db").display()))
    }

    pub(crate) fn at(url: &str) -> Self {
        Self::create(|_| url.to_owned())
    }

    pub(crate) fn migrated() -> Self {
        let site = Self::sqlite();
        site.run(&["migrate"]);
        site
    }

    fn create(url: impl FnOnce(&Folder) -> String) -> Self {
        let folder = Folder::create("cli");
        let url = url(&folder);
        let site = Self { folder, url };
        site.configure("");
        site
    }

    /// Writes the configuration, with `more` in it.
    pub(crate) fn configure(&self, more: &str) {
        let ephemeral = self.file("latchkey.db.ephemeral");
        let text = format!(
            "issuer = \"http://127.0.0.1:1\"\nlisten = \"127.0.0.1:1\"\n[database]\nurl = \"{}\"\n[ephemeral]\nurl = \"sqlite://{}\"\n{more}",
            self.url,
            ephemeral.display()
        );
        std::fs::write(self.file("latchkey.toml"), text).unwrap();
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    pub(crate) fn write(&self, name: &str, content: &Value) -> String {
        let path = self.file(name);
        std::fs::write(&path, content.to_string()).unwrap();
        path.display().to_string()
    }

    fn command(&self, arguments: &[&str], master_key: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_latchkey"));
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("LATCHKEY__")) {
            command.env_remove(name);
        }
        command.args(arguments).current_dir(self.folder.path()).env("LATCHKEY__KEYS__MASTER_KEY", master_key);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub(crate) fn spawn(&self, arguments: &[&str]) -> Child {
        self.command(arguments, MASTER_KEY).spawn().unwrap()
    }

    pub(crate) fn output(&self, arguments: &[&str], input: &str) -> Said {
        self.output_with_key(arguments, input, MASTER_KEY)
    }

    pub(crate) fn output_with_key(&self, arguments: &[&str], input: &str, master_key: &str) -> Said {
        let mut child = self.command(arguments, master_key).spawn().unwrap();
        // A command that does not read its input may be gone already.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        let output = child.wait_with_output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Said { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
    }

    /// What a line says that is typed into a shell in the folder, with `latchkey` in its path and the configuration's own master key.
    pub(crate) fn shell(&self, line: &str, variables: &[(&str, &str)]) -> Said {
        let binary = Path::new(env!("CARGO_BIN_EXE_latchkey"));
        let path = format!("{}:{}", binary.parent().unwrap().display(), std::env::var("PATH").unwrap());
        let mut shell = Command::new("sh");
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("LATCHKEY__")) {
            shell.env_remove(name);
        }
        shell.args(["-c", line]).current_dir(self.folder.path()).env("PATH", path).stdin(Stdio::null());
        let output = shell.envs(variables.iter().copied()).output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Said { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
    }

    /// What a command says that must succeed.
    pub(crate) fn run(&self, arguments: &[&str]) -> String {
        let said = self.output(arguments, "");
        assert_eq!(said.code, 0, "{arguments:?}: {said:?}");
        said.out
    }

    /// The same as JSON.
    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        let said = self.run(&[arguments, &["--json"]].concat());
        serde_json::from_str(&said).unwrap()
    }

    /// The store, past the command line.
    pub(crate) fn db(&self) -> latchkey::platform::db::Db {
        latchkey::platform::db::Db::new(&self.url, 2).unwrap()
    }
}
