//! Firebase Authentication's scrypt: the derived key encrypts the project's signer key, and the result is the hash
//! (Firebase's own `scrypt` repository, README).

use super::super::cost::UnusableHash;
use super::scrypt::Cost;
use super::{decode, encode, output, salt};
use aes::Aes256;
use ctr::Ctr128BE;
use ctr::cipher::{KeyIvInit as _, StreamCipher as _};
use subtle::ConstantTimeEq as _;

const KEY: usize = 32;
/// The counter starts at zero: each derived key encrypts once.
const START: [u8; 16] = [0; 16];

/// What a Firebase project hashes with: its console shows it as `hash_config`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FirebaseProject {
    signer_key: Vec<u8>,
    separator: Vec<u8>,
    cost: Cost,
}

impl FirebaseProject {
    /// Reads the console's text (`hash_config { algorithm: SCRYPT, base64_signer_key: …, … }`), or the same as JSON.
    ///
    /// # Errors
    /// The member that is missing or cannot be used.
    pub fn parse(text: &str) -> Result<Self, String> {
        let read = |name: &str| member(text, name).ok_or_else(|| format!("{name} is missing"));
        let bytes = |name: &str| decode(&read(name)?).ok_or_else(|| format!("{name} is not Base64"));
        let number = |name: &str| read(name)?.parse().map_err(|_| format!("{name} is not a number"));
        let cost = Cost::new(number("mem_cost")?, number("rounds")?, 1).map_err(|error| error.to_string())?;
        let (signer_key, separator) = (bytes("base64_signer_key")?, bytes("base64_salt_separator")?);
        output(Some(signer_key.clone())).map_err(|_| "base64_signer_key is too short or too long".to_owned())?;
        Ok(Self { signer_key, separator, cost })
    }
}

/// A value of `name: value,` or `"name": "value",`.
fn member(text: &str, name: &str) -> Option<String> {
    let clean =
        |part: &str| part.trim_matches(|c: char| c.is_whitespace() || matches!(c, '"' | ',' | '{' | '}')).to_owned();
    let members = text.split(['\n', ',', '{']).filter_map(|line| line.split_once(':'));
    members.map(|(key, value)| (clean(key), clean(value))).find(|(key, _)| key == name).map(|(_, value)| value)
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::platform::password) struct Firebase {
    project: FirebaseProject,
    salt: Vec<u8>,
    hash: Vec<u8>,
}

impl Firebase {
    pub(super) fn new(project: &FirebaseProject, salt_text: &str, hash: &str) -> Result<Self, UnusableHash> {
        let (salt, hash) = (salt(salt_text)?, output(decode(hash))?);
        if hash.len() != project.signer_key.len() {
            return Err(UnusableHash("it was made with another signer key: its length differs from this project's"));
        }
        Ok(Self { project: project.clone(), salt, hash })
    }

    pub(super) fn parse(cost: &str, [key, separator, salt, hash]: [&str; 4]) -> Result<Self, UnusableHash> {
        let number = |name| super::parameter(cost, name).ok_or(UnusableHash("its cost is incomplete"));
        let cost = Cost::new(number("ln")?, number("r")?, 1)?;
        let project = FirebaseProject { signer_key: output(decode(key))?, separator: super::salt(separator)?, cost };
        Self::new(&project, salt, hash)
    }

    pub(super) fn to_kept(&self) -> String {
        let FirebaseProject { signer_key, separator, cost } = &self.project;
        let [key, separator, salt, hash] = [signer_key, separator, &self.salt, &self.hash].map(|bytes| encode(bytes));
        format!("$firebase-scrypt$ln={},r={}${key}${separator}${salt}${hash}", cost.ln, cost.r)
    }

    pub(super) fn matches(&self, password: &[u8]) -> bool {
        let FirebaseProject { signer_key, separator, cost } = &self.project;
        let salt = [self.salt.as_slice(), separator].concat();
        let Some(key) = cost.derive(password, &salt, KEY) else { return false };
        let Ok(mut cipher) = Ctr128BE::<Aes256>::new_from_slices(&key, &START) else { return false };
        let mut sealed = signer_key.clone();
        cipher.apply_keystream(&mut sealed);
        sealed.ct_eq(&self.hash).into()
    }
}
