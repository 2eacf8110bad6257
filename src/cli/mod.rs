//! The command line: a file per command family. Every command prints text or JSON, and exits
//! 0 done, 1 refused or failed, 2 wrong usage.

mod answer;
mod backup;
mod branding;
mod client;
mod completions;
#[cfg(feature = "conformance")]
mod conformance;
mod consent;
#[cfg(feature = "demo")]
mod dev;
mod doctor;
mod events;
mod explain;
mod keys;
mod migrate;
mod outbox;
mod outside;
mod person;
mod recover;
mod registration_token;
mod restore;
mod serve;
mod session;
mod site;
mod user;

use crate::admin::people::Person;
use crate::app::{Machine, More};
use crate::platform::clock::SystemClock;
use crate::platform::config::Config;
use crate::platform::crypto::MasterKeys;
use crate::platform::password::Cost;
use crate::platform::random::OsRandom;
use crate::platform::telemetry;
use crate::server;
use answer::{Answer, Failure, clean, confirm, count, fields, finish, rfc3339, span, stamp, table, word};
use backup::{DATABASE, EPHEMERAL, Scratch, passphrase};
use clap::{Args, CommandFactory as _, Parser, Subcommand};
use migrate::bring_up;
use outside::{Outside, Seen};
#[cfg(feature = "conformance")]
use outside::{PATIENCE, send, trust};
use person::{NAMES, find_person, person_json};
use recover::{StaysInForce, end_all, hear};
use site::{
    Site, config_file, database_name, database_url, ephemeral_url, load_config, unreachable_database, without_password,
};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

/// Of the commands that this binary was built with.
fn examples() -> String {
    let examples = EXAMPLES.iter().filter(|(_, is_built)| *is_built).map(|(example, _)| format!("  {example}\n"));
    format!("Examples:\n{}\nExit codes: 0 done, 1 refused or failed, 2 wrong usage.", examples.collect::<String>())
}

const EXAMPLES: [(&str, bool); 5] = [
    (
        "latchkey dev                                   a provider and a demo application on http://localhost:8080",
        cfg!(feature = "demo"),
    ),
    ("latchkey migrate && latchkey serve             a provider for others, configured by latchkey.toml", true),
    ("latchkey explain LK-7Q2M9KXA                   why a request was refused", true),
    ("latchkey doctor                                check this installation", true),
    (
        "latchkey conformance https://id.example.com    check a live provider against the specifications",
        cfg!(feature = "conformance"),
    ),
];

#[derive(Parser)]
#[command(name = "latchkey", version, about = "An OAuth 2.0 and OpenID Connect provider", after_help = examples())]
struct Cli {
    #[command(flatten)]
    globals: Globals,
    #[command(subcommand)]
    command: Command,
}

/// What every command takes.
#[derive(Args, Clone, Debug)]
struct Globals {
    /// The configuration file [default: latchkey.toml in the working directory]; LATCHKEY__… variables take precedence
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Print JSON
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Subcommand)]
enum Command {
    #[cfg(feature = "demo")]
    /// Run a provider with demo people and a demo application, for trials and development
    #[command(
        after_help = "Examples:\n  latchkey dev\n  latchkey dev --port 8081 --data .latchkey-2   a second one beside it\n  latchkey dev --json                            one line for scripts, once it serves"
    )]
    Dev {
        /// The port on localhost
        #[arg(long, default_value_t = 8080)]
        port: u16,
        /// Where its files are kept
        #[arg(long, value_name = "DIR", default_value = dev::DATA)]
        data: PathBuf,
        /// Delete all data and start over
        #[arg(long)]
        reset: bool,
    },
    /// Run the provider
    #[command(after_help = "Example:\n  latchkey serve --config /etc/latchkey/latchkey.toml")]
    Serve,
    /// Bring the database to this version's schema, and create the first keys
    #[command(after_help = "Example:\n  latchkey migrate --check || latchkey migrate")]
    Migrate(migrate::Arguments),
    /// After restoring a backup or promoting a replica: end whatever may have been revoked since
    #[command(after_help = recover::EXAMPLES)]
    Recover(recover::Arguments),
    /// Write all data into one file, while the server runs
    #[command(after_help = backup::EXAMPLES)]
    Backup(backup::Arguments),
    /// Restore a backup, and end whatever may have been revoked since it was made
    #[command(after_help = restore::EXAMPLES)]
    Restore(restore::Arguments),
    /// Check the installation, and say how to fix what is wrong
    #[command(
        after_help = "Example:\n  latchkey doctor --config /etc/latchkey/latchkey.toml\n\nExits 1 if anything fails."
    )]
    Doctor,
    #[cfg(feature = "conformance")]
    /// Probe a live provider over HTTP, and report what violates the specifications
    #[command(after_help = conformance::EXAMPLES)]
    Conformance(conformance::Arguments),
    /// Show why a request was refused
    #[command(
        after_help = "Example:\n  latchkey explain LK-7Q2M9KXA\n\nThe reference is at the end of error_description, on the error page and in the log. Records are kept for a day."
    )]
    Explain(explain::Arguments),
    /// People: create, invite, list, show, update, set-password, reset-factors, disable, enable, delete, import
    #[command(subcommand)]
    User(user::Command),
    /// Applications: create, list, show, update, delete, enable, disable, rotate-secret, import, lint
    #[command(subcommand)]
    Client(client::Command),
    /// Consents of people to applications: list, revoke
    #[command(subcommand)]
    Consent(consent::Command),
    /// Sessions: list, end
    #[command(subcommand)]
    Session(session::Command),
    /// Initial access tokens for registering applications (RFC 7591): create, list, revoke
    #[command(subcommand)]
    RegistrationToken(registration_token::Command),
    /// Queued or failed emails and messages to applications: list
    #[command(subcommand)]
    Outbox(outbox::Command),
    /// The event log: tail
    #[command(subcommand)]
    Events(events::Command),
    /// Keys: list, rotate, revoke, rewrap
    #[command(subcommand)]
    Keys(keys::Command),
    /// Branding of pages and emails: preview
    #[command(subcommand)]
    Branding(branding::Command),
    /// Print a completion script for a shell
    #[command(after_help = "Example:\n  latchkey completions bash > /etc/bash_completion.d/latchkey")]
    Completions(completions::Arguments),
}

