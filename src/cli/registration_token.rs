//! `latchkey registration-token`: initial access tokens (RFC 7591 §3).

use super::{Answer, Failure, Site, fields, parse_duration, rfc3339, stamp, table};
use crate::admin::registration_tokens::{self, Wanted};
use crate::admin::{Delete, Read, RegistrationTokens, Write};
use crate::model::initial_access_token::InitialAccessToken;
use crate::platform::clock::Time;
use crate::platform::config::RegistrationMode;
use serde_json::{Value, json};
use std::time::Duration;

#[derive(clap::Subcommand)]
pub(super) enum Command {
    /// Create a token, shown once
    #[command(
        after_help = "Example:\n  latchkey registration-token create --uses 1 --expires 7d --note \"for the shop's developers\""
    )]
    Create(Create),
    /// List tokens, the newest first
    #[command(after_help = "Example:\n  latchkey registration-token list")]
    List(List),
    /// Revoke a token; clients registered with it stay
    #[command(after_help = "Example:\n  latchkey registration-token revoke 01a200f4-0ece-753b-b6ed-3c1933e2f898")]
    Revoke(Revoke),
}

#[derive(clap::Args)]
pub(super) struct Create {
    /// How many clients it may register [default: any number]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i64).range(1..=1_000_000))]
    uses: Option<i64>,
    /// How long it is valid [default: for ever]
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    expires: Option<Duration>,
    /// What it is for
    #[arg(long, default_value = "", hide_default_value = true)]
    note: String,
}

#[derive(clap::Args)]
pub(super) struct List {
    /// The maximum number of rows
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(i64).range(1..=100_000))]
    limit: i64,
}

#[derive(clap::Args)]
pub(super) struct Revoke {
    /// The id, as `list` shows it
    id: String,
}

pub(super) async fn run(site: &Site, command: Command) -> Result<Answer, Failure> {
    match command {
        Command::Create(arguments) => create(site, arguments).await,
        Command::List(arguments) => list(site, &arguments).await,
        Command::Revoke(arguments) => revoke(site, &arguments.id).await,
    }
}

async fn create(site: &Site, arguments: Create) -> Result<Answer, Failure> {
    let (permit, pepper, now) = (site.permit::<Write, RegistrationTokens>()?, site.pepper().await?, site.now());
    let wanted = Wanted { uses: arguments.uses, lifetime: arguments.expires, note: arguments.note };
    let (secret, token) = registration_tokens::create(site, &permit, &pepper, wanted).await?;
    let pairs = [("id", token.id.clone()), ("good for", uses(&token)), ("ends", ends(&token))];
    let text = format!("token     {}\n{}\nSave it now: it is not shown again.", secret.expose(), fields(&pairs));
    let mut json = shown(&token, now);
    if let Some(members) = json.as_object_mut() {
        members.insert("token".to_owned(), secret.expose().into());
    }
    let off = site.config.registration.mode == RegistrationMode::Off;
    let warning =
        off.then(|| "`registration.mode` is off: nobody can register with it until that is set to `token`".to_owned());
    Ok(Answer::new(text, json).warn(warning))
}

async fn list(site: &Site, arguments: &List) -> Result<Answer, Failure> {
    let (limit, now) = (arguments.limit, site.now());
    let tokens = registration_tokens::list(site, &site.permit::<Read, RegistrationTokens>()?, limit).await?;
    let row = |token: &InitialAccessToken| {
        vec![
            token.id.clone(),
            stamp(token.created_at),
            uses(token),
            ends(token),
            status(token, now).to_owned(),
            token.note.clone(),
        ]
    };
    let rows: Vec<_> = tokens.iter().map(row).collect();
    let text = match rows.as_slice() {
        [] => "There are no tokens. `latchkey registration-token create` creates one.".to_owned(),
        rows => table(&["ID", "MADE", "GOOD FOR", "ENDS", "STATUS", "NOTE"], rows),
    };
    Ok(Answer::new(text, tokens.iter().map(|token| shown(token, now)).collect()))
}

async fn revoke(site: &Site, id: &str) -> Result<Answer, Failure> {
    let revoked = registration_tokens::revoke(site, &site.permit::<Delete, RegistrationTokens>()?, id).await?;
    if !revoked {
        return Err(Failure::new(format!("there is no valid token {id}"))
            .fix("`latchkey registration-token list` shows which there are"));
    }
    Ok(Answer::new(
        format!("The token {id} is revoked: it registers no more clients. Clients registered with it stay."),
        json!({"id": id, "revoked": true}),
    ))
}

fn uses(token: &InitialAccessToken) -> String {
    token.uses_left.map_or_else(|| "any number".to_owned(), |left| left.to_string())
}

fn ends(token: &InitialAccessToken) -> String {
    token.expires_at.map_or_else(|| "never".to_owned(), stamp)
}

fn status(token: &InitialAccessToken, now: Time) -> &'static str {
    match token {
        _ if token.is_good(now) => "good",
        InitialAccessToken { revoked_at: Some(_), .. } => "revoked",
        InitialAccessToken { uses_left: Some(0), .. } => "used up",
        _ => "expired",
    }
}

fn shown(token: &InitialAccessToken, now: Time) -> Value {
    json!({
        "id": token.id, "note": token.note, "uses_left": token.uses_left, "status": status(token, now),
        "created_at": rfc3339(token.created_at), "expires_at": token.expires_at.map(rfc3339),
    })
}
