//! What `serve` minds and a single key cannot know: an unsafe whole. Each finding says where, why and what to do.

use super::keys::MasterKeyError;
use super::reader::written;
use super::{Config, Origin};
use crate::platform::private_file::is_open_to_others;
use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

/// One reason not to serve.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Where the key stands.
    pub origin: Origin,
    /// Its line in the configuration file, where it stands in one.
    pub line: Option<usize>,
    /// The key to look at.
    pub key: String,
    pub problem: String,
    pub fix: String,
}

impl Finding {
    /// A finding of this configuration.
    pub fn of(config: &Config, key: &str, problem: impl Into<String>, fix: impl Into<String>) -> Self {
        let origin = config.origin(key);
        let line = if let Origin::File { line, .. } = &origin { Some(*line) } else { None };
        Self { origin, line, key: key.to_owned(), problem: problem.into(), fix: fix.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: `{}` {}. To fix: {}", self.origin, self.key, self.problem, self.fix)
    }
}

/// Scopes that need no configuration (OpenID Connect Core §3.1.2.1, §5.4, §11).
const STANDARD_SCOPES: &[&str] = &["openid", "profile", "email", "address", "phone", "offline_access"];

impl Config {
    /// Whether this configuration is safe to serve with; reads the key files to know.
    /// `more` is what is wrong with things that the configuration only names.
    pub fn check_for_serve(&self, more: Vec<Finding>) -> Result<(), Vec<Finding>> {
        let mut findings = Findings { config: self, found: more };
        findings.issuer();
        findings.master_keys();
        findings.key_files();
        findings.listeners();
        findings.stores();
        findings.algorithms();
        findings.resources();
        findings.telemetry();
        findings.mail();
        findings.breached_passwords();
        findings.found.sort_by_key(|finding| finding.origin.rank());
        if findings.found.is_empty() { Ok(()) } else { Err(findings.found) }
    }
}

struct Findings<'a> {
    config: &'a Config,
    found: Vec<Finding>,
}

