//! `latchkey dev`: a complete provider without configuration: SQLite in a folder, generated keys, demo people and a demo application.

use super::{Failure, bring_up, finish, start_server, word};
use crate::app::{self, DemoConfig, Guide, Mailbox};
use crate::model::client::secret::NewSecret;
use crate::model::client::{self, Origin, SECRET_KIND};
use crate::model::credential;
use crate::model::key::first;
use crate::model::user::identifier::Identifier;
use crate::model::user::{self, UserStatus};
use crate::platform::clock::{Clock as _, SystemClock};
use crate::platform::config::{Config, Layers};
use crate::platform::crypto::{MasterKeys, OpaqueToken, Pepper, TokenKind};
use crate::platform::db::Db;
use crate::platform::error::Unavailable;
use crate::platform::password::{Cost, Passwords};
use crate::platform::paths::Location;
use crate::platform::random::{self, OsRandom};
use crate::platform::{id, private_file, secret::Secret};
use crate::protocol::claims::Claims;
use serde_json::json;
use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

/// What `latchkey dev` takes.
pub(super) struct DevArgs {
    /// The port on localhost.
    pub(super) port: u16,
    /// Where its files are kept.
    pub(super) data: PathBuf,
    /// Whether to start again.
    pub(super) reset: bool,
    /// Whether to print JSON.
    pub(super) json: bool,
}

/// The lock file of a data folder; holds the process that owns it.
const LOCK: &str = "dev.lock";

/// Where files are kept unless `--data` says otherwise.
pub(super) const DATA: &str = ".latchkey";
const DEMO_CLIENT: &str = "harbour";
const SNIPPET_CLIENT: &str = "snippets";
const SNIPPET_PORT: u16 = 9876;
/// Name, user name, password. Theirs is a database on this machine alone.
const PEOPLE: [(&str, &str, &str); 2] =
    [("Ada Lovelace", "ada", "analytical engine 1843"), ("Grace Hopper", "grace", "first compiler 1952")];

/// Runs the development server.
pub(super) fn run(args: &DevArgs) -> ExitCode {
    match start(args) {
        Ok(()) => {
            if !args.json {
                println!("{}", farewell(args));
            }
            ExitCode::SUCCESS
        }
        Err(failure) => finish(Err(failure), args.json),
    }
}

/// The message after Ctrl-C.
fn farewell(args: &DevArgs) -> String {
    let data = word(&args.data.display().to_string());
    let more = if args.data == Path::new(DATA) { String::new() } else { format!(" --data {data}") };
    format!(
        "\n  Stopped. People and clients stay in {data}: run latchkey dev{more} again to continue, or with --reset to start over.\n"
    )
}

fn start(args: &DevArgs) -> Result<(), Failure> {
    let failed = |error: &dyn std::fmt::Display| Failure::new(error.to_string());
    // Before anything is deleted or made.
    let lock = lock(args)?;
    is_free(args)?;
    prepare_folder(args).map_err(Failure::new)?;
    let config = configuration(args).map_err(Failure::new)?;
    let file = write_configuration(args, &config).map_err(Failure::new)?;
    tell_others(&lock, &config);
    let masters = first::master_keys(&config.keys).map_err(|error| failed(&error))?;
    bring_up(&config).map_err(|error| failed(&error))?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| failed(&error))?;
    let client_secret = runtime.block_on(seed(&config, &masters)).map_err(|error| failed(&error))?;
    drop(runtime);
    let (issuer, base_url) = (config.issuer.as_str().to_owned(), config.issuer.endpoint(Location::Demo));
    let demo = DemoConfig { issuer, client_id: DEMO_CLIENT.to_owned(), client_secret, base_url };
    let more = app::demonstration(demo, guide(), mailbox(args), Arc::new(OsRandom)).map_err(|error| failed(&error))?;
    let (json, data) = (args.json, args.data.clone());
    let ready = move |config: &Config| {
        if json { println!("{}", described(config, &file, &data)) } else { greet(config, &file) }
    };
    let served = start_server(config, masters, more, ready).map_err(Failure::new);
    // The lock is held up to here.
    drop(lock);
    served
}

