//! What a request costs: CPU milliseconds of the server and of its database, beside the bare cryptography that no
//! implementation can avoid, measured in the same run. The ratio of the two holds on any machine.
//!
//! ```console
//! $ cargo bench --bench cost              # every row, some seconds each, on both stores
//! $ cargo bench --bench cost -- refresh   # rows whose name contains a word
//! ```
//! Without cargo's `--bench` argument (under `cargo test`) each row runs for a moment, to show that it still runs.
//! `LATCHKEY_BENCH_SECONDS` sets the time of a row.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a bench that fails says so
#![allow(unreachable_pub)] // a bench has no readers outside

#[path = "../../tests/support/mod.rs"]
mod support;

mod bare;
mod browser;
mod cpu;
mod fan_out;
mod flood;
mod generator;
mod growth;
mod http;
mod import;
mod scenarios;
mod stage;
mod table;

use std::time::Duration;

/// What the command line and the environment ask for.
struct Wanted {
    seconds: f64,
    word: String,
    /// With the thousand applications and the million people.
    is_whole: bool,
}

fn main() {
    let wanted = wanted();
    let bare = bare::measure(Duration::from_secs_f64((wanted.seconds / 4.0).min(1.0)));
    table::print_machine();
    table::print_bare(&bare);
    table::print_head();
    for store in stage::Store::ALL {
        let mut stage = stage::Stage::set(store);
        let idle = cpu::resident_memory(stage.server_pid());
        let rows = scenarios::ALL.iter().filter(|row| row.name.contains(&wanted.word));
        for scenario in rows {
            let measured = generator::run(&stage, scenario, Duration::from_secs_f64(wanted.seconds));
            table::print_row(scenario, store, &measured, &bare);
        }
        let loaded = cpu::resident_memory(stage.server_pid());
        table::print_server(store, idle, loaded, stage.time_to_first_answer());
        if "import".contains(&wanted.word) {
            import::run(&stage, store, if wanted.is_whole { 100_000 } else { 500 });
        }
        if "fan-out".contains(&wanted.word) {
            fan_out::run(&stage, store, if wanted.is_whole { 1_000 } else { 20 }, &bare);
        }
        if "flood".contains(&wanted.word) {
            flood::run(&stage, store, Duration::from_secs_f64(wanted.seconds));
        }
        if "grown".contains(&wanted.word) {
            growth::seed(&stage, store, if wanted.is_whole { growth::Size::FULL } else { growth::Size::SMALL });
            table::print_head();
            for scenario in scenarios::ALL.iter().filter(|row| scenarios::GROWN.contains(&row.name)) {
                let measured = generator::run(&stage, scenario, Duration::from_secs_f64(wanted.seconds));
                table::print_row(scenario, store, &measured, &bare);
            }
            println!("\n{}: {:.0} MiB with the full store.\n", store.name(), cpu::resident_memory(stage.server_pid()));
        }
    }
}

fn wanted() -> Wanted {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let is_whole = arguments.iter().any(|argument| argument == "--bench");
    let usual = if is_whole { 5.0 } else { 0.3 };
    let seconds = std::env::var("LATCHKEY_BENCH_SECONDS").ok();
    let seconds = seconds.map_or(usual, |text| text.parse().expect("LATCHKEY_BENCH_SECONDS is a number"));
    let word = arguments.into_iter().find(|argument| !argument.starts_with('-')).unwrap_or_default();
    Wanted { seconds, word, is_whole }
}