impl Findings<'_> {
    fn add(&mut self, key: &str, problem: impl Into<String>, fix: impl Into<String>) {
        self.found.push(Finding::of(self.config, key, problem, fix));
    }

    fn telemetry(&mut self) {
        if self.config.telemetry.otlp_endpoint.is_some() && !cfg!(feature = "otel") {
            let fix = "build with `cargo build --release --features otel`, or remove the key";
            self.add("telemetry.otlp_endpoint", "is set, but this binary was built without tracing", fix);
        }
    }

    fn mail(&mut self) {
        let mail = &self.config.mail;
        // The password itself counts before its file.
        let password_file = mail.password_file.clone().filter(|_| mail.password.is_none());
        for (key, path) in [("mail.password_file", &password_file), ("mail.ca_file", &mail.ca_file)] {
            let Some(cause) = path.as_ref().and_then(|path| std::fs::File::open(path).err().map(|error| (path, error)))
            else {
                continue;
            };
            let problem = format!("names {}, which cannot be read: {}", cause.0.display(), cause.1);
            self.add(key, problem, "name a file that this process may read");
        }
    }

    fn breached_passwords(&mut self) {
        let Some(directory) = &self.config.password.breached_directory else { return };
        if let Err(cause) = std::fs::read_dir(directory) {
            let problem = format!("names {}, which is not a readable directory: {cause}", directory.display());
            let fix = "name the directory of the range files, or remove the key: the built-in list is used anyway";
            self.add("password.breached_directory", problem, fix);
        }
    }

    fn issuer(&mut self) {
        if self.config.origin("issuer") == Origin::Default {
            self.add("issuer", "is not set", "set it to the URL at which people and applications reach this provider");
        }
    }

    fn master_keys(&mut self) {
        let config = self.config;
        let new = "create one with `openssl rand -base64 32`";
        let key = if config.keys.master_key.is_some() { "keys.master_key" } else { "keys.master_key_file" };
        let Err(cause) = config.keys.master_keys() else { return };
        let fix = match cause {
            MasterKeyError::Missing => format!("{new}, and set `keys.master_key_file` or LATCHKEY__KEYS__MASTER_KEY"),
            MasterKeyError::Both => "keep one of them".to_owned(),
            MasterKeyError::Unreadable(_) => "name a file that this process may read".to_owned(),
            MasterKeyError::NotAKey(_) | MasterKeyError::NotRandom(_) => new.to_owned(),
        };
        self.add(key, format!("gives no master key to seal keys with: {cause}"), fix);
    }

    fn key_files(&mut self) {
        let config = self.config;
        for (key, path) in [
            ("tls.private_key_file", &config.tls.private_key_file),
            ("keys.master_key_file", &config.keys.master_key_file),
        ] {
            if let Some(path) = path {
                self.key_file(key, path);
            }
        }
        if let Origin::File { path, .. } = config.origin("keys.master_key")
            && is_open_to_others(Path::new(&*path)).unwrap_or(false)
        {
            let fix = format!("`chmod 600 {path}`, or move the key to `keys.master_key_file`");
            self.add("keys.master_key", "is in a file that every user of this machine can read", fix);
        }
    }

    fn key_file(&mut self, key: &str, path: &Path) {
        match is_open_to_others(path) {
            Ok(false) => {}
            Ok(true) => {
                let problem = "names a private key that every user of this machine can read or change";
                self.add(key, problem, format!("`chmod 600 {}`, and create a new key", path.display()));
            }
            // An unreadable master key file is told with the master keys.
            Err(_) if key == "keys.master_key_file" => {}
            Err(cause) => self.add(
                key,
                format!("names {}, which cannot be read: {cause}", path.display()),
                "name the file that holds the key",
            ),
        }
    }

    /// PLT-01: no plain http on an address that others reach, and client addresses only from who may name them.
    fn listeners(&mut self) {
        let config = self.config;
        let behind_proxy = !config.proxy.trusted.is_empty();
        if !config.tls.is_on() && !behind_proxy {
            let fix = "set `tls.certificate_file` and `tls.private_key_file`, or name the proxy that terminates TLS in `proxy.trusted`";
            if !config.listen.ip().is_loopback() {
                self.add("listen", "serves plain http on an address that others can reach", fix);
            } else if config.issuer.is_https() {
                self.add("issuer", "is https, but neither this process nor a configured proxy terminates TLS", fix);
            }
        }
        if let Some(management) = config.management.listen {
            let (a, b) = (management, config.listen);
            let overlap = a.ip() == b.ip() || a.ip().is_unspecified() || b.ip().is_unspecified();
            if a.port() == b.port() && a.port() != 0 && overlap {
                let fix = "use a separate port, on an address that only operators can reach";
                self.add("management.listen", "is the public listener's address: metrics would be public", fix);
            }
        }
    }

    fn stores(&mut self) {
        if self.config.ephemeral.is_none() {
            let fix = "set it to a Redis that every instance can reach: `redis://…`";
            self.add("ephemeral.url", "is not set, but short-lived data cannot be stored in PostgreSQL", fix);
        }
    }

    fn algorithms(&mut self) {
        // Discovery §3 has RS256 in every provider, and it is what clients get that ask for nothing else.
        if !self.config.keys.algorithms.contains(&"RS256") {
            self.add("keys.algorithms", "leaves out RS256, the default of OpenID Connect clients", "add `\"RS256\"`");
        }
        let wanted = self.config.tokens.access_signing_alg;
        if let Some(algorithm) = wanted.filter(|algorithm| !self.config.keys.algorithms.contains(algorithm)) {
            let problem = format!("requires {algorithm}, for which there is no key");
            self.add("tokens.access_signing_alg", problem, format!("add `\"{algorithm}\"` to `keys.algorithms`"));
        }
    }

    fn resources(&mut self) {
        let config = self.config;
        let mut seen = BTreeMap::new();
        for (name, resource) in &config.resources {
            let key = |field: &str| written(&["resources".to_owned(), name.clone(), field.to_owned()]);
            let is_known =
                |scope: &&String| config.scopes.contains_key(*scope) || STANDARD_SCOPES.contains(&scope.as_str());
            for scope in resource.scopes.iter().filter(|scope| !is_known(scope)) {
                let fix = format!(
                    "add `[{}]` with a description, or remove it here",
                    written(&["scopes".to_owned(), scope.clone()])
                );
                self.add(&key("scopes"), format!("names the unknown scope `{scope}`"), fix);
            }
            if let Some(algorithm) =
                resource.access_token_signing_alg.filter(|alg| !config.keys.algorithms.contains(alg))
            {
                let problem = format!("requires {algorithm}, for which there is no key");
                self.add(
                    &key("access_token_signing_alg"),
                    problem,
                    format!("add `\"{algorithm}\"` to `keys.algorithms`"),
                );
            }
            if let Some(other) = seen.insert(&resource.identifier, name) {
                let problem = format!("is also the identifier of the resource `{other}`");
                self.add(&key("identifier"), problem, "give each resource a unique identifier");
            }
        }
    }
}
