//! The command line: a file per command.

pub mod dev;
pub mod serve;

use crate::platform::config::{Config, Layers};
use clap::{Parser, Subcommand};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(Parser, Debug)]
#[command(name = "latchkey", version, about = "An OAuth 2.0 and OpenID Connect provider")]
struct Arguments {
    #[arg(long, global = true)]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    Dev(dev::DevArgs),
    Serve,
}

/// Runs the command that the arguments name.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match &arguments.command {
        Command::Dev(args) => dev::run(args),
        Command::Serve => serve::run(arguments.config.as_deref()),
    }
}

/// Loads the configuration: file, environment, flags.
fn load_config(path: Option<&Path>, flags: &[(&str, &str)]) -> Result<Config, String> {
    let default = Path::new("latchkey.toml");
    let layers = match path {
        Some(path) => Layers::default().file(path),
        None if default.exists() => Layers::default().file(default),
        None => Layers::default(),
    };
    let layers = flags.iter().fold(layers.environment(), |layers, (key, value)| layers.flag(key, value));
    layers.load().map_err(|error| error.to_string())
}
