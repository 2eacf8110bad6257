//! `latchkey client`: applications.

mod edit;
mod findings;
mod import;
mod list;
mod secret;

use super::{Answer, Failure, Site, count, fields, parse_duration, read_json, rfc3339, stamp, table, word};
use crate::admin::{Clients, Read, clients};
use crate::model::client::Client;
use std::path::PathBuf;

#[derive(clap::Subcommand)]
pub(super) enum Command {
    /// Register an application; a generated secret is shown once
    #[command(
        after_help = "Examples:\n  latchkey client create --id shop --name Shop --redirect-uri https://shop.example/callback\n  latchkey client create --file shop.json"
    )]
    Create(edit::Create),
    /// List applications, by client_id
    #[command(after_help = "Example:\n  latchkey client list --json")]
    List(list::List),
    /// Show an application
    #[command(after_help = "Example:\n  latchkey client show shop")]
    Show(Named),
    /// Change a registration: the given members replace the old ones
    #[command(
        after_help = "Example:\n  latchkey client update shop --redirect-uri https://shop.example/cb --redirect-uri https://shop.example/cb2\n  latchkey client update shop --logo shop.png"
    )]
    Update(edit::Update),
    /// Delete an application; its tokens are revoked
    #[command(after_help = "Example:\n  latchkey client delete shop")]
    Delete(Named),
    /// Enable a disabled application
    #[command(after_help = "Example:\n  latchkey client enable shop")]
    Enable(Named),
    /// Disable an application: all its requests are refused
    #[command(after_help = "Example:\n  latchkey client disable shop")]
    Disable(Named),
    /// Create a new secret, shown once
    #[command(after_help = "Example:\n  latchkey client rotate-secret shop --overlap 7d")]
    RotateSecret(secret::RotateSecret),
    /// Register or update applications from a JSON file
    #[command(after_help = import::EXAMPLE)]
    Import(Import),
    /// Find registrations that are unsafe or cannot work
    #[command(after_help = "Example:\n  latchkey client lint\n\nExits 1 if an application cannot work or is unsafe.")]
    Lint(findings::Arguments),
}

#[derive(clap::Args)]
pub(super) struct Named {
    /// The client_id
    #[arg(value_name = "CLIENT")]
    client: String,
}

#[derive(clap::Args)]
pub(super) struct Import {
    /// A JSON array of client metadata (RFC 7591)
    #[arg(required_unless_present = "from", value_name = "FILE.json")]
    file: Option<PathBuf>,
    /// The same
    #[arg(long = "file", value_name = "FILE.json", conflicts_with = "file")]
    from: Option<PathBuf>,
}

pub(super) async fn run(site: &Site, command: Command) -> Result<Answer, Failure> {
    match command {
        Command::Create(arguments) => edit::create(site, arguments).await,
        Command::List(arguments) => list::list(site, &arguments).await,
        Command::Show(named) => list::show(site, &named.client).await,
        Command::Update(arguments) => edit::update(site, arguments).await,
        Command::Delete(named) => edit::delete(site, &named.client).await,
        Command::Enable(named) => edit::set_enabled(site, &named.client, true).await,
        Command::Disable(named) => edit::set_enabled(site, &named.client, false).await,
        Command::RotateSecret(arguments) => secret::rotate(site, &arguments).await,
        Command::Import(Import { file, from }) => match file.or(from) {
            Some(file) => import::run(site, &read_json(&file)?).await,
            None => Err(Failure::usage("no file was given")),
        },
        Command::Lint(arguments) => findings::run(site, &arguments).await,
    }
}

/// The application with this id.
async fn find(site: &Site, id: &str) -> Result<Client, Failure> {
    let found = clients::find(site, &site.permit::<Read, Clients>()?, id).await?;
    found.ok_or_else(|| {
        Failure::new(format!("there is no client {id}")).fix("`latchkey client list` shows which there are")
    })
}
