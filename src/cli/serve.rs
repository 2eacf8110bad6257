//! `latchkey serve`: production.

use super::load_config;
use crate::app::{self, Machine, More};
use crate::platform::clock::SystemClock;
use crate::platform::config::Config;
use crate::platform::crypto::MasterKeys;
use crate::platform::db;
use crate::platform::password::Cost;
use crate::platform::random::OsRandom;
use crate::platform::telemetry;
use crate::server;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

/// Checks the configuration, applies migrations, serves until SIGTERM.
pub fn run(path: Option<&Path>) -> ExitCode {
    match start(path) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("latchkey: {why}");
            ExitCode::from(1)
        }
    }
}

fn start(path: Option<&Path>) -> Result<(), String> {
    let config = load_config(path, &[])?;
    if let Err(findings) = config.check_for_serve() {
        let lines: Vec<String> = findings.iter().map(ToString::to_string).collect();
        return Err(format!("refusing to start on an unsafe configuration\n{}", lines.join("\n")));
    }
    let unknown = config.unknown_features(&app::feature_names());
    if let Some(problem) = unknown.first() {
        return Err(problem.to_string());
    }
    let masters = master_keys(&config)?;
    serve(config, masters, Arc::new(|_| {}), |_| {})
}

/// The master keys that the configuration names.
pub(super) fn master_keys(config: &Config) -> Result<MasterKeys, String> {
    use base64::Engine as _;
    let keys = config.keys.master_keys().map_err(|error| format!("keys.master_key: {error}"))?;
    let text: Vec<String> =
        keys.iter().map(|key| base64::engine::general_purpose::STANDARD.encode(key.expose())).collect();
    MasterKeys::parse(&text.join(",")).map_err(|error| format!("keys.master_key: {error}"))
}

/// Migrates, assembles and serves; `ready` is called once the listener is open.
pub(super) fn serve(
    config: Config,
    masters: MasterKeys,
    more: More,
    ready: impl FnOnce(&Config),
) -> Result<(), String> {
    telemetry::init(&config.log);
    let applied = db::migrate(config.database.url.url().expose()).map_err(|error| format!("database.url: {error}"))?;
    for name in applied {
        tracing::info!(migration = name, "applied");
    }
    let masters = Arc::new(masters);
    let machine = Machine { clock: Arc::new(SystemClock), random: Arc::new(OsRandom), masters, cost: Cost::STANDARD };
    server::serve(config, machine, more, ready)
}
