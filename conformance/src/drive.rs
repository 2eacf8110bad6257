//! Runs every module of the chosen plans, one after the other in a run, several runs side by side.

use crate::arguments::Arguments;
use crate::browser::Automation;
use crate::expected::Expectations;
use crate::failure::Failure;
use crate::outcome::{Outcome, Remark, Verdict, remarks};
use crate::plan::{Run, Variant};
use crate::provider::{PASSWORD, Provider, USERNAME, clients_of};
use crate::suite::{Info, Module, Plan, Suite};
use futures_util::future::join_all;
use serde_json::{Map, Value, json};
use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::RwLock;

const POLL: Duration = Duration::from_millis(300);
/// Has to be told when the provider's keys were rotated.
const ROTATES_KEYS: &str = "oidcc-server-rotate-keys";

/// Everything that a run needs.
pub(crate) struct Drive<'a> {
    pub(crate) arguments: &'a Arguments,
    pub(crate) suite: Suite,
    pub(crate) provider: Provider,
    pub(crate) automation: Automation,
    pub(crate) expectations: Expectations,
    /// Held for writing while keys rotate: a module that has read the keys already would not know the new one.
    pub(crate) keys: RwLock<()>,
}

/// What came of a run.
pub(crate) struct Seen {
    pub(crate) run: Run,
    /// The suite's page of the plan, or why there is none.
    pub(crate) page: Result<String, Failure>,
    pub(crate) outcomes: Vec<Outcome>,
}

