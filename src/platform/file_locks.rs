//! Which processes hold a lock on a file, for messages.

use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

/// The other processes that hold a write lock on one of these files: `sqlite3 (process 1234)`. Empty where the kernel does
/// not tell (`/proc/locks` is Linux's), or by the time of the question nobody does.
pub fn writers(paths: &[&Path]) -> Vec<String> {
    let inodes: Vec<u64> =
        paths.iter().filter_map(|path| std::fs::metadata(path).ok()).map(|file| file.ino()).collect();
    let locks = std::fs::read_to_string("/proc/locks").unwrap_or_default();
    let mut found: Vec<u32> = locks.lines().filter_map(|line| writer(line, &inodes)).collect();
    found.sort_unstable();
    found.dedup();
    found.retain(|process| *process != std::process::id());
    found.into_iter().map(named).collect()
}

/// `1: POSIX  ADVISORY  WRITE 1234 fe:00:10044712 120 120` (`proc(5)`).
fn writer(line: &str, inodes: &[u64]) -> Option<u32> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let &[_, "POSIX", _, "WRITE", process, file, ..] = words.as_slice() else { return None };
    let inode: u64 = file.rsplit(':').next()?.parse().ok()?;
    inodes.contains(&inode).then(|| process.parse().ok())?
}

fn named(process: u32) -> String {
    let name = std::fs::read_to_string(format!("/proc/{process}/comm")).unwrap_or_default();
    match name.trim() {
        "" => format!("process {process}"),
        name => format!("{name} (process {process})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_kernels_list_names_a_process_that_writes() {
        let line = "7: POSIX  ADVISORY  WRITE 19619 fe:00:10044712 120 120";
        assert_eq!(writer(line, &[10_044_712]), Some(19_619));
        assert_eq!(writer(line, &[1]), None);
        assert_eq!(writer("7: POSIX  ADVISORY  READ 19619 fe:00:10044712 120 120", &[10_044_712]), None);
        assert_eq!(writer("7: -> POSIX  ADVISORY  WRITE 19619 fe:00:10044712 120 120", &[10_044_712]), None);
        assert_eq!(writer("", &[1]), None);
    }
}
