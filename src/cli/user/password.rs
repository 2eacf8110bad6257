//! Passwords from a prompt or standard input. Weak ones get a warning, not a refusal.

use super::{Answer, Failure, NAMES, Site, count, find_person};
use crate::admin::people::{self, SetPassword};
use crate::admin::{Credentials, Write};
use crate::model::credential::choice::{self, Weakness};
use crate::pages::letter::Change;
use crate::platform::config;
use crate::platform::password::{Cost, PasswordError, Passwords};
use crate::platform::secret::Secret;
use serde_json::json;
use std::io::{BufRead as _, IsTerminal as _};
use std::sync::Arc;

#[derive(clap::Args)]
pub(in crate::cli) struct Arguments {
    #[arg(value_name = "USER", help = NAMES)]
    user: String,
    #[command(flatten)]
    source: Source,
    /// Keep the person's sessions
    #[arg(long)]
    keep_sessions: bool,
    /// Keep the offline access of applications (offline_access)
    #[arg(long)]
    keep_offline: bool,
}

/// Where to read a password from.
#[derive(clap::Args)]
pub(in crate::cli) struct Source {
    /// Read the password from the first line of standard input
    #[arg(long)]
    password_stdin: bool,
}

impl Source {
    /// Reads the password: from standard input if requested, else typed twice.
    pub(in crate::cli) fn read(&self) -> Result<Secret<String>, Failure> {
        if self.password_stdin {
            return first_line();
        }
        if !std::io::stdin().is_terminal() {
            return Err(Failure::usage("there is no terminal to ask for a password").fix("add --password-stdin"));
        }
        typed_twice()
    }
}

fn first_line() -> Result<Secret<String>, Failure> {
    let mut line = String::new();
    let read = std::io::stdin().lock().read_line(&mut line);
    read.map_err(|error| Failure::new(format!("the password cannot be read: {error}")))?;
    let password = line.strip_suffix('\n').unwrap_or(&line);
    let password = password.strip_suffix('\r').unwrap_or(password);
    let password = Secret::new(password.to_owned());
    zeroize::Zeroize::zeroize(&mut line);
    if password.expose().is_empty() { Err(Failure::new("standard input contains no password")) } else { Ok(password) }
}

fn typed_twice() -> Result<Secret<String>, Failure> {
    let ask = |prompt: &str| {
        let typed = rpassword::prompt_password(prompt).map(Secret::new);
        typed.map_err(|error| Failure::new(format!("the password cannot be read: {error}")))
    };
    let (one, two) = (ask("Password: ")?, ask("Again: ")?);
    if one == two {
        Ok(one)
    } else {
        Err(Failure::new("the passwords do not match").fix("try again; nothing was changed"))
    }
}

/// Hashes passwords in this process.
pub(in crate::cli) fn hasher(site: &Site) -> Result<Passwords, Failure> {
    let started = Passwords::with_workers(Cost::STANDARD, Arc::clone(&site.random), 1, 1);
    started.map_err(|error| Failure::new(format!("passwords cannot be hashed: {error}")))
}

/// The reason in words that people can act on.
pub(in crate::cli) fn reason(error: &PasswordError) -> String {
    match error {
        PasswordError::Unacceptable => "the password is empty, too long or contains control characters".to_owned(),
        other => other.to_string(),
    }
}

/// Why people could not choose this password themselves, if so.
pub(in crate::cli) fn weakness(password: &str, names: &[&str], rules: &config::Password) -> Option<String> {
    let why = match choice::weigh(password, names, rules) {
        Ok(None) => return None,
        Ok(Some(Weakness::TooShort { minimum })) => {
            let length = password.chars().count();
            format!("has {length} characters, but people who choose their own need {minimum}")
        }
        Ok(Some(weakness)) => weakness.to_string(),
        Err(error) => format!("could not be checked against breached passwords: {error}"),
    };
    Some(format!("the password {why}: it was set nevertheless"))
}

pub(in crate::cli) async fn set(site: &Site, arguments: &Arguments) -> Result<Answer, Failure> {
    let person = find_person(site, &arguments.user).await?;
    let (permit, notice) = (site.permit::<Write, Credentials>()?, site.notice(Change::PasswordChanged)?);
    let password = arguments.source.read()?;
    let phc = hasher(site)?.hash(&password).await.map_err(|error| Failure::new(reason(&error)))?;
    let (keeps_sessions, keeps_offline) = (arguments.keep_sessions, arguments.keep_offline);
    let wanted = SetPassword { phc, keeps_sessions, keeps_offline, notice };
    let ended = people::set_password(site, &permit, &person.user.id, wanted).await?;
    let names: Vec<_> = person.identifiers.iter().map(|held| held.value.as_str()).collect();
    let sessions = count(ended.sessions, "session", "sessions");
    let offline = count(ended.offline, "offline access", "offline accesses");
    let text = format!("{} has a new password; {sessions} and {offline} ended.", person.name());
    let json = json!({
        "id": person.user.id, "sub": person.user.sub, "sessions_ended": ended.sessions,
        "offline_access_ended": ended.offline,
    });
    Ok(Answer::new(text, json).warn(weakness(password.expose(), &names, &site.config.password)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_weak_password_is_told_of_with_its_reason() {
        let rules = config::Password::default();
        let weakness = |password, names: &[&str]| weakness(password, names, &rules);
        assert!(weakness("short", &[]).is_some_and(|reason| reason.contains("5 characters")));
        assert!(weakness("Lovelace-1815-1852", &["lovelace"]).is_some_and(|reason| reason.contains("own name")));
        assert_eq!(weakness("correct horse battery", &["ada", "ada@example.org"]), None);
    }
}
