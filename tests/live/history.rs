//! What happened, with real time, and the judgement over all of it: single use (I1), one branch (I2), monotone
//! revocation (I3), no phantom and nothing acknowledged lost (I4).
//!
//! Every code begins a flow of its own. An attempt whose answer was lost may have happened or not: both must fit.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::party::{Outcome, Tokens};

/// What a client did, and what it saw.
#[derive(Clone, Debug)]
pub enum Act {
    Redeem(Outcome<Tokens>),
    /// With which refresh token.
    Refresh(String, Outcome<Tokens>),
    Revoke(Outcome<()>),
    IntrospectAccess(Outcome<bool>),
    IntrospectRefresh(String, Outcome<bool>),
}

#[derive(Clone, Debug)]
pub struct Event {
    pub flow: usize,
    pub began: Instant,
    pub ended: Instant,
    pub act: Act,
}

/// What may be expected of the stores.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    /// `tokens.refresh_grace`.
    pub grace: Duration,
    /// Whether a code that was not used yet outlives the fault.
    pub codes_survive: bool,
}

impl Rules {
    pub const STRICT: Self = Self { grace: Duration::from_secs(3), codes_survive: true };
    /// Redis forgot what it held.
    pub const FORGETFUL: Self = Self { codes_survive: false, ..Self::STRICT };
}

/// The log of all clients.
#[derive(Clone, Debug, Default)]
pub struct History {
    events: Arc<Mutex<Vec<Event>>>,
}

impl History {
    /// Does `work`, and keeps what it came to.
    pub fn log<T: Clone>(
        &self,
        flow: usize,
        work: impl FnOnce() -> Outcome<T>,
        act: impl FnOnce(Outcome<T>) -> Act,
    ) -> Outcome<T> {
        let began = Instant::now();
        let outcome = work();
        let event = Event { flow, began, ended: Instant::now(), act: act(outcome.clone()) };
        self.events.lock().unwrap_or_else(PoisonError::into_inner).push(event);
        outcome
    }

