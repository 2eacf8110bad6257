//! The table, in Markdown, as it stands in docs/performance.md.

use std::time::Duration;

use crate::bare::Costs;
use crate::generator::Measured;
use crate::scenarios::Scenario;
use crate::stage::Store;

pub fn print_machine() {
    let processors = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = processors.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or("\t: unknown");
    let model = model.trim_start_matches([' ', '\t', ':']);
    let count = std::thread::available_parallelism().map_or(1, usize::from);
    let profile = if cfg!(debug_assertions) { "dev, so no figure here means anything" } else { "release" };
    println!("\nProcessor: {count} × {model}. Build: {profile}.\n");
}

pub fn print_bare(costs: &Costs) {
    println!("| bare cryptography | CPU ms |\n|---|---:|");
    for (operation, cost) in costs {
        println!("| {} | {cost:.3} |", operation.name());
    }
    println!();
}

pub fn print_head() {
    println!(
        "| row | store | requests/s | p50 ms | p99 ms | server CPU ms | database CPU ms | together | bare | ratio | goal |"
    );
    println!("|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
}

pub fn print_row(scenario: &Scenario, store: Store, measured: &Measured, costs: &Costs) {
    let (server, database) = (measured.cost(measured.used.server), measured.cost(measured.used.database));
    let bare: f64 = measured.unavoidable.iter().filter_map(|operation| costs.get(operation)).sum();
    let bare_and_ratio = match measured.unavoidable.is_empty() {
        true => "– | –".to_owned(),
        false => format!("{bare:.3} | {:.2}", (server + database) / bare),
    };
    println!(
        "| {} | {} | {:.0} | {:.2} | {:.2} | {server:.3} | {database:.3} | {:.3} | {bare_and_ratio} | {} |",
        scenario.name,
        store.name(),
        measured.per_second(),
        measured.percentile(50),
        measured.percentile(99),
        server + database,
        scenario.goal,
    );
}

pub fn print_server(store: Store, idle: f64, loaded: f64, first_answer: Duration) {
    println!(
        "\n{}: {idle:.0} MiB before the rows and {loaded:.0} MiB after them; first answer {:.0} ms after the start.\n",
        store.name(),
        first_answer.as_secs_f64() * 1000.0
    );
}
