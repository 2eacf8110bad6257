//! CPU time and memory of processes, as the kernel counts them.

use std::time::Duration;

/// The kernel counts in ticks of 10 ms on every Linux that we run on (`getconf CLK_TCK`).
const TICK: Duration = Duration::from_millis(10);

/// CPU time that a process has used so far, in user and kernel mode, with the children that it has waited for.
pub fn used_by(pid: u32) -> Duration {
    fields(pid).map_or(Duration::ZERO, |fields| used(&fields))
}

/// As [`used_by`], with all living children: a PostgreSQL server is a process for each connection.
pub fn used_by_family(parent: u32) -> Duration {
    let processes = std::fs::read_dir("/proc").expect("/proc can be read").flatten();
    let pids = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let children = pids.filter_map(fields).filter(|fields| fields[1] == u64::from(parent));
    used_by(parent) + children.map(|fields| used(&fields)).sum::<Duration>()
}

/// CPU time of the calling thread, to the nanosecond.
pub fn used_by_this_thread() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").expect("the kernel counts a thread's time");
    let nanoseconds = text.split(' ').next().and_then(|number| number.parse().ok());
    Duration::from_nanos(nanoseconds.expect("schedstat begins with a number"))
}

/// Memory of a process that is in RAM now, in MiB.
pub fn resident_memory(pid: u32) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or("0 kB");
    line.trim().trim_end_matches(" kB").trim().parse::<f64>().unwrap_or_default() / 1024.0
}

/// User and system time, the process's own and that of children it has waited for.
fn used(fields: &[u64]) -> Duration {
    let ticks: u64 = fields[11..15].iter().sum();
    TICK * u32::try_from(ticks).expect("a benchmark does not run for a year")
}

/// The fields of `/proc/PID/stat` after the command's name: the state as 0, then numbers (the parent is field 1).
fn fields(pid: u32) -> Option<Vec<u64>> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name stands in brackets and may itself hold spaces and brackets.
    let (_, rest) = text.rsplit_once(") ")?;
    Some(rest.split_whitespace().map(|field| field.parse().unwrap_or_default()).collect())
}
