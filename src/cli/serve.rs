//! `latchkey serve`

use std::path::Path;
use std::process::ExitCode;

pub(super) fn run(config: Option<&Path>) -> ExitCode {
    eprintln!("error: not in this build: serve with {config:?}");
    ExitCode::from(1)
}