/// Two servers on one folder would be two issuers with one database, and `--reset` would delete the database of a running one.
/// The operating system releases the lock when the process ends, whatever the reason.
fn lock(args: &DevArgs) -> Result<File, Failure> {
    let named = |cause: std::io::Error| Failure::new(format!("--data {}: {cause}", args.data.display()));
    std::fs::create_dir_all(&args.data).map_err(named)?;
    let mut options = OpenOptions::new();
    options.create(true).read(true).write(true).truncate(false);
    let mut file = options.open(args.data.join(LOCK)).map_err(named)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::Error(cause)) => Err(named(cause)),
        Err(TryLockError::WouldBlock) => {
            let mut other = String::new();
            // Only for the message.
            let _ = std::io::Read::read_to_string(&mut file, &mut other);
            let other = if other.trim().is_empty() { String::new() } else { format!(" ({})", other.trim()) };
            let data = args.data.display();
            let reset = if args.reset { ", and --reset would delete its database" } else { "" };
            let failure = Failure::new(format!("another latchkey dev is running on {data}{other}{reset}"));
            Err(failure.fix(format!(
                "stop it first, or run a second one on other data: latchkey dev --port {} --data {}",
                args.port.checked_add(1).unwrap_or(8081),
                word(&format!("{data}-2"))
            )))
        }
    }
}

/// Shown when another process finds the folder locked.
fn tell_others(mut lock: &File, config: &Config) {
    let text = format!("process {}, {}\n", std::process::id(), config.issuer.as_str());
    // Failing to write it does not matter.
    let _ = lock.set_len(0).and_then(|()| std::io::Write::write_all(&mut lock, text.as_bytes()));
}

/// Checked before people and clients are created, with advice.
fn is_free(args: &DevArgs) -> Result<(), Failure> {
    let taken = |cause: std::io::Error| {
        let failure = Failure::new(format!("http://localhost:{} cannot be used: {cause}", args.port));
        failure.fix(format!(
            "another program listens there: latchkey dev --port {}",
            args.port.checked_add(1).unwrap_or(8081)
        ))
    };
    std::net::TcpListener::bind(("127.0.0.1", args.port)).map(drop).map_err(taken)
}

/// The same as `greet` for programs: one line, once requests are served.
fn described(config: &Config, file: &Path, data: &Path) -> serde_json::Value {
    let issuer = config.issuer.as_str();
    let people: Vec<_> = PEOPLE
        .iter()
        .map(|(name, username, password)| json!({"name": name, "username": username, "password": password}))
        .collect();
    json!({
        "issuer": issuer, "demo": config.issuer.endpoint(Location::Demo), "mail": config.issuer.endpoint(Location::Mailbox),
        "config": file.display().to_string(), "data": data.display().to_string(), "people": people,
        "client_id": SNIPPET_CLIENT, "redirect_uri": format!("http://127.0.0.1:{SNIPPET_PORT}/callback"),
    })
}

/// Emails stay on this machine.
fn mailbox(args: &DevArgs) -> Mailbox {
    Mailbox { folder: args.data.join("mail") }
}

fn guide() -> Guide {
    let owned =
        |(name, username, password): (&str, &str, &str)| (name.to_owned(), username.to_owned(), password.to_owned());
    Guide { people: PEOPLE.map(owned).to_vec(), client_id: SNIPPET_CLIENT.to_owned(), redirect_port: SNIPPET_PORT }
}

