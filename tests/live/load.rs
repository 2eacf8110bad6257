//! Clients that work all the time: a code, its tokens, refreshes, now and then a replay or a revocation. What was not
//! answered they ask again, as a client would; every attempt goes into the history.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::history::{Act, History, Rules};
use crate::party::{Outcome, Party, Tokens};
use crate::person::{Person, Stuck};
use crate::stage::{PASSWORD, Route, SECRET, TRUSTED, eventually};
use crate::support::Latchkey;

/// How long a client asks again before it gives a flow up.
const PATIENCE: Duration = Duration::from_secs(30);
/// Flows that are looked at once more at the end.
const LOOKED_AT: usize = 60;

/// Work that goes on until it is told to stop.
#[derive(Debug)]
pub struct Load {
    route: Route,
    history: History,
    stop: Arc<AtomicBool>,
    flows: Arc<AtomicUsize>,
    workers: Vec<JoinHandle<()>>,
}

impl Load {
    pub fn start(route: &Route, workers: usize) -> Self {
        let (history, stop, flows) = (History::default(), Arc::<AtomicBool>::default(), Arc::<AtomicUsize>::default());
        let begin = |_| {
            let worker = Worker {
                person: Person::new(route),
                party: Party::new(route, TRUSTED),
                history: history.clone(),
                flows: Arc::clone(&flows),
                dice: Dice::new(),
            };
            let stop = Arc::clone(&stop);
            std::thread::spawn(move || worker.work(&stop))
        };
        let workers = (0..workers).map(begin).collect();
        let load = Self { route: route.clone(), history: history.clone(), stop, flows: Arc::clone(&flows), workers };
        load.goes_on();
        load
    }

    pub fn history(&self) -> &History {
        &self.history
    }

    /// I9: waits until flows are completed again, at most half a minute.
    pub fn goes_on(&self) {
        let before = self.flows.load(Ordering::Relaxed);
        let enough = before + self.workers.len().max(2);
        eventually("I9: flows go on", Duration::from_secs(30), || {
            let dead = self.workers.iter().any(JoinHandle::is_finished) && !self.stop.load(Ordering::Relaxed);
            assert!(!dead, "a client gave up: see its panic above");
            (self.flows.load(Ordering::Relaxed) >= enough).then_some(())
        });
    }

    /// Lets every flow come to its end, looks at the tokens once more, and judges.
    pub fn stop_and_judge(self, rules: Rules) -> History {
        self.stop.store(true, Ordering::Relaxed);
        for worker in self.workers {
            worker.join().expect("a client saw what no client should see");
        }
        // What a retry may still be answered with is over.
        std::thread::sleep(rules.grace);
        look_again(&self.history, &Party::new(&self.route, TRUSTED));
        self.history.assert_sound(rules);
        let (attempts, open) = self.history.counts();
        println!("{} flows, {attempts} attempts, {open} without an answer", self.history.flows().len());
        self.history
    }
}

/// I2 and I4 at rest: what each token of the last flows is worth now.
fn look_again(history: &History, party: &Party) {
    for (flow, events) in history.flows().into_iter().rev().take(LOOKED_AT) {
        let given = events.iter().filter_map(|event| match &event.act {
            Act::Redeem(Outcome::Done(tokens)) | Act::Refresh(_, Outcome::Done(tokens)) => Some(tokens.clone()),
            _ => None,
        });
        let given: Vec<Tokens> = given.collect();
        for tokens in &given {
            let act = |outcome| Act::IntrospectRefresh(tokens.refresh.clone(), outcome);
            history.log(flow, || party.introspect(&tokens.refresh), act);
        }
        if let Some(newest) = given.last() {
            history.log(flow, || party.introspect(&newest.access), Act::IntrospectAccess);
        }
    }
}

struct Worker {
    person: Person,
    party: Party,
    history: History,
    flows: Arc<AtomicUsize>,
    dice: Dice,
}

