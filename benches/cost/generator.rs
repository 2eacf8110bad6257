//! The load: a fixed number of keep-alive connections, each with one request under way.

use std::sync::Barrier;
use std::time::{Duration, Instant};

use crate::bare::Operation;
use crate::scenarios::{Scenario, Worker};
use crate::stage::{Stage, Used};

/// What a row has shown.
#[derive(Debug, Default)]
pub struct Measured {
    pub requests: usize,
    pub wall: Duration,
    pub used: Used,
    /// Sorted.
    pub latencies: Vec<Duration>,
    /// What one answer needed, whoever computes it.
    pub unavoidable: Vec<Operation>,
}

impl Measured {
    pub fn per_second(&self) -> f64 {
        count(self.requests) / self.wall.as_secs_f64()
    }

    /// CPU milliseconds per request.
    pub fn cost(&self, used: Duration) -> f64 {
        used.as_secs_f64() * 1000.0 / count(self.requests)
    }

    /// In milliseconds.
    pub fn percentile(&self, hundredths: usize) -> f64 {
        percentile(&self.latencies, hundredths)
    }

    fn add(&mut self, latencies: Vec<Duration>) {
        self.requests += latencies.len();
        self.latencies.extend(latencies);
    }
}

/// Of sorted latencies, in milliseconds.
pub fn percentile(latencies: &[Duration], hundredths: usize) -> f64 {
    let index = (latencies.len() * hundredths / 100).min(latencies.len().saturating_sub(1));
    latencies.get(index).map_or(0.0, |latency| latency.as_secs_f64() * 1000.0)
}

/// Runs a row in rounds: what its requests need first is made outside the measured time, a round's worth at once,
/// because codes live for a minute only.
pub fn run(stage: &Stage, scenario: &Scenario, time: Duration) -> Measured {
    let mut workers: Vec<Worker> = (0..scenario.connections).map(|number| Worker::new(stage, number)).collect();
    let mut measured = Measured { unavoidable: warm_up(&mut workers, scenario), ..Measured::default() };
    let mut round = 8;
    while measured.wall < time {
        let before = measured.requests;
        let wall = measured.wall;
        one_round(stage, scenario, &mut workers, round, &mut measured);
        let speed = count(measured.requests - before) / (measured.wall - wall).as_secs_f64();
        round = next_round(speed, workers.len(), time - measured.wall.min(time));
    }
    measured.latencies.sort();
    measured
}

/// The first requests pay for connections, statements and caches; they count for nothing.
fn warm_up(workers: &mut [Worker], scenario: &Scenario) -> Vec<Operation> {
    let mut unavoidable = Vec::new();
    for worker in workers {
        for _ in 0..2 {
            let ticket = (scenario.prepare)(worker).unwrap_or_else(|why| panic!("{}, preparing: {why}", scenario.name));
            let answer = (scenario.fire)(worker, ticket).unwrap_or_else(|why| panic!("{}: {why}", scenario.name));
            unavoidable = (scenario.unavoidable)(worker, &answer);
        }
    }
    unavoidable
}

fn one_round(stage: &Stage, scenario: &Scenario, workers: &mut [Worker], round: usize, measured: &mut Measured) {
    let ready = Barrier::new(workers.len() + 1);
    std::thread::scope(|scope| {
        let started: Vec<_> = workers
            .iter_mut()
            .map(|worker| {
                let ready = &ready;
                scope.spawn(move || {
                    let tickets: Result<Vec<_>, _> = (0..round).map(|_| (scenario.prepare)(worker)).collect();
                    ready.wait(); // everything is prepared
                    ready.wait(); // the clocks are read
                    let latencies = tickets.and_then(|tickets| fire_all(worker, scenario, tickets));
                    latencies.unwrap_or_else(|why| panic!("{}: {why}", scenario.name))
                })
            })
            .collect();
        ready.wait();
        let (used, start) = (stage.used(), Instant::now());
        ready.wait();
        for thread in started {
            measured.add(thread.join().expect("the thread has said what went wrong"));
        }
        measured.wall += start.elapsed();
        let after = stage.used();
        measured.used.server += after.server.saturating_sub(used.server);
        measured.used.database += after.database.saturating_sub(used.database);
    });
}

fn fire_all(worker: &mut Worker, scenario: &Scenario, tickets: Vec<String>) -> Result<Vec<Duration>, String> {
    let mut latencies = Vec::with_capacity(tickets.len());
    for ticket in tickets {
        let start = Instant::now();
        (scenario.fire)(worker, ticket)?;
        latencies.push(start.elapsed());
    }
    Ok(latencies)
}

/// As many requests a worker as take a second or what is left, in bounds.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // clamped
fn next_round(per_second: f64, workers: usize, left: Duration) -> usize {
    let seconds = left.as_secs_f64().min(1.0);
    (per_second * seconds / count(workers)).clamp(4.0, 20_000.0) as usize
}

#[allow(clippy::cast_precision_loss)] // far below 2^52
fn count(number: usize) -> f64 {
    number as f64
}
