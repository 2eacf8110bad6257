//! Files that only their owner may read.

use std::io;
use std::path::Path;

/// Creates an empty file with mode 0600 where there is none; one that is there stays as it is.
///
/// # Errors
/// When the folder is missing or may not be written to.
pub fn create(path: &Path) -> io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

/// Whether users other than owner and group may read or write the file.
///
/// # Errors
/// When there is none, or its folder is closed.
pub fn is_open_to_others(path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::PermissionsExt as _;
    Ok(std::fs::metadata(path)?.permissions().mode() & 0o006 != 0)
}