fn prepare_folder(args: &DevArgs) -> Result<(), String> {
    let named = |cause: std::io::Error| format!("--data {}: {cause}", args.data.display());
    if args.reset {
        for name in [
            "latchkey.db",
            "latchkey.db-wal",
            "latchkey.db-shm",
            "latchkey.db.ephemeral",
            "latchkey.db.ephemeral-wal",
            "latchkey.db.ephemeral-shm",
            "master.key",
        ] {
            match std::fs::remove_file(args.data.join(name)) {
                Err(cause) if cause.kind() != std::io::ErrorKind::NotFound => return Err(named(cause)),
                _ => {}
            }
        }
        if let Err(cause) = std::fs::remove_dir_all(mailbox(args).folder)
            && cause.kind() != std::io::ErrorKind::NotFound
        {
            return Err(named(cause));
        }
    }
    // The folder holds keys: it must not be committed by accident.
    std::fs::write(args.data.join(".gitignore"), "*\n").map_err(named)
}

fn configuration(args: &DevArgs) -> Result<Config, String> {
    let master_key = kept(&args.data.join("master.key"), || MasterKeys::generate(&OsRandom).expose().clone())?;
    Layers::default()
        .environment()
        .flag("issuer", format!("http://localhost:{}", args.port))
        .flag("listen", format!("127.0.0.1:{}", args.port))
        .flag("database.url", format!("sqlite://{}", args.data.join("latchkey.db").display()))
        .flag("keys.master_key", master_key)
        .flag("mail.folder", mailbox(args).folder.display())
        .flag("signup.mode", "open")
        .load()
        .map_err(|error| error.to_string())
}

/// Writes what other commands need to work beside this server: `latchkey --config FILE explain LK-…`.
fn write_configuration(args: &DevArgs, config: &Config) -> Result<PathBuf, String> {
    let named = |cause: std::io::Error| format!("--data {}: {cause}", args.data.display());
    let folder = std::path::absolute(&args.data).map_err(named)?;
    let mut text = toml::Table::new();
    text.insert("issuer".to_owned(), config.issuer.as_str().into());
    text.insert("listen".to_owned(), config.listen.to_string().into());
    let database = format!("sqlite://{}", folder.join("latchkey.db").display());
    text.insert("database".to_owned(), toml::Table::from_iter([("url".to_owned(), database.into())]).into());
    let mail = folder.join("mail").display().to_string();
    text.insert("mail".to_owned(), toml::Table::from_iter([("folder".to_owned(), mail.into())]).into());
    text.insert("signup".to_owned(), toml::Table::from_iter([("mode".to_owned(), "open".into())]).into());
    let master_key = folder.join("master.key").display().to_string();
    text.insert("keys".to_owned(), toml::Table::from_iter([("master_key_file".to_owned(), master_key.into())]).into());
    let file = args.data.join("latchkey.toml");
    std::fs::write(&file, text.to_string()).map_err(named)?;
    Ok(file)
}

/// Reads a small secret file, or creates it, readable by its owner only.
fn kept(path: &Path, make: impl FnOnce() -> String) -> Result<String, String> {
    let named = |cause: std::io::Error| format!("{}: {cause}", path.display());
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(text.trim().to_owned()),
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => {
            let text = make();
            private_file::write_new(path, text.as_bytes()).map_err(named)?;
            Ok(text)
        }
        Err(cause) => Err(named(cause)),
    }
}

/// Creates demo people and clients; returns the demo client's secret.
async fn seed(config: &Config, masters: &MasterKeys) -> Result<String, Unavailable> {
    let db = Db::new(config.database.url.url().expose(), 2)?;
    let pepper = first::ensure_pepper(&db, masters, &SystemClock, &OsRandom).await?;
    let passwords = Passwords::start(Cost::STANDARD, Arc::new(OsRandom)).map_err(Unavailable::new)?;
    for (name, username, password) in PEOPLE {
        seed_person(&db, &passwords, name, username, password).await?;
    }
    seed_clients(&db, config, &pepper).await
}

