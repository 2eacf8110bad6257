//! A backup as one file: a tar archive, plain or encrypted, whose first entry says what the others are.

mod seal;

pub use self::seal::{BadKey, Lock, is_encrypted};

use self::seal::{Opener, Sealer};
use crate::platform::crypto::MasterKeys;
use crate::platform::private_file;
use crate::platform::random::Random;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

const MANIFEST: &str = "manifest.json";
const FORMAT: u32 = 1;

/// The manifest of a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Of the archive; a later one is refused.
    pub format: u32,
    /// The version of the binary that wrote it.
    pub latchkey: String,
    pub issuer: String,
    /// RFC 3339.
    pub created_at: String,
    /// In the order of the archive.
    pub files: Vec<Entry>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its name in the archive.
    pub name: String,
    pub bytes: u64,
    /// SHA-256 in hexadecimal digits.
    pub sha256: String,
}

/// Whose backup it is, and of when.
#[derive(Debug, Clone, Copy)]
pub struct Origin<'a> {
    /// The version of this binary.
    pub version: &'a str,
    pub issuer: &'a str,
    /// RFC 3339.
    pub created_at: &'a str,
}

/// Why a backup cannot be written or read.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The key or the passphrase.
    #[error(transparent)]
    Key(#[from] BadKey),
    #[error("{0}")]
    Damaged(String),
}

/// Writes an archive of `files` (name, path) to the new file `target` (mode 0600), encrypted where a lock is given.
///
/// # Errors
/// When `target` is there already or the disk refuses.
pub fn write(
    target: &Path,
    origin: Origin<'_>,
    files: &[(&str, &Path)],
    lock: Option<&Lock>,
    random: &dyn Random,
) -> Result<Manifest, Fault> {
    let files = files.iter().map(|(name, path)| entry(name, path).map(|entry| (entry, *path)));
    let files: Vec<(Entry, &Path)> = files.collect::<io::Result<_>>()?;
    let manifest = Manifest {
        format: FORMAT,
        latchkey: origin.version.to_owned(),
        issuer: origin.issuer.to_owned(),
        created_at: origin.created_at.to_owned(),
        files: files.iter().map(|(entry, _)| entry.clone()).collect(),
    };
    let file = private_file::create_new(target)?;
    let out = BufWriter::new(file.try_clone()?);
    match lock {
        Some(lock) => pack(Sealer::new(out, lock, random)?, &manifest, &files)?.finish()?.flush()?,
        None => pack(out, &manifest, &files)?.flush()?,
    }
    file.sync_all()?;
    Ok(manifest)
}

fn entry(name: &str, path: &Path) -> io::Result<Entry> {
    let mut file = File::open(path)?;
    let mut digest = Sha256::new();
    let bytes = io::copy(&mut file, &mut digest)?;
    Ok(Entry { name: name.to_owned(), bytes, sha256: hex(&digest.finalize()) })
}

fn pack<W: Write>(out: W, manifest: &Manifest, files: &[(Entry, &Path)]) -> io::Result<W> {
    let mut archive = tar::Builder::new(out);
    let text = serde_json::to_vec_pretty(manifest)?;
    archive.append_data(&mut header(text.len() as u64), MANIFEST, text.as_slice())?;
    for (entry, path) in files {
        archive.append_data(&mut header(entry.bytes), &entry.name, File::open(path)?.take(entry.bytes))?;
    }
    archive.into_inner()
}

fn header(bytes: u64) -> tar::Header {
    let mut header = tar::Header::new_gnu();
    header.set_size(bytes);
    header.set_mode(0o600);
    header
}

/// Chooses where each file of a backup is written; `None` skips it.
pub type Place<'a> = &'a dyn Fn(&str) -> Option<PathBuf>;

/// Reads the archive `source`, writes its files to new files where `place` says, and compares their hashes.
///
/// # Errors
/// When it is damaged, encrypted under another key, or incomplete. Files written until then remain.
pub fn read(source: &Path, keys: Keys<'_>, place: Place<'_>) -> Result<Manifest, Fault> {
    let file = BufReader::new(File::open(source)?);
    if !is_encrypted(source)? {
        return unpack(file, place);
    }
    unpack(Opener::new(file, keys)?, place)
}

