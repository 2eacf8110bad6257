//! `latchkey serve`: production.

use super::start_server;
use crate::model::key::first;
use crate::pages::looks;
use crate::platform::config::{Config, Layers};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

/// Checks the configuration, applies migrations, serves until SIGTERM.
pub(super) fn run(path: Option<&Path>) -> ExitCode {
    match start(path) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("error: {why}");
            ExitCode::from(1)
        }
    }
}

fn start(path: Option<&Path>) -> Result<(), String> {
    let layers = path.map_or_else(Layers::default, |path| Layers::default().file(path));
    let config = layers.environment().load().map_err(|error| error.to_string())?;
    check(&config)?;
    let masters = first::master_keys(&config.keys).map_err(|error| error.to_string())?;
    start_server(config, masters, Arc::new(|_| {}), |_| {})
}

fn check(config: &Config) -> Result<(), String> {
    if let Err(findings) = config.check_for_serve(looks::findings(config)) {
        let lines: Vec<String> = findings.iter().map(ToString::to_string).collect();
        return Err(format!("refusing to start on an unsafe configuration\n{}", lines.join("\n")));
    }
    let unknown = config.unknown_features();
    unknown.first().map_or(Ok(()), |problem| Err(problem.to_string()))
}
