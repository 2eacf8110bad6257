//! Runs the OpenID Foundation's conformance suite against Latchkey: `conformance/README.md`.
//!
//! [`provider`] starts Latchkey with the people and clients of the chosen [`plan`]s, [`drive`] has a running suite
//! ([`suite`]) test it with the commands of [`browser`], and [`report`] tells what came of it; [`expected`] decides
//! whether that is good.
#![forbid(unsafe_code)]

mod arguments;
mod browser;
mod certificate;
mod drive;
mod expected;
mod failure;
mod fill;
mod outcome;
mod plan;
mod provider;
mod report;
mod suite;

use arguments::Arguments;
use browser::Automation;
use clap::Parser as _;
use drive::Drive;
use expected::Expectations;
use failure::Failure;
use plan::{Run, profiles};
use provider::Provider;
use std::process::ExitCode;
use suite::Suite;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::RwLock;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match test(&arguments).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(failure) => {
            eprintln!("latchkey-conformance: {failure}");
            ExitCode::from(2)
        }
    }
}

/// Whether every result was a pass or expected.
async fn test(arguments: &Arguments) -> Result<bool, Failure> {
    // The process has one provider of cryptography; a second call changes nothing.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runs = chosen(arguments)?;
    if arguments.list {
        runs.iter().for_each(|run| println!("{}", run.name()));
        return Ok(true);
    }
    let automation = Automation::read(&arguments.folder)?;
    let expectations = Expectations::read(&arguments.folder)?;
    let suite = Suite::new(&arguments.suite, arguments.suite_ca.as_deref())?;
    let about = suite.about().await?;
    let provider = Provider::start(arguments).await?;
    provider.furnish(arguments, &suite, &runs)?;
    let drive = Drive { arguments, suite, provider, automation, expectations, keys: RwLock::default() };
    let seen = tokio::select! {
        seen = drive.all(runs) => seen,
        // Ends in order, so that the provider is stopped and its folder removed.
        stopped = stopped() => return Err(stopped),
    };
    report::tell(&drive, &about, &seen)
}

/// Waits for SIGINT or SIGTERM.
async fn stopped() -> Failure {
    let Ok(mut terminate) = signal(SignalKind::terminate()) else { return std::future::pending().await };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => Failure::new("interrupted"),
        _ = terminate.recv() => Failure::new("terminated"),
    }
}

fn chosen(arguments: &Arguments) -> Result<Vec<Run>, Failure> {
    let profiles = profiles(&arguments.folder)?;
    for name in &arguments.plan {
        if !profiles.iter().any(|profile| profile.name == *name) {
            let known: Vec<_> = profiles.iter().map(|profile| profile.name.as_str()).collect();
            return Err(Failure::new(format!("there is no plan {name}: {}", known.join(", "))));
        }
    }
    let wanted = profiles.iter().filter(|one| arguments.plan.is_empty() || arguments.plan.contains(&one.name));
    let runs = wanted.flat_map(plan::Profile::runs).filter(|run| run.has(&arguments.variant));
    Ok(runs.collect())
}