/// What may open an encrypted backup.
#[derive(Debug, Clone, Copy)]
pub struct Keys<'a> {
    /// Those of the configuration.
    pub masters: Option<&'a MasterKeys>,
    /// What the operator gave.
    pub passphrase: Option<&'a str>,
}

fn unpack<R: Read>(source: R, place: Place<'_>) -> Result<Manifest, Fault> {
    let mut archive = tar::Archive::new(source);
    let damaged = |cause: &dyn std::fmt::Display| {
        Fault::Damaged(format!("it is not a Latchkey backup, or it is damaged: {cause}"))
    };
    let mut entries = archive.entries().map_err(|error| damaged(&error))?;
    let mut first = entries.next().ok_or_else(|| damaged(&"it is empty"))?.map_err(|error| damaged(&error))?;
    if first.path().ok().is_none_or(|path| path.as_ref() != Path::new(MANIFEST)) {
        return Err(damaged(&"it does not start with its manifest"));
    }
    let mut text = Vec::new();
    first.by_ref().take(64 * 1024).read_to_end(&mut text).map_err(|error| damaged(&error))?;
    let manifest: Manifest = serde_json::from_slice(&text).map_err(|error| damaged(&error))?;
    if manifest.format > FORMAT {
        let of = &manifest.latchkey;
        return Err(Fault::Damaged(format!("it was written by a later version ({of}): restore it with that version")));
    }
    let mut expected = manifest.files.iter();
    for entry in entries {
        let mut entry = entry.map_err(|error| damaged(&error))?;
        let told = expected.next().ok_or_else(|| damaged(&"it contains more than its manifest lists"))?;
        if entry.path().ok().is_none_or(|path| path.as_ref() != Path::new(&told.name)) {
            return Err(damaged(&format!("{} is missing", told.name)));
        }
        let found = take(&mut entry, told, place).map_err(|error| damaged(&error))?;
        if found != (told.bytes, told.sha256.clone()) {
            return Err(damaged(&format!("{} was changed", told.name)));
        }
    }
    if let Some(missing) = expected.next() {
        return Err(damaged(&format!("{} is missing", missing.name)));
    }
    // To the very end, where an encrypted one says that nothing was cut off.
    io::copy(&mut archive.into_inner(), &mut io::sink()).map_err(|error| damaged(&error))?;
    Ok(manifest)
}

