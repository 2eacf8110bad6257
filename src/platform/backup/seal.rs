//! Encryption of a stream: AES-256-GCM in chunks by the STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár:
//! "Online Authenticated-Encryption and its Nonce-Reuse Misuse-Resistance", 2015), which binds the order of the chunks
//! and the end. Each backup has a key of its own, which the header holds, sealed under the master key or under a key that
//! Argon2id makes of a passphrase. The header is authenticated with each chunk.
//!
//! The file: a line `latchkey-backup 1`, a line of JSON ([`Head`]), and the chunks: 64 KiB each but the last, and 16 bytes of tag.

use super::{Fault, Keys};
use crate::platform::crypto::{MasterKeys, Sealed};
use crate::platform::random::{self, Random};
use crate::platform::secret::Secret;
use aes_gcm::aead::stream::{DecryptorBE32, EncryptorBE32};
use aes_gcm::{Aes256Gcm, Key};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, BufRead, Read, Write};
use std::path::Path;

const MAGIC: &str = "latchkey-backup 1\n";
const AAD: &str = "latchkey|backup|key";
const CHUNK: usize = 64 * 1024;
const TAG: usize = 16;
/// The key serves one stream, so its nonces need not be random: STREAM counts the chunks in the rest.
const NONCE: [u8; 7] = *b"lk-bkup";
/// The header of an honest backup is far shorter.
const LONGEST_HEAD: u64 = 4096;

/// The key of an encrypted backup.
#[derive(Debug, Clone)]
pub enum Lock {
    /// The provider's master key: anyone who can run the provider can restore it.
    Master(MasterKeys),
    /// Words that are kept elsewhere.
    Passphrase(Secret<String>),
}

/// Why an encrypted backup does not open.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadKey {
    /// It needs a passphrase, but none was given.
    #[error("it is encrypted with a passphrase")]
    NeedsPassphrase,
    /// The passphrase is another one.
    #[error("wrong passphrase")]
    WrongPassphrase,
    /// The configuration has none of its keys.
    #[error("it is encrypted under the master key {0}, which is not configured")]
    UnknownMasterKey(String),
    /// The header was changed, or asks for a hash that costs too much.
    #[error("its header is damaged")]
    Damaged,
}

/// The second line.
#[derive(Debug, Serialize, Deserialize)]
struct Head {
    /// The key of the chunks, sealed.
    key: String,
    /// How a passphrase becomes the key that seals; absent under a master key.
    #[serde(skip_serializing_if = "Option::is_none")]
    argon2id: Option<Stretch>,
}

/// The cost of Argon2id (RFC 9106 §3.1).
#[derive(Debug, Serialize, Deserialize)]
struct Stretch {
    salt: String,
    memory: u32,
    passes: u32,
}

/// 64 MiB and three passes (RFC 9106 §4, second recommendation).
const MEMORY: u32 = 64 * 1024;
const PASSES: u32 = 3;

impl Stretch {
    /// The key that seals, in the shape of a master key.
    fn key(&self, passphrase: &str) -> Result<MasterKeys, BadKey> {
        let salt = STANDARD.decode(&self.salt).map_err(|_| BadKey::Damaged)?;
        if self.memory > 16 * MEMORY || self.passes > 16 {
            return Err(BadKey::Damaged);
        }
        let params = argon2::Params::new(self.memory, self.passes, 1, Some(32)).map_err(|_| BadKey::Damaged)?;
        let hasher = argon2::Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, params);
        let mut key = zeroize::Zeroizing::new([0_u8; 32]);
        hasher.hash_password_into(passphrase.as_bytes(), &salt, key.as_mut_slice()).map_err(|_| BadKey::Damaged)?;
        let text = Secret::new(STANDARD.encode(key.as_slice()));
        MasterKeys::parse(text.expose()).map_err(|_| BadKey::Damaged)
    }
}

/// Whether the file starts like an encrypted backup.
///
/// # Errors
/// When it can't be read.
pub fn is_encrypted(path: &Path) -> io::Result<bool> {
    let mut start = Vec::new();
    File::open(path)?.take(MAGIC.len() as u64).read_to_end(&mut start)?;
    Ok(start == MAGIC.as_bytes())
}

/// Encrypts what is written to it.
pub(super) struct Sealer<W> {
    out: W,
    stream: EncryptorBE32<Aes256Gcm>,
    head: Vec<u8>,
    chunk: Vec<u8>,
}