impl Worker {
    fn work(mut self, stop: &AtomicBool) {
        while !stop.load(Ordering::Relaxed) {
            match self.party.authorize(&mut self.person) {
                Ok(code) => {
                    self.flow(&code);
                }
                Err(Stuck::Lost(_)) => std::thread::sleep(Duration::from_millis(20)),
                Err(stuck @ Stuck::At(..)) => {
                    // 400: the page that the person was on belongs to something that the store forgot.
                    assert!(matches!(stuck.status(), Some(503 | 400)), "{stuck:?}");
                    std::thread::sleep(Duration::from_millis(20));
                }
            }
        }
    }

    fn flow(&mut self, code: &crate::party::Code) -> Option<()> {
        static FLOW: AtomicUsize = AtomicUsize::new(0);
        let flow = FLOW.fetch_add(1, Ordering::Relaxed);
        let (history, party) = (self.history.clone(), self.party.clone());
        let mut tokens = known(|| history.log(flow, || party.redeem(code), Act::Redeem))?;
        for _ in 0..self.dice.below(4) {
            let token = tokens.refresh.clone();
            let act = |outcome| Act::Refresh(token.clone(), outcome);
            let fresh = known(|| history.log(flow, || party.refresh(&token), act))?;
            if self.dice.below(8) == 0 {
                // The line was bad: the client asks once more with the token before.
                history.log(flow, || party.refresh(&token), act);
            }
            tokens = fresh;
        }
        match self.dice.below(6) {
            0 | 1 => drop(known(|| history.log(flow, || party.revoke(&tokens.refresh), Act::Revoke))),
            2 => drop(known(|| history.log(flow, || party.redeem(code), Act::Redeem))),
            _ => {}
        }
        known(|| history.log(flow, || party.introspect(&tokens.access), Act::IntrospectAccess))?;
        let token = tokens.refresh;
        known(|| {
            history.log(flow, || party.introspect(&token), |outcome| Act::IntrospectRefresh(token.clone(), outcome))
        })?;
        self.flows.fetch_add(1, Ordering::Relaxed);
        Some(())
    }
}

/// Asks until there is an answer that says something; `None` when it is a refusal.
fn known<T>(mut attempt: impl FnMut() -> Outcome<T>) -> Option<T> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        match attempt() {
            Outcome::Done(value) => return Some(value),
            Outcome::Refused(_) => return None,
            _ => assert!(Instant::now() < deadline, "I9: no answer in {PATIENCE:?}"),
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// I8: the log holds nothing that opens anything.
pub fn assert_no_secret_in_log(latchkey: &Latchkey, history: &History) {
    let log = latchkey.log();
    for secret in [SECRET, PASSWORD, crate::support::latchkey::MASTER_KEY] {
        assert!(!log.contains(secret), "I8: the log holds {secret:?}");
    }
    for word in ["lk_ac_", "lk_rt_", "lk_at_"] {
        assert!(!log.contains(word), "I8: the log holds {word}…");
    }
    for tokens in history.tokens().iter().take(50) {
        assert!(!log.contains(&tokens.access) && !log.contains(&tokens.id), "I8: the log holds a token");
    }
    assert!(!log.contains("panicked"), "a panic: {}", crate::support::process::tail(&log));
}

/// Small random numbers, different at each run.
#[derive(Debug)]
pub struct Dice(u64);

impl Dice {
    pub fn new() -> Self {
        Self::with_seed(RandomState::new().build_hasher().finish())
    }

    /// The same numbers at each run.
    pub fn with_seed(seed: u64) -> Self {
        Self(seed | 1)
    }

    pub fn of<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[usize::try_from(self.below(list.len() as u64)).unwrap()]
    }

    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % bound
    }

    /// A moment to strike at.
    pub fn pause(&mut self, from: u64, to: u64) {
        std::thread::sleep(Duration::from_millis(from + self.below(to - from)));
    }
}
