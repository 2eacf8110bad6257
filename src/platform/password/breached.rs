//! Breached passwords in range files: a file for each five hex digits that a SHA-1 begins with, with or without
//! `.txt`, whose lines are the other 35 digits, a colon and how often the password was seen. The downloader of
//! Have I Been Pwned writes them. Each look-up reads one file of some tens of kilobytes; nothing is kept.

use sha1::{Digest as _, Sha1};
use std::io::{Error, ErrorKind, Read as _};
use std::path::{Path, PathBuf};

/// Larger is not a range file: today's have some 1,500 lines of about 40 bytes.
const LARGEST: u64 = 4 * 1024 * 1024;
const PREFIX: usize = 5;

/// Whether a password, as it was typed, is among them. Blocks for a read of one file.
///
/// # Errors
/// When its file is missing, cannot be read, or is not a range file: nobody knows then.
pub fn holds(directory: &Path, password: &str) -> std::io::Result<bool> {
    let digest: String = Sha1::digest(password).iter().map(|byte| format!("{byte:02X}")).collect();
    let (prefix, suffix) = digest.split_at(PREFIX);
    let (path, text) = read(directory, prefix)?;
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty()).peekable();
    if lines.peek().is_none_or(|line| seen(line).is_none()) {
        return Err(Error::new(ErrorKind::InvalidData, format!("{} is not a range file", path.display())));
    }
    // A count of zero is padding: it stands for nothing.
    let found = lines.filter_map(seen).find(|(other, _)| other.eq_ignore_ascii_case(suffix));
    Ok(found.is_some_and(|(_, count)| count > 0))
}

fn seen(line: &str) -> Option<(&str, u64)> {
    let (suffix, count) = line.split_once(':')?;
    let is_suffix = suffix.len() == 40 - PREFIX && suffix.bytes().all(|byte| byte.is_ascii_hexdigit());
    Some((suffix, count.parse().ok()?)).filter(|_| is_suffix)
}

fn read(directory: &Path, prefix: &str) -> std::io::Result<(PathBuf, String)> {
    let (plain, named) = (directory.join(prefix), directory.join(format!("{prefix}.txt")));
    let (path, file) = match std::fs::File::open(&named) {
        Err(error) if error.kind() == ErrorKind::NotFound => (plain.clone(), std::fs::File::open(plain)),
        opened => (named, opened),
    };
    let told = |error: Error| Error::new(error.kind(), format!("{}: {error}", path.display()));
    let mut text = String::new();
    file.map_err(told)?.take(LARGEST).read_to_string(&mut text).map_err(told)?;
    Ok((path, text))
}

/// Looks whether the directory is whole, by a few of its 1,048,576 files.
///
/// # Errors
/// What is wrong with the first that cannot be used.
pub fn check(directory: &Path) -> std::io::Result<()> {
    for prefix in ["00000", "1F2A7", "3C0DE", "55555", "7FFFF", "80000", "AAAAA", "C0FFE", "E5D1B", "FFFFF"] {
        let (path, text) = read(directory, prefix)?;
        if text.lines().next().is_none_or(|line| seen(line.trim()).is_none()) {
            return Err(Error::new(ErrorKind::InvalidData, format!("{} is not a range file", path.display())));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// SHA-1 of `password`: 5BAA6 1E4C9B93F3F0682250B6CF8331B7EE68FD8 (the example of the range API's documentation).
    const SUFFIX: &str = "1E4C9B93F3F0682250B6CF8331B7EE68FD8";

    fn directory(file: &str, text: &str) -> PathBuf {
        let name = crate::platform::random::token(&crate::platform::random::OsRandom);
        let directory = std::env::temp_dir().join(format!("lk-breached-{name}"));
        std::fs::create_dir(&directory).unwrap();
        std::fs::write(directory.join(file), text).unwrap();
        directory
    }

    #[test]
    fn a_breached_password_is_found_in_its_range_file() {
        let other = "0018A45C4D1DEF81644B54AB7F969B88D65:1";
        for (file, line) in [
            ("5BAA6.txt", format!("{other}\r\n{SUFFIX}:10434004\r\n")),
            ("5BAA6", format!("\u{20}{SUFFIX}:1")),
            ("5BAA6.txt", format!("{other}\n{}:2\n", SUFFIX.to_lowercase())),
        ] {
            let directory = directory(file, &line);
            assert!(holds(&directory, "password").unwrap(), "{line:?}");
            std::fs::remove_dir_all(directory).unwrap();
        }
        for absent in [other.to_owned(), format!("{SUFFIX}:0")] {
            let directory = directory("5BAA6.txt", &absent);
            assert!(!holds(&directory, "password").unwrap(), "{absent}");
            std::fs::remove_dir_all(directory).unwrap();
        }
    }

    #[test]
    fn a_directory_that_does_not_know_says_so() {
        for wrong in ["", "<html>", "1E4C9B93F3F0682250B6CF8331B7EE68FD8", "5BAA6:1"] {
            let directory = directory("5BAA6.txt", wrong);
            assert!(holds(&directory, "password").is_err(), "{wrong:?}");
            assert!(holds(&directory, "another").unwrap_err().to_string().contains(&*directory.to_string_lossy()));
            assert!(check(&directory).is_err());
            std::fs::remove_dir_all(directory).unwrap();
        }
    }
}