/// The definition of every command and flag, complete, for those who describe them.
#[must_use]
pub fn definition() -> clap::Command {
    let mut command = Cli::command();
    command.build();
    command
}

/// Runs the command that the arguments name.
pub fn main() -> ExitCode {
    let Cli { globals, command } = Cli::parse();
    match command {
        #[cfg(feature = "demo")]
        Command::Dev { port, data, reset } => dev::run(&dev::DevArgs { port, data, reset, json: globals.json }),
        Command::Serve => serve::run(config_file(&globals).as_deref()),
        Command::Completions(arguments) => completions::run(&arguments),
        command => finish(run(&globals, command), globals.json),
    }
}

fn run(globals: &Globals, command: Command) -> Result<Answer, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::new(format!("the process cannot start: {error}")))?;
    // TLS to stores; another part of the process may have installed it already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let outcome = runtime.block_on(dispatch(globals, command));
    // A store that hangs must not hold the command.
    runtime.shutdown_background();
    outcome
}

async fn dispatch(globals: &Globals, command: Command) -> Result<Answer, Failure> {
    match command {
        Command::Migrate(arguments) => migrate::run(globals, &arguments).await,
        Command::Recover(arguments) => recover::run(&Site::open(globals).await?, &arguments).await,
        Command::Backup(arguments) => backup::run(globals, &arguments).await,
        Command::Restore(arguments) => restore::run(globals, &arguments).await,
        Command::Doctor => doctor::run(globals).await,
        #[cfg(feature = "conformance")]
        Command::Conformance(arguments) => conformance::run(globals, arguments).await,
        Command::Branding(command) => branding::run(globals, &command),
        Command::Explain(arguments) => explain::run(&Site::open(globals).await?, &arguments).await,
        Command::User(command) => user::run(&Site::open(globals).await?, command).await,
        Command::Client(command) => client::run(&Site::open(globals).await?, command).await,
        Command::Consent(command) => consent::run(&Site::open(globals).await?, command).await,
        Command::Session(command) => session::run(&Site::open(globals).await?, command).await,
        Command::RegistrationToken(command) => registration_token::run(&Site::open(globals).await?, command).await,
        Command::Outbox(command) => outbox::run(&Site::open(globals).await?, command).await,
        Command::Events(command) => events::run(&Site::open(globals).await?, command, globals.json).await,
        Command::Keys(command) => keys::run(&Site::open(globals).await?, command).await,
        #[cfg(feature = "demo")]
        Command::Dev { .. } => Err(by_itself()),
        Command::Serve | Command::Completions(_) => Err(by_itself()),
    }
}

fn by_itself() -> Failure {
    Failure::usage("this command cannot run here")
}

/// Migrates, assembles and serves; `ready` is called once the listener is open.
fn start_server(config: Config, masters: MasterKeys, more: More, ready: impl FnOnce(&Config)) -> Result<(), String> {
    let _logging = telemetry::init(&config.log, &config.telemetry);
    let applied = bring_up(&config).map_err(|error| format!("database.url: {}", error.cause))?;
    for name in applied {
        tracing::info!(migration = name, "applied");
    }
    let (clock, random) = (Arc::new(SystemClock), Arc::new(OsRandom));
    let machine = Machine { clock, random, masters: Arc::new(masters), cost: Cost::STANDARD };
    server::serve(config, machine, more, ready)
}

fn parse_duration(text: &str) -> Result<std::time::Duration, String> {
    let problem = || "write a duration such as 30s, 10m, 2h or 7d".to_owned();
    let unit = text.chars().last().ok_or_else(problem)?;
    let seconds =
        [('s', 1), ('m', 60), ('h', 3600), ('d', 86_400)].iter().find(|(name, _)| *name == unit).ok_or_else(problem)?.1;
    let number: u64 = text.strip_suffix(unit).and_then(|number| number.parse().ok()).ok_or_else(problem)?;
    let duration = std::time::Duration::from_secs(number.checked_mul(seconds).ok_or_else(problem)?);
    if duration.as_secs() <= 3650 * 86_400 { Ok(duration) } else { Err(problem()) }
}

/// A JSON file that a command was given.
fn read_json(path: &std::path::Path) -> Result<serde_json::Value, Failure> {
    let failed = |cause: String| Failure::new(format!("{} cannot be read: {cause}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|error| failed(error.to_string()))?;
    serde_json::from_str(&text).map_err(|error| failed(format!("it is not JSON: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_command_has_an_example() {
        fn look(command: &clap::Command, path: &str) {
            let path = format!("{path} {}", command.get_name());
            let mut below = command.get_subcommands().filter(|command| command.get_name() != "help").peekable();
            if below.peek().is_none() {
                let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
                assert!(help.contains("Example") && help.contains("latchkey "), "{path} has no example");
            }
            below.for_each(|command| look(command, &path));
        }
        look(&Cli::command(), "");
    }

    #[test]
    fn durations_are_written_as_in_the_configuration() {
        assert_eq!(parse_duration("7d").unwrap().as_secs(), 604_800);
        assert!(parse_duration("7").is_err() && parse_duration("").is_err() && parse_duration("99999d").is_err());
    }
}