    pub fn events(&self) -> Vec<Event> {
        self.events.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Events by flow, in the order in which they began.
    pub fn flows(&self) -> BTreeMap<usize, Vec<Event>> {
        let mut flows: BTreeMap<usize, Vec<Event>> = BTreeMap::new();
        for event in self.events() {
            flows.entry(event.flow).or_default().push(event);
        }
        flows.values_mut().for_each(|events| events.sort_by_key(|event| event.began));
        flows
    }

    /// Every token that a client was given.
    pub fn tokens(&self) -> Vec<Tokens> {
        self.events().iter().filter_map(|event| given(event).cloned()).collect()
    }

    /// Attempts, and how many of them stayed without an answer that says something.
    pub fn counts(&self) -> (usize, usize) {
        let events = self.events();
        (events.len(), events.iter().filter(|event| is_open(event)).count())
    }

    /// # Panics
    /// With every violation of an invariant.
    pub fn assert_sound(&self, rules: Rules) {
        let violations: Vec<String> = self.flows().values().flat_map(|events| violations(events, rules)).collect();
        assert!(
            violations.is_empty(),
            "{} violations:\n{}",
            violations.len(),
            violations[..violations.len().min(5)].join("\n")
        );
    }
}

/// Judges one flow.
pub fn violations(events: &[Event], rules: Rules) -> Vec<String> {
    let found = [single_use(events), one_branch(events, rules), revocation(events), nothing_lost(events, rules)];
    let told = |text: String| format!("{text}\n{}", tell(events));
    found.into_iter().flatten().map(told).collect()
}

/// I1.
fn single_use(events: &[Event]) -> Option<String> {
    let done = events.iter().filter(|event| matches!(event.act, Act::Redeem(Outcome::Done(_)))).count();
    (done > 1).then(|| format!("I1: the code was redeemed {done} times"))
}

/// I2.
fn one_branch(events: &[Event], rules: Rules) -> Option<String> {
    let mut children: HashMap<&str, HashSet<&str>> = HashMap::new();
    for event in events {
        let Act::Refresh(parent, Outcome::Done(child)) = &event.act else { continue };
        children.entry(parent).or_default().insert(&child.refresh);
        let before = |other: &&Event| {
            other.ended < event.began && matches!(&other.act, Act::Refresh(used, Outcome::Done(_)) if used == parent)
        };
        let first = events.iter().filter(before).map(|other| other.ended).min();
        if first.is_some_and(|first| event.began > first + rules.grace) {
            return Some(format!("I2: {} worked again after the grace", short(parent)));
        }
        let child_used = |other: &Event| {
            other.ended < event.began
                && matches!(&other.act, Act::Refresh(used, Outcome::Done(_)) if *used == child.refresh || children.get(parent.as_str()).is_some_and(|known| known.contains(used.as_str())))
        };
        if events.iter().any(child_used) {
            return Some(format!("I2: {} worked after its successor had", short(parent)));
        }
    }
    if let Some((parent, _)) = children.iter().find(|(_, children)| children.len() > 1) {
        return Some(format!("I2: {} has two successors", short(parent)));
    }
    let live = |event: &&Event| matches!(&event.act, Act::IntrospectRefresh(_, Outcome::Done(true)));
    // Looked at one after another, at the end of the flow.
    let last_use = events.iter().filter(|event| given(event).is_some()).map(|event| event.ended).max()?;
    let at_the_end: HashSet<&str> = events
        .iter()
        .filter(live)
        .filter(|event| event.began > last_use + rules.grace)
        .filter_map(|event| match &event.act {
            Act::IntrospectRefresh(token, _) => Some(token.as_str()),
            _ => None,
        })
        .collect();
    (at_the_end.len() > 1).then(|| format!("I2: {} refresh tokens are live", at_the_end.len()))
}

/// I3.
fn revocation(events: &[Event]) -> Option<String> {
    let revoked = events.iter().filter(|event| is_revoked_by(event)).map(|event| event.ended).min()?;
    let after = events.iter().find(|event| event.began > revoked && shows_life(event))?;
    Some(format!("I3: alive after its revocation was acknowledged: {:?}", after.act))
}

/// I4.
fn nothing_lost(events: &[Event], rules: Rules) -> Option<String> {
    let mut may_be_over = None;
    for (index, event) in events.iter().enumerate() {
        let earlier = &events[..index];
        let over = may_be_over.is_some();
        if may_end_the_family(event, earlier, rules) && !over {
            may_be_over = Some(event.began);
        }
        if over {
            continue;
        }
        let lost = match &event.act {
            Act::Redeem(Outcome::Refused(why)) => (rules.codes_survive
                && !earlier.iter().any(|other| matches!(other.act, Act::Redeem(_))))
            .then(|| format!("a code that was issued: {why}")),
            Act::Refresh(token, Outcome::Refused(why)) => {
                let attempts = earlier.iter().filter(|other| uses(other, token));
                let first = attempts.map(|other| other.began).min();
                let in_time = first.is_none_or(|first| event.ended < first + rules.grace);
                in_time.then(|| format!("a refresh token that was issued: {why}"))
            }
            Act::IntrospectAccess(Outcome::Done(false)) => Some("an access token that was issued".to_owned()),
            _ => None,
        };
        if let Some(what) = lost {
            return Some(format!("I4: lost {what}"));
        }
    }
    None
}

/// Whether an attempt can have ended the family, by its own word or as a replay.
fn may_end_the_family(event: &Event, earlier: &[Event], rules: Rules) -> bool {
    match &event.act {
        Act::Revoke(_) => true,
        Act::Redeem(_) => earlier.iter().any(|other| matches!(other.act, Act::Redeem(_))),
        Act::Refresh(token, _) => earlier.iter().any(|other| {
            let is_late = uses(other, token) && event.ended > other.began + rules.grace;
            let successor = match &other.act {
                Act::Refresh(used, Outcome::Done(child)) if used == token => Some(&child.refresh),
                _ => None,
            };
            is_late || successor.is_some_and(|child| earlier.iter().any(|third| uses(third, child)))
        }),
        Act::IntrospectAccess(_) | Act::IntrospectRefresh(..) => false,
    }
}

fn uses(event: &Event, token: &str) -> bool {
    matches!(&event.act, Act::Refresh(used, _) if used == token)
}

fn given(event: &Event) -> Option<&Tokens> {
    match &event.act {
        Act::Redeem(Outcome::Done(tokens)) | Act::Refresh(_, Outcome::Done(tokens)) => Some(tokens),
        _ => None,
    }
}

fn shows_life(event: &Event) -> bool {
    given(event).is_some()
        || matches!(
            event.act,
            Act::IntrospectAccess(Outcome::Done(true)) | Act::IntrospectRefresh(_, Outcome::Done(true))
        )
}

/// Acknowledged: by the revocation endpoint, or by a refusal that says that a replay was seen.
fn is_revoked_by(event: &Event) -> bool {
    match &event.act {
        Act::Revoke(Outcome::Done(())) => true,
        Act::Redeem(Outcome::Refused(why)) | Act::Refresh(_, Outcome::Refused(why)) => why.contains("already used"),
        _ => false,
    }
}

fn is_open(event: &Event) -> bool {
    match &event.act {
        Act::Redeem(outcome) | Act::Refresh(_, outcome) => outcome.is_open(),
        Act::Revoke(outcome) => outcome.is_open(),
        Act::IntrospectAccess(outcome) | Act::IntrospectRefresh(_, outcome) => outcome.is_open(),
    }
}

fn tell(events: &[Event]) -> String {
    let Some(start) = events.first().map(|event| event.began) else { return String::new() };
    let line = |event: &Event| {
        let (from, to) = (event.began - start, event.ended - start);
        format!("  {from:>9.1?} to {to:>9.1?} {}", abbreviated(&format!("{:?}", event.act)))
    };
    events.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Tokens by their last characters.
fn abbreviated(text: &str) -> String {
    let is_token = |word: &&str| word.len() > 40 && !word.contains(' ');
    text.split('"')
        .map(|word| if is_token(&word) { short(word) } else { word.to_owned() })
        .collect::<Vec<_>>()
        .join("\"")
}

fn short(token: &str) -> String {
    format!("…{}", &token[token.len().saturating_sub(8)..])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Acts at whole seconds, each lasting a tenth.
    fn judged(acts: &[(u64, Act)]) -> Vec<String> {
        let start = Instant::now();
        let event = |(second, act): &(u64, Act)| {
            let began = start + Duration::from_secs(*second);
            Event { flow: 0, began, ended: began + Duration::from_millis(100), act: act.clone() }
        };
        let events: Vec<Event> = acts.iter().map(event).collect();
        violations(&events, Rules::STRICT).iter().map(|text| text[..2].to_owned()).collect()
    }

    fn tokens(name: &str) -> Outcome<Tokens> {
        let [access, refresh, id] = ["at", "rt", "it"].map(|kind| format!("{kind}-{name}"));
        Outcome::Done(Tokens { access, refresh, id })
    }

    fn refresh(from: &str, to: Outcome<Tokens>) -> Act {
        Act::Refresh(format!("rt-{from}"), to)
    }

    fn refused() -> Outcome<Tokens> {
        Outcome::Refused("400 invalid_grant".to_owned())
    }

    #[test]
    fn the_checker_lets_a_sound_history_pass() {
        let sound = [
            (0, Act::Redeem(tokens("1"))),
            (1, refresh("1", Outcome::Lost)),
            (2, refresh("1", tokens("2"))),
            (3, refresh("2", tokens("3"))),
            (4, Act::IntrospectAccess(Outcome::Done(true))),
            (5, Act::Revoke(Outcome::Done(()))),
            (6, refresh("3", refused())),
            (7, Act::IntrospectAccess(Outcome::Done(false))),
        ];
        assert_eq!(judged(&sound), Vec::<String>::new());
        assert_eq!(
            judged(&[(0, Act::Redeem(Outcome::Unavailable)), (1, Act::Redeem(refused()))]),
            Vec::<String>::new()
        );
    }

    #[test]
    fn the_checker_sees_every_kind_of_violation() {
        let begin = (0, Act::Redeem(tokens("1")));
        let two = |act: Act| vec![begin.clone(), (1, act)];
        let three = |one: Act, other: Act| vec![begin.clone(), (1, one), (2, other)];
        let cases = [
            ("I1", two(Act::Redeem(tokens("2")))),
            ("I2", three(refresh("1", tokens("2")), refresh("1", tokens("3")))),
            ("I2", vec![begin.clone(), (1, refresh("1", tokens("2"))), (9, refresh("1", tokens("2")))]),
            (
                "I2",
                vec![
                    begin.clone(),
                    (1, refresh("1", tokens("2"))),
                    (2, refresh("2", tokens("3"))),
                    (3, refresh("1", tokens("2"))),
                ],
            ),
            ("I3", three(Act::Revoke(Outcome::Done(())), refresh("1", tokens("2")))),
            ("I3", three(Act::Revoke(Outcome::Done(())), Act::IntrospectAccess(Outcome::Done(true)))),
            ("I4", two(refresh("1", refused()))),
            ("I4", vec![(0, Act::Redeem(refused()))]),
            ("I4", three(refresh("1", Outcome::Lost), refresh("1", refused()))),
            ("I4", two(Act::IntrospectAccess(Outcome::Done(false)))),
        ];
        for (number, (expected, acts)) in cases.iter().enumerate() {
            assert_eq!(judged(acts), [*expected], "case {number}");
        }
    }
}