impl<W: Write> Sealer<W> {
    pub(super) fn new(mut out: W, lock: &Lock, random: &dyn Random) -> Result<Self, Fault> {
        let key = zeroize::Zeroizing::new(random::bytes::<32>(random));
        let (masters, argon2id) = match lock {
            Lock::Master(masters) => (masters.clone(), None),
            Lock::Passphrase(passphrase) => {
                let salt = STANDARD.encode(random::bytes::<16>(random));
                let stretch = Stretch { salt, memory: MEMORY, passes: PASSES };
                (stretch.key(passphrase.expose())?, Some(stretch))
            }
        };
        let sealed = masters.seal(AAD, key.as_slice(), random);
        let head =
            serde_json::to_string(&Head { key: sealed.as_str().to_owned(), argon2id }).map_err(io::Error::other)?;
        let head = format!("{MAGIC}{head}\n");
        out.write_all(head.as_bytes())?;
        let stream = EncryptorBE32::new(Key::<Aes256Gcm>::from_slice(key.as_slice()), NONCE.as_slice().into());
        Ok(Self { out, stream, head: digest(head.as_bytes()), chunk: Vec::with_capacity(CHUNK + TAG) })
    }

    /// Writes the last chunk, by which a reader knows that nothing is missing.
    pub(super) fn finish(mut self) -> io::Result<W> {
        let failed = |_| io::Error::other("a chunk could not be encrypted");
        self.stream.encrypt_last_in_place(&self.head, &mut self.chunk).map_err(failed)?;
        self.out.write_all(&self.chunk)?;
        Ok(self.out)
    }
}

impl<W: Write> Write for Sealer<W> {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        // A full chunk waits until more comes: it may be the last.
        if self.chunk.len() == CHUNK && !data.is_empty() {
            let failed = |_| io::Error::other("a chunk could not be encrypted");
            self.stream.encrypt_next_in_place(&self.head, &mut self.chunk).map_err(failed)?;
            self.out.write_all(&self.chunk)?;
            self.chunk.clear();
        }
        let taken = data.len().min(CHUNK.saturating_sub(self.chunk.len()));
        self.chunk.extend_from_slice(data.get(..taken).unwrap_or_default());
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Decrypts what it reads.
pub(super) struct Opener<R> {
    source: R,
    /// `None` after the last chunk.
    stream: Option<DecryptorBE32<Aes256Gcm>>,
    head: Vec<u8>,
    plain: io::Cursor<Vec<u8>>,
}

impl<R: BufRead> Opener<R> {
    pub(super) fn new(mut source: R, keys: Keys<'_>) -> Result<Self, Fault> {
        let mut text = Vec::new();
        for _ in 0..2 {
            source.by_ref().take(LONGEST_HEAD).read_until(b'\n', &mut text)?;
        }
        let line = text.get(MAGIC.len()..).unwrap_or_default();
        let head: Head = serde_json::from_slice(line).map_err(|_| BadKey::Damaged)?;
        let sealed = Sealed::from_stored(head.key);
        let key = match (head.argon2id, keys) {
            (Some(_), Keys { passphrase: None, .. }) => return Err(BadKey::NeedsPassphrase.into()),
            (Some(stretch), Keys { passphrase: Some(passphrase), .. }) => {
                stretch.key(passphrase)?.open(AAD, &sealed).map_err(|_| BadKey::WrongPassphrase)?
            }
            (None, Keys { masters, .. }) => open(masters, &sealed)?,
        };
        let key: &[u8; 32] = key.expose().as_slice().try_into().map_err(|_| BadKey::Damaged)?;
        let stream = DecryptorBE32::new(Key::<Aes256Gcm>::from_slice(key), NONCE.as_slice().into());
        Ok(Self { source, stream: Some(stream), head: digest(&text), plain: io::Cursor::default() })
    }
}

fn open(masters: Option<&MasterKeys>, sealed: &Sealed) -> Result<Secret<Vec<u8>>, BadKey> {
    use crate::platform::crypto::OpenError;
    let unknown = || BadKey::UnknownMasterKey(sealed.as_str().split('.').nth(1).unwrap_or_default().to_owned());
    masters.ok_or_else(unknown)?.open(AAD, sealed).map_err(|error| match error {
        OpenError::UnknownMasterKey(_) => unknown(),
        OpenError::Corrupted => BadKey::Damaged,
    })
}

impl<R: BufRead> Read for Opener<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = self.plain.read(out)?;
            if read > 0 || out.is_empty() || self.stream.is_none() {
                return Ok(read);
            }
            self.next_chunk()?;
        }
    }
}

impl<R: BufRead> Opener<R> {
    fn next_chunk(&mut self) -> io::Result<()> {
        let mut chunk = Vec::with_capacity(CHUNK + TAG);
        self.source.by_ref().take((CHUNK + TAG) as u64).read_to_end(&mut chunk)?;
        let is_last = self.source.fill_buf()?.is_empty();
        let failed = |_| io::Error::new(io::ErrorKind::InvalidData, "it was changed or truncated");
        match self.stream.take() {
            Some(stream) if is_last => stream.decrypt_last_in_place(&self.head, &mut chunk).map_err(failed)?,
            Some(mut stream) => {
                stream.decrypt_next_in_place(&self.head, &mut chunk).map_err(failed)?;
                self.stream = Some(stream);
            }
            None => {}
        }
        self.plain = io::Cursor::new(chunk);
        Ok(())
    }
}

fn digest(head: &[u8]) -> Vec<u8> {
    Sha256::digest(head).to_vec()
}
