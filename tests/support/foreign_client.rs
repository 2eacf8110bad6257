//! A relying party from another ecosystem: `tests/clients/oidc_client.py`, on Authlib.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// What the client is told; it finds out everything else from the issuer's metadata.
#[derive(Clone, Debug)]
pub struct ForeignClient<'a> {
    pub issuer: &'a str,
    pub client_id: &'a str,
    pub client_secret: &'a str,
    pub redirect_uri: &'a str,
    /// Registered as the client's `post_logout_redirect_uris`.
    pub post_logout_redirect_uri: &'a str,
    pub username: &'a str,
    pub password: &'a str,
}

impl ForeignClient<'_> {
    /// Runs the whole script: one line per step on its output, status 0 when every step held.
    pub fn run(&self) -> Output {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients/oidc_client.py");
        let mut command = Command::new(interpreter());
        command.arg(script).envs([
            ("ISSUER", self.issuer),
            ("CLIENT_ID", self.client_id),
            ("CLIENT_SECRET", self.client_secret),
            ("REDIRECT_URI", self.redirect_uri),
            ("POST_LOGOUT_REDIRECT_URI", self.post_logout_redirect_uri),
            ("USERNAME", self.username),
            ("PASSWORD", self.password),
            ("NO_PROXY", "*"),
        ]);
        command.output().expect("tests/run.sh installs the foreign client")
    }

    /// Runs the script and gives its lines.
    ///
    /// # Panics
    /// When a step failed, with everything that the script said.
    pub fn complete(&self) -> Vec<String> {
        let output = self.run();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
        said.lines().map(str::to_owned).collect()
    }
}

/// The environment that `tests/run.sh` has made, or the interpreter that `LATCHKEY_TEST_PYTHON` names.
pub fn interpreter() -> PathBuf {
    if let Some(chosen) = std::env::var_os("LATCHKEY_TEST_PYTHON") {
        return chosen.into();
    }
    let made = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/foreign-client/bin/python");
    assert!(made.exists(), "{} is missing: `tests/run.sh` makes it", made.display());
    made
}
