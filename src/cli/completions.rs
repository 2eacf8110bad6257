//! `latchkey completions`

use super::Cli;
use clap::CommandFactory as _;
use std::io::Write as _;
use std::process::ExitCode;

#[derive(clap::Args)]
pub(super) struct Arguments {
    /// bash, zsh, fish, elvish or powershell
    shell: clap_complete::Shell,
}

pub(super) fn run(arguments: &Arguments) -> ExitCode {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Cli::command(), "latchkey", &mut script);
    // A closed pipe is not a failure.
    let _ = std::io::stdout().write_all(&script);
    ExitCode::SUCCESS
}
