//! Registering and changing one application.

use super::{Answer, Failure, Site, count, find, read_json};
use crate::admin::clients::{self, Entry, Saved};
use crate::admin::{Clients, Delete, Read, Write};
use crate::platform::picture::{self, Picture};
use serde_json::{Map, Value, json};
use std::path::PathBuf;

#[derive(clap::Args)]
pub(in crate::cli) struct Create {
    /// The client_id; generated when not given
    #[arg(long, value_name = "CLIENT")]
    id: Option<String>,
    #[command(flatten)]
    members: Members,
}

#[derive(clap::Args)]
pub(in crate::cli) struct Update {
    /// The client_id
    client: String,
    /// Delete its logo, uploaded or fetched
    #[arg(long, conflicts_with = "logo")]
    remove_logo: bool,
    #[command(flatten)]
    members: Members,
}

#[derive(clap::Args)]
pub(in crate::cli) struct Members {
    /// Client metadata as a JSON object (RFC 7591); flags take precedence, null removes a member
    #[arg(long, value_name = "FILE.json")]
    file: Option<PathBuf>,
    /// client_name
    #[arg(long)]
    name: Option<String>,
    /// redirect_uris; may be repeated
    #[arg(long = "redirect-uri", value_name = "URI")]
    redirect_uris: Vec<String>,
    /// post_logout_redirect_uris; may be repeated
    #[arg(long = "post-logout-redirect-uri", value_name = "URI")]
    post_logout_redirect_uris: Vec<String>,
    /// grant_types; may be repeated
    #[arg(long = "grant", value_name = "GRANT_TYPE")]
    grant_types: Vec<String>,
    /// scope, in quotes
    #[arg(long)]
    scope: Option<String>,
    /// token_endpoint_auth_method: client_secret_basic, client_secret_post, client_secret_jwt, private_key_jwt, none
    #[arg(long, value_name = "METHOD")]
    auth_method: Option<String>,
    /// A public client, without a secret: the same as --auth-method none
    #[arg(long, conflicts_with = "auth_method")]
    public: bool,
    /// Skip the consent page: for your own applications
    #[arg(long, num_args = 0..=1, default_missing_value = "true", value_name = "BOOL")]
    trusted: Option<bool>,
    /// Its logo: a PNG, JPEG or WebP of at most 5 MiB. It stands before what logo_uri names
    #[arg(long, value_name = "FILE")]
    logo: Option<PathBuf>,
}

impl Members {
    /// The given members; `null` removes one.
    fn given(&self) -> Result<Map<String, Value>, Failure> {
        let mut members = match self.file.as_ref().map(|file| read_json(file)).transpose()? {
            None => Map::new(),
            Some(Value::Object(members)) => members,
            Some(_) => {
                return Err(Failure::new("the file must contain a JSON object")
                    .fix("for an array use `latchkey client import`"));
            }
        };
        let method = self.public.then(|| "none".to_owned()).or_else(|| self.auth_method.clone());
        for (name, value) in
            [("client_name", &self.name), ("scope", &self.scope), ("token_endpoint_auth_method", &method)]
        {
            members.extend(value.clone().map(|value| (name.to_owned(), value.into())));
        }
        let lists = [
            ("redirect_uris", &self.redirect_uris),
            ("post_logout_redirect_uris", &self.post_logout_redirect_uris),
            ("grant_types", &self.grant_types),
        ];
        for (name, values) in lists.into_iter().filter(|(_, values)| !values.is_empty()) {
            members.insert(name.to_owned(), values.clone().into());
        }
        members.extend(self.trusted.map(|trusted| ("trusted".to_owned(), trusted.into())));
        Ok(members)
    }
}

impl Members {
    /// The picture in the file that is given, before anything is written.
    async fn logo(&self) -> Result<Option<Picture>, Failure> {
        let Some(path) = &self.logo else { return Ok(None) };
        let failed = |why: String| Failure::new(format!("{} cannot be used as a logo: {why}", path.display()));
        let length = std::fs::metadata(path).map_err(|error| failed(error.to_string()))?.len();
        if length > u64::try_from(picture::LONGEST).unwrap_or(u64::MAX) {
            return Err(failed(picture::Refusal::TooLong.to_string()));
        }
        let file = std::fs::read(path).map_err(|error| failed(error.to_string()))?;
        picture::read_beside(file).await.map(Some).map_err(|refusal| failed(refusal.to_string()))
    }
}

