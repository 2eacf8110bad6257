//! What came of a module.

use crate::plan::Variant;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The suite's verdicts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum Verdict {
    Passed,
    /// Something that should be otherwise, and may be so.
    Warning,
    /// A person has to look at the page that it kept.
    Review,
    /// The provider does not announce what it tests.
    Skipped,
    /// Also where the module was interrupted, or came to no end.
    Failed,
}

impl Verdict {
    pub(crate) const ALL: [Self; 5] = [Self::Passed, Self::Warning, Self::Review, Self::Skipped, Self::Failed];

    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Passed => "PASSED",
            Self::Warning => "WARNING",
            Self::Review => "REVIEW",
            Self::Skipped => "SKIPPED",
            Self::Failed => "FAILED",
        }
    }

    /// Reads how a module ended.
    pub(crate) fn of(status: &str, result: Option<&str>) -> Self {
        let named = Self::ALL.into_iter().find(|verdict| Some(verdict.word()) == result);
        if status == "FINISHED" { named.unwrap_or(Self::Failed) } else { Self::Failed }
    }
}

/// A condition of the suite that was not met, or why it was not tried.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Remark {
    /// `FAILURE`, `WARNING`, `SKIPPED` for why it was, or `END` for why the module came to no end.
    pub(crate) kind: String,
    /// The suite's name of the condition.
    pub(crate) condition: String,
    /// Its words.
    pub(crate) text: String,
    /// Clauses, as the suite abbreviates them.
    pub(crate) clauses: Vec<String>,
    /// What else the suite wrote down.
    pub(crate) details: Value,
}

/// What came of a module.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Outcome {
    pub(crate) plan: String,
    pub(crate) run: String,
    pub(crate) module: String,
    pub(crate) variant: Variant,
    /// Of the module, where its plan has several.
    pub(crate) response_type: Option<String>,
    pub(crate) verdict: Verdict,
    pub(crate) remarks: Vec<Remark>,
    pub(crate) seconds: f64,
    /// The suite's page of it.
    pub(crate) page: String,
    /// Why it is not `PASSED`, from `expected.toml`.
    pub(crate) reason: Option<String>,
}

impl Outcome {
    /// The run, and the response type where the run's modules have several.
    pub(crate) fn place(&self) -> String {
        match &self.response_type {
            Some(response_type) => format!("{} [{response_type}]", self.run),
            None => self.run.clone(),
        }
    }

    pub(crate) fn is_good(&self) -> bool {
        self.verdict == Verdict::Passed || self.reason.is_some()
    }
}

/// The conditions of a log that were not met.
pub(crate) fn remarks(log: &[Value]) -> Vec<Remark> {
    log.iter().filter_map(remark).collect()
}

fn remark(entry: &Value) -> Option<Remark> {
    /// Of every entry, and said elsewhere.
    const KNOWN: &[&str] =
        &["_id", "_class", "testId", "testOwner", "src", "time", "result", "msg", "requirements", "blockId"];
    let text = |name: &str| entry.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let kind = text("result");
    if !["FAILURE", "WARNING", "SKIPPED"].contains(&kind.as_str()) {
        return None;
    }
    let clauses = entry.get("requirements").and_then(Value::as_array);
    let clauses = clauses.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
    let mut details = entry.as_object().cloned().unwrap_or_default();
    details.retain(|name, _| !KNOWN.contains(&name.as_str()));
    Some(Remark { kind, condition: text("src"), text: text("msg"), clauses, details: Value::Object(details) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_interrupted_module_failed_whatever_it_found_before() {
        assert_eq!(Verdict::of("FINISHED", Some("REVIEW")), Verdict::Review);
        assert_eq!(Verdict::of("INTERRUPTED", Some("PASSED")), Verdict::Failed);
        assert_eq!(Verdict::of("FINISHED", None), Verdict::Failed);
    }

    #[test]
    fn a_remark_names_the_condition_and_its_clauses() {
        let log = [
            json!({"src": "A", "result": "SUCCESS", "msg": "fine"}),
            json!({"src": "B", "result": "WARNING", "msg": "odd", "requirements": ["OIDCC-2"], "time": 1, "seen": "x"}),
        ];
        let found = remarks(&log);
        let expected = Remark {
            kind: "WARNING".into(),
            condition: "B".into(),
            text: "odd".into(),
            clauses: vec!["OIDCC-2".into()],
            details: json!({"seen": "x"}),
        };
        assert_eq!(found, [expected]);
    }
}
