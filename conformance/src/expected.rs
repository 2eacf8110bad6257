//! `expected.toml`: results that are not a pass, each with its reason.

use crate::failure::Failure;
use crate::outcome::{Outcome, Verdict};
use crate::plan::{Variant, read};
use serde::Deserialize;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

/// All of them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Expectations {
    #[serde(default)]
    expected: Vec<Expectation>,
}

/// A result that is expected. Patterns hold `*` for anything.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Expectation {
    /// Which modules.
    module: String,
    /// Which plans, by their files; absent is every one.
    #[serde(default)]
    plan: Option<String>,
    /// Which variants: each parameter named must fit.
    #[serde(default)]
    variant: Variant,
    result: Verdict,
    /// The conditions that are the reason of a WARNING or FAILED: any other makes it unexpected.
    #[serde(default)]
    conditions: Vec<String>,
    reason: String,
    #[serde(skip)]
    was_seen: AtomicBool,
}

impl Expectations {
    pub(crate) fn read(folder: &Path) -> Result<Self, Failure> {
        let read: Self = read(&folder.join("expected.toml"))?;
        for one in &read.expected {
            let says_what = !one.conditions.is_empty() || !matches!(one.result, Verdict::Warning | Verdict::Failed);
            if one.reason.trim().is_empty() || !says_what {
                let text =
                    format!("expected.toml: {} needs a reason, and conditions for a warning or failure", one.module);
                return Err(Failure::new(text));
            }
        }
        Ok(read)
    }

    /// The reason for a result that is not a pass.
    pub(crate) fn reason(&self, outcome: &Outcome) -> Option<String> {
        let fitting = self.expected.iter().find(|one| one.fits(outcome))?;
        fitting.was_seen.store(true, Ordering::Relaxed);
        Some(fitting.reason.clone())
    }

    /// What was expected and did not happen.
    pub(crate) fn unseen(&self) -> Vec<String> {
        let unseen = self.expected.iter().filter(|one| !one.was_seen.load(Ordering::Relaxed));
        unseen.map(|one| format!("{} {}", one.module, one.result.word())).collect()
    }
}

impl Expectation {
    fn fits(&self, outcome: &Outcome) -> bool {
        let has = |(name, pattern): (&String, &String)| {
            outcome.variant.get(name).is_some_and(|value| matches(pattern, value))
        };
        self.result == outcome.verdict
            && matches(&self.module, &outcome.module)
            && self.plan.as_ref().is_none_or(|pattern| matches(pattern, &outcome.plan))
            && self.variant.iter().all(has)
            && (self.conditions.is_empty()
                || outcome.remarks.iter().all(|remark| self.conditions.contains(&remark.condition)))
    }
}

/// Whether a text fits a pattern in which `*` stands for anything.
fn matches(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((start, rest)) => text.strip_prefix(start).is_some_and(|text| {
            let ends = text.char_indices().map(|(index, _)| index).chain([text.len()]);
            ends.filter_map(|index| text.get(index..)).any(|tail| matches(rest, tail))
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::Remark;

    fn outcome(verdict: Verdict, conditions: &[&str]) -> Outcome {
        let remark = |name: &&str| Remark {
            kind: "WARNING".into(),
            condition: (*name).into(),
            text: String::new(),
            clauses: Vec::new(),
            details: serde_json::Value::Null,
        };
        Outcome {
            plan: "basic".into(),
            run: "basic (static)".into(),
            module: "oidcc-server".into(),
            variant: [("client_registration".to_owned(), "static_client".to_owned())].into(),
            response_type: None,
            verdict,
            remarks: conditions.iter().map(remark).collect(),
            seconds: 1.0,
            page: String::new(),
            reason: None,
        }
    }

    fn expectations(more: &str) -> Expectations {
        let text = format!("[[expected]]\nmodule = 'oidcc-*'\nreason = 'because'\n{more}");
        toml::from_str(&text).unwrap()
    }

    #[test]
    fn a_star_stands_for_anything() {
        for (pattern, text) in [("*", ""), ("a*", "abc"), ("*c", "abc"), ("a*c", "abc"), ("abc", "abc"), ("*b*", "abc")]
        {
            assert!(matches(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [("a", "ab"), ("a*", "b"), ("*c", "cd"), ("a*b", "a")] {
            assert!(!matches(pattern, text), "{pattern} {text}");
        }
    }

    #[test]
    fn a_result_is_expected_when_module_variant_and_verdict_fit() {
        let review = outcome(Verdict::Review, &[]);
        assert!(expectations("result = 'REVIEW'").reason(&review).is_some());
        assert!(expectations("result = 'SKIPPED'").reason(&review).is_none());
        let fits = "result = 'REVIEW'\nvariant = { client_registration = 'static*' }";
        assert!(expectations(fits).reason(&review).is_some());
        let other = "result = 'REVIEW'\nvariant = { client_registration = 'dynamic*' }";
        assert!(expectations(other).reason(&review).is_none());
        assert!(expectations("result = 'REVIEW'\nplan = 'hybrid'").reason(&review).is_none());
    }

    #[test]
    fn a_condition_that_nobody_explained_makes_a_warning_unexpected() {
        let known = expectations("result = 'WARNING'\nconditions = ['A']");
        assert!(known.reason(&outcome(Verdict::Warning, &["A"])).is_some());
        assert!(known.reason(&outcome(Verdict::Warning, &["A", "B"])).is_none());
    }

    #[test]
    fn the_expectations_of_the_repository_can_be_read() {
        Expectations::read(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
    }
}
