//! What can be said on the command line.

use clap::Parser;
use std::path::PathBuf;
use std::time::Duration;

/// Run the OpenID Foundation's conformance suite against Latchkey
#[derive(Parser)]
#[command(
    version,
    after_help = "Examples:\n  latchkey-conformance --suite https://127.0.0.1:8443 --suite-ca suite-ca.pem --plan basic\n  latchkey-conformance … --plan hybrid --variant client_registration=static_client --only oidcc-server\n\nExit codes: 0 every result passed or is expected, 1 some are not, 2 nothing could be run."
)]
pub(crate) struct Arguments {
    /// Where the suite runs
    #[arg(long, value_name = "URL", env = "LATCHKEY_CONFORMANCE_SUITE", default_value = "https://127.0.0.1:8443")]
    pub(crate) suite: String,
    /// Whom to trust there besides the system's roots (PEM); Latchkey trusts it too, where it fetches from the suite
    #[arg(long, value_name = "FILE", env = "LATCHKEY_CONFORMANCE_SUITE_CA")]
    pub(crate) suite_ca: Option<PathBuf>,
    /// The program to start; without it the newest of target/release and target/debug
    #[arg(long, value_name = "FILE")]
    pub(crate) latchkey: Option<PathBuf>,
    /// A Latchkey that runs already, instead of starting one; --config is its configuration
    #[arg(long, value_name = "URL", requires = "config")]
    pub(crate) issuer: Option<String>,
    /// The configuration file of --issuer, for the commands that bring in people and clients
    #[arg(long, value_name = "FILE", requires = "issuer")]
    pub(crate) config: Option<PathBuf>,
    /// The port that Latchkey is started on; without it a free one
    #[arg(long, value_name = "PORT")]
    pub(crate) port: Option<u16>,
    /// Leave Latchkey's folder with its log and data behind, and say where it is
    #[arg(long)]
    pub(crate) keep: bool,
    /// Only these plans (names of files in plans/); may be repeated
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub(crate) plan: Vec<String>,
    /// Only runs with this variant; may be repeated
    #[arg(long, value_name = "NAME=VALUE", value_parser = variant)]
    pub(crate) variant: Vec<(String, String)>,
    /// Only these modules; may be repeated
    #[arg(long, value_name = "MODULE", value_delimiter = ',')]
    pub(crate) only: Vec<String>,
    /// How many plans run side by side
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    pub(crate) jobs: usize,
    /// How long a module may take, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 240)]
    pub(crate) module_timeout: u64,
    /// Print the results as JSON at the end, and nothing else on standard output
    #[arg(long)]
    pub(crate) json: bool,
    /// Say what runs there are, and run none
    #[arg(long)]
    pub(crate) list: bool,
    /// Keep the suite's log of every module that did not pass in this folder
    #[arg(long, value_name = "FOLDER")]
    pub(crate) logs: Option<PathBuf>,
    /// Write down what was seen
    #[arg(long, value_name = "FILE")]
    pub(crate) write_results: Option<PathBuf>,
    /// Where plans/, clients.toml, browser.toml, people.json, latchkey.toml and expected.toml are
    #[arg(long, value_name = "FOLDER", default_value = env!("CARGO_MANIFEST_DIR"))]
    pub(crate) folder: PathBuf,
}

impl Arguments {
    pub(crate) fn patience(&self) -> Duration {
        Duration::from_secs(self.module_timeout)
    }

    /// Whether everything there is was asked for.
    pub(crate) fn is_complete(&self) -> bool {
        self.plan.is_empty() && self.variant.is_empty() && self.only.is_empty()
    }
}

fn variant(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}
