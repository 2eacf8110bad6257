//! `latchkey user`: people.

mod claims;
mod factors;
mod import;
mod invite;
mod list;
mod password;
mod resolve;
mod standing;
mod write;

use super::{Answer, Failure, NAMES, Person, Site, confirm, count, fields, find_person, person_json, read_json, table};

#[derive(clap::Subcommand)]
pub(super) enum Command {
    /// Add a person
    #[command(
        after_help = "Examples:\n  latchkey user create ada --email ada@example.org --name \"Ada Lovelace\"\n  echo \"$PASSWORD\" | latchkey user create ada --password-stdin"
    )]
    Create(write::Create),
    /// Email a link to create an account
    #[command(after_help = "Example:\n  latchkey user invite ada@example.org --locale de")]
    Invite(invite::Invite),
    /// List people, oldest first
    #[command(
        after_help = "Examples:\n  latchkey user list --search lovelace\n  latchkey user list --limit 1000 --json"
    )]
    List(list::List),
    /// Show a person
    #[command(after_help = "Examples:\n  latchkey user show ada@example.org\n  latchkey user show sub:248289761001")]
    Show(Named),
    /// Change a person's names and claims
    #[command(
        after_help = "Example:\n  latchkey user update ada --email ada@example.net --email-verified --claim zoneinfo=Europe/London"
    )]
    Update(write::Update),
    /// Set a person's password; their sessions and the offline access of applications end
    #[command(
        after_help = "Examples:\n  latchkey user set-password ada\n  echo \"$PASSWORD\" | latchkey user set-password ada --password-stdin"
    )]
    SetPassword(password::Arguments),
    /// Remove the second factors of a person who lost them; their sessions end
    #[command(after_help = "Example:\n  latchkey user reset-factors ada")]
    ResetFactors(Named),
    /// Disable a person: sessions end and tokens are revoked at once
    #[command(after_help = "Example:\n  latchkey user disable ada")]
    Disable(Named),
    /// Enable a disabled person; revoked tokens stay revoked
    #[command(after_help = "Example:\n  latchkey user enable ada")]
    Enable(Named),
    /// Delete a person permanently, after a question; the sub is never used again
    #[command(after_help = "Examples:\n  latchkey user delete ada\n  latchkey user delete sub:248289761001 --yes")]
    Delete(standing::DeleteUser),
    /// Add or update people from a JSON, JSON Lines or CSV file, with passwords or hashes of other systems
    #[command(after_help = import::EXAMPLE)]
    Import(import::Import),
    /// Decide who keeps an address that several people have in different spellings
    #[command(after_help = resolve::EXAMPLES)]
    ResolveAddresses(resolve::Resolve),
}

#[derive(clap::Args)]
pub(super) struct Named {
    #[arg(value_name = "USER", help = NAMES)]
    user: String,
}

pub(super) async fn run(site: &Site, command: Command) -> Result<Answer, Failure> {
    match command {
        Command::Create(arguments) => write::create(site, arguments).await,
        Command::Invite(arguments) => invite::invite(site, &arguments).await,
        Command::List(arguments) => list::list(site, &arguments).await,
        Command::Show(named) => list::show(site, &named.user).await,
        Command::Update(arguments) => write::update(site, arguments).await,
        Command::SetPassword(arguments) => password::set(site, &arguments).await,
        Command::ResetFactors(named) => factors::reset(site, &named.user).await,
        Command::Disable(named) => standing::disable(site, &named.user).await,
        Command::Enable(named) => standing::enable(site, &named.user).await,
        Command::Delete(arguments) => standing::delete(site, &arguments).await,
        Command::Import(arguments) => import::run(site, &arguments).await,
        Command::ResolveAddresses(arguments) => resolve::resolve(site, &arguments).await,
    }
}
