//! What sign-ins cost those who don't sign in: the token endpoint's slowest answers while a flood of passwords comes in,
//! beside the same on an idle server, in one run.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::generator::percentile;
use crate::scenarios::Worker;
use crate::stage::{Stage, Store};

/// Browsers that sign in one after the other, without a pause: more than the password pool takes.
const BROWSERS: usize = 8; // the stage has sixteen people
/// A client refreshes so often: far from what the server can, so that its answers wait for nothing but the flood.
const PAUSE: Duration = Duration::from_millis(5);

/// Measures both and prints a row.
pub fn run(stage: &Stage, store: Store, time: Duration) {
    let mut client = Worker::new(stage, 0);
    client.signed_in().unwrap_or_else(|why| panic!("signing in: {why}"));
    let idle = refreshes(&mut client, time);
    let (stop, done, refused) = (AtomicBool::new(false), AtomicUsize::new(0), AtomicUsize::new(0));
    let flooded = std::thread::scope(|scope| {
        for number in 0..BROWSERS {
            let (stop, done, refused) = (&stop, &done, &refused);
            let mut browser = Worker::new(stage, 1 + number);
            scope.spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    // A full pool answers 503 at once: that is what keeps the others going.
                    let count = if browser.sign_in().is_ok() { done } else { refused };
                    count.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        let flooded = refreshes(&mut client, time);
        stop.store(true, Ordering::Relaxed);
        flooded
    });
    let (idle_50, idle_99) = (percentile(&idle, 50), percentile(&idle, 99));
    let (flood_50, flood_99) = (percentile(&flooded, 50), percentile(&flooded, 99));
    println!(
        "\n| refresh beside a flood of sign-ins | idle p50 ms | idle p99 ms | flood p50 ms | flood p99 ms | ratio of p99 | goal | sign-ins done | refused |"
    );
    println!("|---|---:|---:|---:|---:|---:|---:|---:|---:|");
    println!(
        "| {} | {idle_50:.2} | {idle_99:.2} | {flood_50:.2} | {flood_99:.2} | {:.1} | ≤ 3 | {} | {} |\n",
        store.name(),
        flood_99 / idle_99,
        done.load(Ordering::Relaxed),
        refused.load(Ordering::Relaxed),
    );
}

fn refreshes(client: &mut Worker, time: Duration) -> Vec<Duration> {
    let begun = Instant::now();
    let mut latencies = Vec::new();
    while begun.elapsed() < time || latencies.len() < 20 {
        let start = Instant::now();
        client.refresh().unwrap_or_else(|why| panic!("refreshing: {why}"));
        latencies.push(start.elapsed());
        std::thread::sleep(PAUSE);
    }
    latencies.sort();
    latencies
}
