//! `latchkey conformance`: probes a live provider, Latchkey or another, from outside over HTTP.

mod authorize;
mod discovery;
mod finding;
mod jwks;
mod metadata;
mod pages;
mod provider;
mod resources;
mod round_trip;
mod token;
mod transport;

use super::{Answer, Failure, Globals, Outside, PATIENCE, Seen, clean, count, load_config, send, span, trust};
use crate::platform::secret::Secret;
use finding::{Finding, Probe, report};
use provider::{Client, Provider};
use std::io::BufRead as _;
use std::path::PathBuf;

pub(super) const EXAMPLES: &str = "\
Examples:
  latchkey conformance                           the provider that the configuration names
  latchkey conformance https://id.example.com
  latchkey conformance https://id.example.com --client-id probe --client-secret-stdin < secret
  latchkey conformance https://id.example.com --client-id shop --redirect-uri https://shop.example/callback

It changes nothing: nobody is signed in and nothing is registered; with a secret, one access token is issued and revoked.
Exits 1 if anything fails.";

#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The issuer [default: the configured one]
    issuer: Option<String>,
    /// A registered client: with --redirect-uri authorization requests are probed too, with a secret also tokens
    #[arg(long, value_name = "ID")]
    client_id: Option<String>,
    /// Read the client's secret from the first line of standard input
    #[arg(long, requires = "client_id")]
    client_secret_stdin: bool,
    /// A redirect URI that the client has registered; nothing is sent to it
    #[arg(long, value_name = "URI", requires = "client_id")]
    redirect_uri: Option<String>,
    /// Also trust these PEM certificates
    #[arg(long, value_name = "FILE")]
    ca_file: Option<PathBuf>,
}

/// Runs all probes, in the order in which a relying party uses the endpoints.
pub(super) async fn run(globals: &Globals, arguments: Arguments) -> Result<Answer, Failure> {
    let (issuer, ca_file) = target(globals, &arguments)?;
    let outside = Outside::new(ca_file.as_deref());
    let outside = outside.map_err(|cause| Failure::new(format!("cannot create a TLS client: {cause}")))?;
    let mut found = Vec::new();
    let Some(metadata) = discovery::find(&outside, &issuer, &mut found).await else {
        return Ok(report(&issuer, &found));
    };
    let provider = Provider { outside, issuer, metadata, client: client(&arguments)?, ca_file };
    found.extend(discovery::look(&provider).await);
    found.extend(metadata::look(&provider));
    found.extend(transport::look(&provider).await);
    found.extend(jwks::look(&provider).await);
    found.extend(authorize::look(&provider).await);
    found.extend(pages::look(&provider).await);
    found.extend(token::look(&provider).await);
    found.extend(resources::look(&provider).await);
    found.extend(round_trip::look(&provider).await);
    Ok(report(&provider.issuer, &found))
}

/// The issuer and the file of extra root certificates.
fn target(globals: &Globals, arguments: &Arguments) -> Result<(String, Option<PathBuf>), Failure> {
    if let Some(file) = &arguments.ca_file {
        std::fs::read(file).map_err(|error| Failure::new(format!("{} cannot be read: {error}", file.display())))?;
    }
    let Some(issuer) = &arguments.issuer else {
        let config = load_config(globals)?;
        let ca_file = arguments.ca_file.clone().or(config.egress.extra_ca_file.clone());
        return Ok((config.issuer.as_str().to_owned(), ca_file));
    };
    let url = url::Url::parse(issuer).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    if url.is_none_or(|url| url.query().is_some() || url.fragment().is_some()) {
        return Err(Failure::usage("the issuer must be a URL such as https://id.example.com"));
    }
    Ok((issuer.clone(), arguments.ca_file.clone()))
}

fn client(arguments: &Arguments) -> Result<Option<Client>, Failure> {
    let Some(id) = arguments.client_id.clone() else { return Ok(None) };
    let secret = if arguments.client_secret_stdin { Some(first_line()?) } else { None };
    Ok(Some(Client { id, secret, redirect_uri: arguments.redirect_uri.clone() }))
}

fn first_line() -> Result<Secret<String>, Failure> {
    let mut line = String::new();
    let read = std::io::stdin().lock().read_line(&mut line);
    read.map_err(|error| Failure::new(format!("the secret cannot be read: {error}")))?;
    let secret = Secret::new(line.trim_end_matches(['\r', '\n']).to_owned());
    zeroize::Zeroize::zeroize(&mut line);
    if secret.expose().is_empty() { Err(Failure::new("standard input contains no secret")) } else { Ok(secret) }
}