async fn seed_person(
    db: &Db,
    passwords: &Passwords,
    name: &str,
    username: &str,
    password: &str,
) -> Result<(), Unavailable> {
    let identifier = Identifier::username(username).map_err(Unavailable::new)?;
    let candidates = vec![identifier.clone()];
    if db.read(move |connection| user::store::find_by_identifiers(connection, &candidates)).await?.is_some() {
        return Ok(());
    }
    let phc = passwords.hash(&Secret::new(password.to_owned())).await.map_err(Unavailable::new)?;
    let email = Identifier::email(&format!("{username}@example.com")).map_err(Unavailable::new)?;
    let now = SystemClock.now();
    let claims = demo_claims(name, username, now.seconds());
    let (person, credential) = (id::new(now, &OsRandom), id::new(now, &OsRandom));
    let sub = random::token(&OsRandom);
    db.write(move |tx| {
        user::store::insert(
            tx,
            &user::store::NewUser { id: &person, sub: &sub, claims: &claims, status: UserStatus::Active },
            now,
        )?;
        user::store::set_identifier(tx, &person, &identifier, true, now)?;
        user::store::set_identifier(tx, &person, &email, true, now)?;
        credential::store::set_password(tx, &credential, &person, phc.expose(), now)
    })
    .await
}

fn demo_claims(name: &str, username: &str, now: i64) -> Claims {
    let (given, family) = name.split_once(' ').unwrap_or((name, ""));
    let claims = json!({
        "name": name, "given_name": given, "family_name": family, "preferred_username": username,
        "email": format!("{username}@example.com"), "email_verified": true, "locale": "en", "zoneinfo": "Europe/London",
        "phone_number": "+44 20 7946 0000", "phone_number_verified": true, "updated_at": now,
        "address": { "locality": "London", "country": "United Kingdom", "formatted": "London, United Kingdom" },
    });
    claims.as_object().cloned().unwrap_or_default()
}

async fn seed_clients(db: &Db, config: &Config, pepper: &Pepper) -> Result<String, Unavailable> {
    let secret = OpaqueToken::new(TokenKind::ClientSecret, &OsRandom).expose().to_owned();
    let (hash, kept) = (pepper.hash(SECRET_KIND, secret.as_bytes()), secret.clone());
    let base = config.issuer.endpoint(Location::Demo);
    let harbour = json!({
        "client_name": "Harbour", "redirect_uris": [format!("{base}/callback")],
        "post_logout_redirect_uris": [format!("{base}/signed-out")],
        "grant_types": ["authorization_code", "refresh_token"], "token_endpoint_auth_method": "client_secret_basic",
        "scope": "openid profile email offline_access",
    });
    let snippets = json!({
        "client_name": "Code snippets", "redirect_uris": ["http://127.0.0.1/callback"],
        "token_endpoint_auth_method": "none", "scope": "openid profile email",
    });
    let metadata = |value| serde_json::from_value(value).map_err(Unavailable::new);
    let (harbour, snippets) = (metadata(harbour)?, metadata(snippets)?);
    let now = SystemClock.now();
    let secret = NewSecret { id: id::new(now, &OsRandom), hash, sealed: None };
    db.write(move |tx| {
        client::store::save(tx, DEMO_CLIENT, Origin::Operator, true, &harbour, now)?;
        // A new secret at each start, so that none has to be stored in plain text.
        client::store::add_secret(tx, DEMO_CLIENT, &secret, None, now)?;
        client::store::save(tx, SNIPPET_CLIENT, Origin::Operator, true, &snippets, now)
    })
    .await?;
    Ok(kept)
}

fn greet(config: &Config, file: &Path) {
    let issuer = config.issuer.as_str();
    println!("\n  Latchkey is running at {issuer}\n");
    let [demo, mail] = [Location::Demo, Location::Mailbox].map(|page| config.issuer.endpoint(page));
    println!("  Open    {demo}   a demo application that signs people in with Latchkey");
    println!("          {issuer}        who is signed in, and a guided tour");
    println!("          {mail}   emails, shown here instead of being sent\n");
    println!("  Sign in with");
    for (_, username, password) in PEOPLE {
        println!("          {username:<8} {password}");
    }
    println!(
        "\n  Other commands work while it runs: latchkey --config {} user list",
        word(&file.display().to_string())
    );
    println!("\n  Stop with Ctrl-C. All data stays in the folder given by --data; --reset starts over.\n");
}
