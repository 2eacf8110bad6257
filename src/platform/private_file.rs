//! Files that only their owner may read.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// Creates an empty file with mode 0600 where there is none. A file that is there is not opened.
///
/// That matters: POSIX drops every `fcntl` lock that a process holds on a file as soon as the process closes *any*
/// descriptor of it, so a live SQLite database that is opened and closed once more is a database without locks
/// (`fcntl(2)`; <https://www.sqlite.org/howtocorrupt.html> §2.2).
///
/// # Errors
/// When the folder is missing or may not be written to.
pub fn create(path: &Path) -> io::Result<()> {
    // One at a time: whoever finds the file that another thread has just made must not lock it before it is closed.
    static ONE: Mutex<()> = Mutex::new(());
    let _one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    let mut path = path.to_owned();
    loop {
        match create_new(&path) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => match dangling(&path) {
                Some(target) => path = target,
                None => return Ok(()),
            },
            made => return made.map(drop),
        }
    }
}

/// Writes a new file with mode 0600, and waits until the disk has it.
///
/// # Errors
/// When there is one already, or it cannot be encoded.
pub fn write_new(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = create_new(path)?;
    file.write_all(content)?;
    file.sync_all()
}

/// Opens a new file with mode 0600 to write and read.
///
/// # Errors
/// When there is one already, or its folder is missing or closed.
pub fn create_new(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Where a symbolic link leads that leads to no file.
fn dangling(path: &Path) -> Option<PathBuf> {
    if path.exists() {
        return None;
    }
    let target = std::fs::read_link(path).ok()?;
    Some(path.parent().map_or_else(|| target.clone(), |folder| folder.join(&target)))
}

/// Whether users other than owner and group may read or write the file.
///
/// # Errors
/// When there is none, or its folder is closed.
pub fn is_open_to_others(path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::PermissionsExt as _;
    Ok(std::fs::metadata(path)?.permissions().mode() & 0o006 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    fn folder() -> PathBuf {
        let name = crate::platform::random::token(&crate::platform::random::OsRandom);
        let folder = std::env::temp_dir().join(format!("lk-private-{name}"));
        std::fs::create_dir(&folder).unwrap();
        folder
    }

    #[test]
    fn a_file_that_is_missing_is_made_for_its_owner_alone_and_one_that_is_there_stays() {
        let folder = folder();
        let (file, link) = (folder.join("file"), folder.join("link"));
        std::os::unix::fs::symlink("file", &link).unwrap();
        create(&link).unwrap();
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::write(&file, "kept").unwrap();
        create(&file).unwrap();
        create(&link).unwrap();
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "kept");
        assert!(write_new(&file, b"again").is_err());
        assert!(create(&folder.join("no folder/file")).is_err());
        // What may not be opened is not opened.
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o000)).unwrap();
        create(&file).unwrap();
        std::fs::remove_dir_all(folder).unwrap();
    }
}