pub(in crate::cli) async fn create(site: &Site, arguments: Create) -> Result<Answer, Failure> {
    let mut members = arguments.members.given()?;
    let logo = arguments.members.logo().await?;
    members.extend(arguments.id.map(|id| ("client_id".to_owned(), id.into())));
    let entry = judged(site, members)?;
    if let Some(id) = &entry.id
        && clients::find(site, &site.permit::<Read, Clients>()?, id).await?.is_some()
    {
        return Err(Failure::new("a client with this client_id exists").fix("`latchkey client update` changes it"));
    }
    write(site, entry, logo).await
}

pub(in crate::cli) async fn update(site: &Site, arguments: Update) -> Result<Answer, Failure> {
    let client = find(site, &arguments.client).await?;
    let given = arguments.members.given()?;
    let logo = arguments.members.logo().await?;
    if given.is_empty() && logo.is_none() && !arguments.remove_logo {
        return Err(Failure::usage("nothing to change was given").fix("see `latchkey client update --help`"));
    }
    if given.get("client_id").is_some_and(|id| id != client.id.as_str()) {
        return Err(Failure::new("a client_id never changes").fix("remove client_id from the file"));
    }
    if arguments.remove_logo {
        clients::remove_logo(site, &site.permit::<Write, Clients>()?, &client.id).await?;
    }
    if given.is_empty() {
        if let Some(logo) = logo {
            clients::set_logo(site, &site.permit::<Write, Clients>()?, &client.id, logo).await?;
        }
        return Ok(told(&Saved { id: client.id, is_new: false, secret: None, lacks_text: false }));
    }
    let mut members = clients::described(&client).as_object().cloned().unwrap_or_default();
    members.extend(given);
    members.insert("client_id".to_owned(), client.id.clone().into());
    write(site, judged(site, members)?, logo).await
}

fn judged(site: &Site, members: Map<String, Value>) -> Result<Entry, Failure> {
    Entry::read(&Value::Object(members), &site.config).map_err(|broken| {
        Failure::new(format!("the client was not saved\n{}", broken.join("\n")))
            .fix("correct these members and try again")
    })
}

async fn write(site: &Site, entry: Entry, logo: Option<Picture>) -> Result<Answer, Failure> {
    let (permit, sealing) = (site.permit::<Write, Clients>()?, site.secret_sealing().await?);
    let mut warnings = entry.warnings.clone();
    let saved = clients::save(site, &permit, &sealing, entry).await?;
    warnings.extend(unusable_secret(&saved));
    match logo {
        Some(logo) => clients::set_logo(site, &permit, &saved.id, logo).await?,
        None => site.settle().await,
    }
    Ok(told(&saved).warn(warnings))
}

/// An HMAC needs the secret itself; a hash of it is not enough.
pub(super) fn unusable_secret(saved: &Saved) -> Option<String> {
    let what = "its authentication method needs the secret itself, but only a hash is stored";
    saved.lacks_text.then(|| format!("{}: {what}; `latchkey client rotate-secret` creates a new one", saved.id))
}

fn told(saved: &Saved) -> Answer {
    let mut text = format!("{} the client {}\n", if saved.is_new { "Registered" } else { "Updated" }, saved.id);
    let mut json = json!({"client_id": saved.id, "created": saved.is_new});
    if let Some(secret) = &saved.secret {
        text.push_str(&format!(
            "client_secret  {}\nSave it now: it is not shown again (`latchkey client rotate-secret` creates a new one).",
            secret.expose()
        ));
        if let Some(members) = json.as_object_mut() {
            members.insert("client_secret".to_owned(), secret.expose().into());
        }
    }
    Answer::new(text, json)
}

pub(in crate::cli) async fn delete(site: &Site, id: &str) -> Result<Answer, Failure> {
    find(site, id).await?;
    let revoked = clients::delete(site, &site.permit::<Delete, Clients>()?, id).await?;
    let text = format!("Deleted the client {id}; {} revoked.", count(revoked, "token family", "token families"));
    Ok(Answer::new(text, json!({"client_id": id, "revoked": revoked})))
}

pub(in crate::cli) async fn set_enabled(site: &Site, id: &str, enabled: bool) -> Result<Answer, Failure> {
    find(site, id).await?;
    clients::set_enabled(site, &site.permit::<Write, Clients>()?, id, enabled).await?;
    let text = if enabled {
        format!("{id} is enabled again.")
    } else {
        format!("{id} is disabled: all its requests are refused.")
    };
    Ok(Answer::new(text, json!({"client_id": id, "enabled": enabled})))
}