/// The length and the hash of the content.
fn take(entry: &mut impl Read, told: &Entry, place: Place<'_>) -> io::Result<(u64, String)> {
    let mut out = place(&told.name).map(|path| private_file::create_new(&path)).transpose()?;
    let (mut digest, mut bytes, mut buffer) = (Sha256::new(), 0_u64, vec![0; 64 * 1024]);
    loop {
        let read = entry.read(&mut buffer)?;
        let part = buffer.get(..read).unwrap_or_default();
        if part.is_empty() {
            break;
        }
        digest.update(part);
        bytes = bytes.saturating_add(part.len() as u64);
        if let Some(out) = &mut out {
            out.write_all(part)?;
        }
    }
    out.map_or(Ok(()), |out| out.sync_all())?;
    Ok((bytes, hex(&digest.finalize())))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::random::OsRandom;
    use crate::platform::secret::Secret;

    struct Folder(PathBuf);

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }

    fn folder() -> Folder {
        let name = crate::platform::random::token(&OsRandom);
        let folder = std::env::temp_dir().join(format!("lk-backup-{name}"));
        std::fs::create_dir(&folder).unwrap();
        Folder(folder)
    }

    const ORIGIN: Origin<'_> = Origin { version: "1", issuer: "https://i.example", created_at: "2026-01-01T00:00:00Z" };

    /// Longer than a chunk, and no multiple of one.
    fn content() -> Vec<u8> {
        (0..200_001_u32).map(|number| number.to_le_bytes()[0] ^ number.to_le_bytes()[1]).collect()
    }

    fn written(folder: &Folder, name: &str, lock: Option<&Lock>) -> PathBuf {
        let (file, target) = (folder.0.join("file"), folder.0.join(name));
        std::fs::write(&file, content()).unwrap();
        std::fs::write(folder.0.join("empty"), "").unwrap();
        write(&target, ORIGIN, &[("file", &file), ("empty", &folder.0.join("empty"))], lock, &OsRandom).unwrap();
        target
    }

    fn keys(byte: u8) -> MasterKeys {
        use base64::Engine as _;
        MasterKeys::parse(&base64::engine::general_purpose::STANDARD.encode([byte; 32])).unwrap()
    }

    fn locks() -> [(Option<Lock>, &'static str); 3] {
        let passphrase = Secret::new("a long enough passphrase".to_owned());
        [(None, "plain"), (Some(Lock::Master(keys(1))), "master"), (Some(Lock::Passphrase(passphrase)), "passphrase")]
    }

    fn with<'a>(masters: &'a MasterKeys, passphrase: &'a str) -> Keys<'a> {
        Keys { masters: Some(masters), passphrase: Some(passphrase) }
    }

    #[test]
    fn a_backup_comes_back_as_it_was_and_is_its_owners_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        for (lock, name) in locks() {
            let (folder, masters) = (folder(), keys(1));
            let backup = written(&folder, name, lock.as_ref());
            assert_eq!(std::fs::metadata(&backup).unwrap().permissions().mode() & 0o777, 0o600, "{name}");
            assert_eq!(is_encrypted(&backup).unwrap(), lock.is_some());
            let to = |entry: &str| Some(folder.0.join(format!("{entry}.back")));
            let manifest = read(&backup, with(&masters, "a long enough passphrase"), &to).unwrap();
            assert_eq!((manifest.files.len(), manifest.issuer.as_str()), (2, "https://i.example"));
            assert_eq!(std::fs::read(folder.0.join("file.back")).unwrap(), content(), "{name}");
            assert_eq!(std::fs::read(folder.0.join("empty.back")).unwrap(), b"");
            assert!(written_again(&folder, &backup), "{name}: an existing file was written over");
        }
    }

    fn written_again(folder: &Folder, target: &Path) -> bool {
        write(target, ORIGIN, &[("file", &folder.0.join("file"))], None, &OsRandom).is_err()
    }

    #[test]
    fn another_key_opens_nothing() {
        for (lock, name) in locks().into_iter().skip(1) {
            let folder = folder();
            let backup = written(&folder, name, lock.as_ref());
            assert!(!String::from_utf8_lossy(&std::fs::read(&backup).unwrap()).contains("i.example"), "{name}");
            let (other, none) = (keys(2), |_: &str| None);
            assert!(matches!(read(&backup, with(&other, "another passphrase"), &none), Err(Fault::Key(_))), "{name}");
            let nothing = Keys { masters: None, passphrase: None };
            assert!(matches!(read(&backup, nothing, &none), Err(Fault::Key(_))), "{name}");
        }
    }

    #[test]
    fn every_change_and_every_cut_is_noticed() {
        for (lock, name) in locks() {
            let (folder, masters) = (folder(), keys(1));
            let backup = written(&folder, name, lock.as_ref());
            let whole = std::fs::read(&backup).unwrap();
            let judged = |bytes: &[u8]| {
                std::fs::write(&backup, bytes).unwrap();
                read(&backup, with(&masters, "a long enough passphrase"), &|_| None).is_ok()
            };
            assert!(judged(&whole));
            // A plain archive ends with meaningless padding.
            let said = if lock.is_some() { whole.len() } else { whole.len() - 10_240 };
            for at in [20, 100, 600, 1_500, 66_000, 131_200, 150_000, said - 1].into_iter().filter(|at| *at < said) {
                if lock.is_none() && at < 1_024 {
                    continue; // of a plain archive the contents are covered; a header of tar has its own checksum
                }
                let mut changed = whole.clone();
                changed[at] ^= 1;
                assert!(!judged(&changed), "{name}: a change at {at}");
                assert!(!judged(&whole[..at]), "{name}: cut at {at}");
            }
            if lock.is_some() {
                // Whole chunks that are left out or change places.
                let start = whole.iter().enumerate().filter(|(_, byte)| **byte == b'\n').nth(1).unwrap().0 + 1;
                let chunk = 65_536 + 16;
                assert!(!judged(&whole[..start + chunk]), "{name}: cut between chunks");
                let mut swapped = whole.clone();
                let (one, two) = swapped[start..].split_at_mut(chunk);
                one.swap_with_slice(&mut two[..chunk]);
                assert!(!judged(&swapped), "{name}: chunks changed places");
            }
        }
    }
}