impl Drive<'_> {
    /// Every run, in the order that they were given.
    pub(crate) async fn all(&self, runs: Vec<Run>) -> Vec<Seen> {
        let waiting: Mutex<VecDeque<_>> = Mutex::new(runs.into_iter().enumerate().collect());
        let next = || waiting.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        let lane = || async {
            let mut seen = Vec::new();
            while let Some((index, run)) = next() {
                seen.push((index, self.one(run).await));
            }
            seen
        };
        let lanes = join_all((0..self.arguments.jobs.max(1)).map(|_| lane())).await;
        let mut seen: Vec<_> = lanes.into_iter().flatten().collect();
        seen.sort_by_key(|(index, _)| *index);
        seen.into_iter().map(|(_, seen)| seen).collect()
    }

    async fn one(&self, run: Run) -> Seen {
        let plan = match self.make_plan(&run).await {
            Ok(plan) => plan,
            Err(failure) => {
                eprintln!("{}: {failure}", run.name());
                return Seen { run, page: Err(failure), outcomes: Vec::new() };
            }
        };
        let mut outcomes = Vec::new();
        let is_wanted =
            |module: &&Module| self.arguments.only.is_empty() || self.arguments.only.contains(&module.test_module);
        for module in plan.modules.iter().filter(is_wanted) {
            let outcome = if module.test_module == ROTATES_KEYS {
                let _alone = self.keys.write().await;
                self.module(&run, &plan, module).await
            } else {
                let _beside_others = self.keys.read().await;
                self.module(&run, &plan, module).await
            };
            self.say(&outcome);
            outcomes.push(outcome);
        }
        Seen { page: Ok(self.suite.page(&plan.id)), run, outcomes }
    }

    async fn make_plan(&self, run: &Run) -> Result<Plan, Failure> {
        let configuration = self.configuration(run)?;
        self.suite.make_plan(&run.profile.plan, &run.variant, &configuration).await
    }

    /// What the suite is told of the provider, of the clients and of the pages.
    fn configuration(&self, run: &Run) -> Result<Map<String, Value>, Failure> {
        let issuer = &self.provider.issuer;
        let mut configuration = Map::new();
        configuration.insert("alias".to_owned(), run.alias().into());
        configuration.insert("description".to_owned(), format!("Latchkey: {}", run.name()).into());
        let discovery = format!("{issuer}/.well-known/openid-configuration");
        configuration.insert("server".to_owned(), json!({"discoveryUrl": discovery}));
        for (name, client) in clients_of(self.arguments, &self.suite, run)? {
            let members: &[&str] =
                if run.registers_itself() { &["client_name"] } else { &["client_id", "client_secret"] };
            let told = members.iter().filter_map(|member| Some(((*member).to_owned(), client.get(member)?.clone())));
            configuration.insert(name, Value::Object(told.collect()));
        }
        // The suite's own pages load style sheets from elsewhere; nothing is tested by them.
        configuration.insert("options".to_owned(), json!({"browsercontrol_css_enable": false}));
        let words =
            [("issuer", issuer.as_str()), ("suite", self.suite.url()), ("username", USERNAME), ("password", PASSWORD)];
        self.automation.add(&mut configuration, &words);
        Ok(configuration)
    }

    async fn module(&self, run: &Run, plan: &Plan, module: &Module) -> Outcome {
        let started = Instant::now();
        let mut outcome = Outcome {
            plan: run.profile.name.clone(),
            run: run.name(),
            module: module.test_module.clone(),
            variant: both(&run.variant, module.variant.as_ref()),
            response_type: plan.response_type_of(module),
            verdict: Verdict::Failed,
            remarks: Vec::new(),
            seconds: 0.0,
            page: self.suite.page(&plan.id),
            reason: None,
        };
        if let Err(failure) = self.try_module(plan, module, &mut outcome).await {
            outcome.verdict = Verdict::Failed;
            outcome.remarks.push(ending(failure.to_string()));
        }
        outcome.seconds = started.elapsed().as_secs_f64();
        outcome.reason = (outcome.verdict != Verdict::Passed).then(|| self.expectations.reason(&outcome)).flatten();
        outcome
    }

    async fn try_module(&self, plan: &Plan, module: &Module, outcome: &mut Outcome) -> Result<(), Failure> {
        let id = self.suite.make_module(&plan.id, module).await?;
        outcome.page = self.suite.log_page(&id);
        let (info, why) = self.until_it_ends(&id, module).await?;
        let log = self.suite.log(&id).await?;
        outcome.verdict = Verdict::of(&info.status, info.result.as_deref());
        outcome.remarks = remarks(&log);
        outcome.remarks.extend(why.map(ending));
        self.keep_log(&id, outcome, &log)
    }

    /// How it ended, and why it was ended if it did not by itself.
    async fn until_it_ends(&self, id: &str, module: &Module) -> Result<(Info, Option<String>), Failure> {
        let deadline = Instant::now() + self.arguments.patience();
        let mut was_started = false;
        loop {
            let info = self.suite.info(id).await?;
            match info.status.as_str() {
                "FINISHED" | "INTERRUPTED" => return Ok((info, None)),
                "CONFIGURED" if module.test_module == ROTATES_KEYS && !was_started => {
                    self.provider.rotate_keys()?;
                    self.suite.start(id).await?;
                    was_started = true;
                }
                "WAITING" => {
                    if let [url, ..] = self.suite.unmatched(id).await.unwrap_or_default().as_slice() {
                        self.suite.cancel(id).await;
                        return Ok((info, Some(format!("nothing in browser.toml is for {url}"))));
                    }
                }
                _ => {}
            }
            if Instant::now() > deadline {
                self.suite.cancel(id).await;
                let status = info.status.clone();
                return Ok((info, Some(format!("still {status} after {} s", self.arguments.module_timeout))));
            }
            tokio::time::sleep(POLL).await;
        }
    }

    fn keep_log(&self, id: &str, outcome: &Outcome, log: &[Value]) -> Result<(), Failure> {
        let Some(folder) = self.arguments.logs.as_ref().filter(|_| outcome.verdict != Verdict::Passed) else {
            return Ok(());
        };
        std::fs::create_dir_all(folder).map_err(Failure::at(folder.display()))?;
        let file = folder.join(format!("{}-{}-{id}.json", outcome.plan, outcome.module));
        let text = serde_json::to_string_pretty(log).map_err(Failure::at("the log"))?;
        std::fs::write(&file, text).map_err(Failure::at(file.display()))
    }

    /// One line a module, as it ends.
    fn say(&self, outcome: &Outcome) {
        let mark = if outcome.is_good() { ' ' } else { '!' };
        let Outcome { verdict, module, seconds, .. } = outcome;
        let mut line = format!("{mark} {:7}  {}  {module}  {seconds:.1} s", verdict.word(), outcome.place());
        for remark in outcome.remarks.iter().filter(|_| !outcome.is_good()) {
            line.push_str(&format!("\n      {} {}: {}", remark.kind, remark.condition, remark.text));
            if !remark.clauses.is_empty() {
                line.push_str(&format!(" [{}]", remark.clauses.join(", ")));
            }
        }
        if self.arguments.json {
            eprintln!("{line}");
        } else {
            println!("{line}");
        }
    }
}

/// The plan's parameters and the module's own, which win.
fn both(plan: &Variant, module: Option<&Variant>) -> Variant {
    let mut variant = plan.clone();
    variant.extend(module.cloned().unwrap_or_default());
    variant
}

fn ending(text: String) -> Remark {
    Remark { kind: "END".into(), condition: "runner".into(), text, clauses: Vec::new(), details: Value::Null }
}
