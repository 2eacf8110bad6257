//! What is told at the end: a table a plan, JSON, and `RESULTS.md`.

use crate::drive::{Drive, Seen};
use crate::failure::Failure;
use crate::outcome::{Outcome, Verdict};
use crate::suite::About;
use serde_json::json;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

/// Tells everything; whether all of it was good.
pub(crate) fn tell(drive: &Drive<'_>, about: &About, seen: &[Seen]) -> Result<bool, Failure> {
    let arguments = drive.arguments;
    let outcomes = || seen.iter().flat_map(|seen| &seen.outcomes);
    let bad = outcomes().filter(|outcome| !outcome.is_good()).count();
    let none = seen.iter().filter(|seen| seen.page.is_err()).count();
    if arguments.json {
        let list: Vec<_> = outcomes().collect();
        println!("{}", json!({"suite": about.version, "provider": drive.provider.issuer, "modules": list}));
    } else {
        println!("\n{}", table(seen));
        seen.iter().for_each(|seen| println!("{}", place(seen)));
    }
    if let Some(file) = &arguments.write_results {
        let text = results(drive, about, seen)?;
        std::fs::write(file, text).map_err(Failure::at(file.display()))?;
    }
    if arguments.is_complete() {
        drive.expectations.unseen().iter().for_each(|what| eprintln!("expected and not seen: {what}"));
    }
    if let Some(folder) = drive.provider.kept() {
        eprintln!("Latchkey's folder: {}", folder.display());
    }
    if bad + none > 0 {
        eprintln!("{bad} results are neither a pass nor expected; {none} plans could not be made.");
    }
    Ok(bad + none == 0 && !seen.is_empty())
}

fn place(seen: &Seen) -> String {
    match &seen.page {
        Ok(page) => format!("{}: {page}", seen.run.name()),
        Err(failure) => format!("{}: {failure}", seen.run.name()),
    }
}

fn count(outcomes: &[Outcome], verdict: Verdict) -> usize {
    outcomes.iter().filter(|outcome| outcome.verdict == verdict).count()
}

fn table(seen: &[Seen]) -> String {
    let mut rows =
        vec![row("plan", ["passed", "warning", "review", "skipped", "failed"].map(str::to_owned), "unexpected")];
    for seen in seen {
        let counts = Verdict::ALL.map(|verdict| count(&seen.outcomes, verdict).to_string());
        let bad = seen.outcomes.iter().filter(|outcome| !outcome.is_good()).count();
        rows.push(row(&seen.run.name(), counts, &bad.to_string()));
    }
    rows.join("\n")
}

fn row(name: &str, counts: [String; 5], bad: &str) -> String {
    let counts: String = counts.iter().map(|count| format!("{count:>9}")).collect();
    format!("{name:58}{counts}{bad:>12}")
}

/// `RESULTS.md`: only what was seen in this run.
fn results(drive: &Drive<'_>, about: &About, seen: &[Seen]) -> Result<String, Failure> {
    let mut text = String::from("# Results of the official conformance suite\n\n");
    let revision = about.revision.as_deref().map(|revision| format!(" ({revision})")).unwrap_or_default();
    let commit = commit().map(|commit| format!(" at commit {commit}")).unwrap_or_default();
    let _ = write!(
        text,
        "Written by `latchkey-conformance` on {}; every figure was seen in that run.\n\n\
         - Suite: the OpenID Foundation's conformance suite {}{revision}\n- Provider: {}{commit}\n\n",
        today(),
        about.version,
        drive.provider.version()?,
    );
    text.push_str(
        "| profile | variant | passed | warning | review | skipped | failed |\n|---|---|---:|---:|---:|---:|---:|\n",
    );
    for seen in seen {
        let counts = Verdict::ALL.map(|verdict| count(&seen.outcomes, verdict).to_string()).join(" | ");
        let variant = seen.run.values().join(", ");
        let _ = writeln!(text, "| {} | {variant} | {counts} |", seen.run.profile.title);
    }
    text.push_str("\n## What is not \"passed\", and why\n\n");
    text.push_str(&explained(seen));
    Ok(text)
}

/// Modules with the same result and reason share a row.
fn explained(seen: &[Seen]) -> String {
    let mut rows: BTreeMap<(Verdict, &str, String), Vec<String>> = BTreeMap::new();
    for outcome in seen.iter().flat_map(|seen| &seen.outcomes).filter(|outcome| outcome.verdict != Verdict::Passed) {
        let reason = outcome.reason.clone().unwrap_or_else(|| unexplained(outcome));
        let runs = rows.entry((outcome.verdict, &outcome.module, reason)).or_default();
        runs.push(outcome.place());
    }
    if rows.is_empty() {
        return "Everything passed.\n".to_owned();
    }
    let mut text = String::from("| result | module | in | reason |\n|---|---|---|---|\n");
    for ((verdict, module, reason), runs) in rows {
        let _ =
            writeln!(text, "| {} | {module} | {} | {} |", verdict.word(), runs.join("; "), reason.replace('|', "\\|"));
    }
    text
}

fn unexplained(outcome: &Outcome) -> String {
    let said: Vec<_> = outcome.remarks.iter().map(|remark| format!("{}: {}", remark.condition, remark.text)).collect();
    format!("**Not explained.** {}", said.join("; ").replace('\n', " "))
}

/// Of the sources that this program was built from; marked where they were changed since.
fn commit() -> Option<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let output =
        Command::new("git").arg("-C").arg(folder).args(["describe", "--always", "--dirty", "--exclude=*"]).output();
    let output = output.ok().filter(|output| output.status.success())?;
    Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

#[allow(clippy::disallowed_methods, reason = "a report has the day on which it was made")]
fn today() -> String {
    time::OffsetDateTime::now_utc().date().to_string()
}
