//! A person's authenticator app and paper codes, enrolled through the model's stores.

use super::people::Person;
use super::stores::masters;
use super::{Browser, TestOp};
use latchkey::model::factor::totp::Seed;
use latchkey::model::factor::{self, Authenticator, recovery_code};
use latchkey::platform::id;
use latchkey::platform::random::OsRandom;
use latchkey::platform::secret::Secret;

/// An app that shows codes.
#[derive(Clone, Debug)]
pub struct App(pub Vec<u8>);

impl App {
    /// An app for a text as people type it.
    pub fn typed(base32: &str) -> Self {
        Self(totp_rs::Secret::Encoded(base32.replace(' ', "")).to_bytes().unwrap())
    }

    /// The code that it shows now.
    pub fn code(&self, op: &TestOp) -> String {
        self.code_at(op.now().seconds())
    }

    pub fn code_at(&self, seconds: i64) -> String {
        let totp = totp_rs::TOTP::new_unchecked(totp_rs::Algorithm::SHA1, 6, 1, 30, self.0.clone());
        totp.generate(u64::try_from(seconds).unwrap())
    }
}

impl Person {
    /// Enrols an app, with recovery codes.
    pub async fn enrol(&self, op: &TestOp) -> (App, Vec<Secret<String>>) {
        let (seed, codes) = (Seed::generate(&OsRandom), recovery_code::generate(&OsRandom));
        let app = App(seed.expose().to_vec());
        let (id, person_id, now) = (id::new(op.now(), &OsRandom), self.id.clone(), op.now());
        let sealed = masters().seal(&factor::aad(&id, &person_id), seed.expose(), &OsRandom);
        let hashes: Vec<_> =
            codes.iter().map(|code| recovery_code::hash(&op.op.pepper, &person_id, code.expose()).unwrap()).collect();
        op.write(move |tx| {
            let new =
                Authenticator { id, person_id, name: "phone".into(), sealed, created_at: now, last_used_at: None };
            factor::store::set_authenticator(tx, &new, -1)?;
            factor::store::set_recovery_codes(tx, &new.person_id, &hashes, now)
        })
        .await;
        (app, codes)
    }

    /// The kinds of what happened to this person.
    pub async fn events(&self, op: &TestOp) -> Vec<String> {
        let id = self.id.clone();
        let kinds = op.write(move |tx| latchkey::model::event::store::kinds_of(tx, &id)).await;
        kinds.iter().map(ToString::to_string).collect()
    }
}

impl Browser {
    /// Types a code into the page that asks for one.
    pub async fn type_code(&mut self, code: &str) -> super::Answer {
        assert!(self.is_at("/login/code"), "no page for a code: {} {}", self.path, self.page().body);
        self.submit(&[("code", code)]).await
    }
}
