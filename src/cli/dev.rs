//! `latchkey dev`

use std::path::PathBuf;
use std::process::ExitCode;

/// What `latchkey dev` takes.
pub(super) struct DevArgs {
    /// The port on localhost.
    pub(super) port: u16,
    /// Where its files are kept.
    pub(super) data: PathBuf,
    /// Whether to begin anew.
    pub(super) reset: bool,
}

pub(super) fn run(args: &DevArgs) -> ExitCode {
    let DevArgs { port, data, reset } = args;
    eprintln!("error: not in this build: dev on port {port}, data in {}, reset {reset}", data.display());
    ExitCode::from(1)
}
