//! Authenticated encryption of the content (RFC 7518 §5): the tag is judged, whole, before anything is decrypted.

use super::algorithm::ContentEncryption;
use hmac::{Hmac, Mac};
use openssl::error::ErrorStack;
use openssl::symm::{Cipher, decrypt, decrypt_aead, encrypt, encrypt_aead};
use subtle::ConstantTimeEq;

const GCM_TAG: usize = 16;

/// Encrypted content and its tag.
pub(super) struct Sealed {
    pub(super) ciphertext: Vec<u8>,
    pub(super) tag: Vec<u8>,
}

impl ContentEncryption {
    /// Bytes of the initialization vector.
    pub(super) const fn iv_length(self) -> usize {
        match self {
            Self::A128cbcHs256 | Self::A192cbcHs384 | Self::A256cbcHs512 => 16,
            Self::A128gcm | Self::A192gcm | Self::A256gcm => 12,
        }
    }

    const fn tag_length(self) -> usize {
        match self {
            Self::A128gcm | Self::A192gcm | Self::A256gcm => GCM_TAG,
            Self::A128cbcHs256 | Self::A192cbcHs384 | Self::A256cbcHs512 => self.key_length() / 2,
        }
    }

    fn cipher(self) -> Cipher {
        match self {
            Self::A128cbcHs256 => Cipher::aes_128_cbc(),
            Self::A192cbcHs384 => Cipher::aes_192_cbc(),
            Self::A256cbcHs512 => Cipher::aes_256_cbc(),
            Self::A128gcm => Cipher::aes_128_gcm(),
            Self::A192gcm => Cipher::aes_192_gcm(),
            Self::A256gcm => Cipher::aes_256_gcm(),
        }
    }

    const fn is_gcm(self) -> bool {
        matches!(self, Self::A128gcm | Self::A192gcm | Self::A256gcm)
    }

    /// Encrypts; key and iv must have this algorithm's lengths.
    pub(super) fn seal(self, key: &[u8], iv: &[u8], aad: &[u8], content: &[u8]) -> Result<Sealed, ErrorStack> {
        if self.is_gcm() {
            let mut tag = vec![0; GCM_TAG];
            let ciphertext = encrypt_aead(self.cipher(), key, Some(iv), aad, content, &mut tag)?;
            return Ok(Sealed { ciphertext, tag });
        }
        let (mac_key, cipher_key) = halves(key);
        let ciphertext = encrypt(self.cipher(), cipher_key, Some(iv), content)?;
        let tag = self.mac(mac_key, &[aad, iv, &ciphertext, &bits(aad)]);
        Ok(Sealed { ciphertext, tag })
    }

    /// Decrypts; `None` when anything about it is wrong, without a word about what.
    pub(super) fn open(self, key: &[u8], iv: &[u8], aad: &[u8], sealed: &Sealed) -> Option<Vec<u8>> {
        // OpenSSL would take a GCM tag of any length, down to one byte.
        let lengths = (key.len(), iv.len(), sealed.tag.len());
        if lengths != (self.key_length(), self.iv_length(), self.tag_length()) {
            return None;
        }
        if self.is_gcm() {
            return decrypt_aead(self.cipher(), key, Some(iv), aad, &sealed.ciphertext, &sealed.tag).ok();
        }
        let (mac_key, cipher_key) = halves(key);
        let tag = self.mac(mac_key, &[aad, iv, &sealed.ciphertext, &bits(aad)]);
        // The tag first: padding must not be told apart from a wrong tag (RFC 7518 §5.2.2.2).
        bool::from(tag.ct_eq(&sealed.tag)).then_some(())?;
        decrypt(self.cipher(), cipher_key, Some(iv), &sealed.ciphertext).ok()
    }

    fn mac(self, key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
        let mut tag = match self {
            Self::A192cbcHs384 => hmac::<Hmac<sha2::Sha384>>(key, parts),
            Self::A256cbcHs512 => hmac::<Hmac<sha2::Sha512>>(key, parts),
            _ => hmac::<Hmac<sha2::Sha256>>(key, parts),
        };
        tag.truncate(self.tag_length());
        tag
    }
}

/// The key of the tag, and the key of the cipher (RFC 7518 §5.2.2.1).
fn halves(key: &[u8]) -> (&[u8], &[u8]) {
    key.split_at_checked(key.len() / 2).unwrap_or((key, key))
}

/// The length of the additional data in bits, as 64 bits.
fn bits(aad: &[u8]) -> [u8; 8] {
    (aad.len() as u64).saturating_mul(8).to_be_bytes()
}

fn hmac<M: Mac + hmac::digest::KeyInit>(key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    // HMAC takes a key of any length; an empty tag would match no other.
    let Ok(mut mac) = <M as Mac>::new_from_slice(key) else { return Vec::new() };
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().to_vec()
}
