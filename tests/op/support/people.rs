//! People, made through the model's stores.

use super::TestOp;
use latchkey::model::credential;
use latchkey::model::user::identifier::Identifier;
use latchkey::model::user::{self, UserStatus};
use latchkey::platform::id;
use latchkey::platform::random::{self, OsRandom};
use latchkey::platform::secret::Secret;
use serde_json::json;

/// Everybody's password in the tests.
pub const PASSWORD: &str = "analytical engine 1843";

/// A person who can sign in with [`PASSWORD`].
#[derive(Clone, Debug)]
pub struct Person {
    pub id: String,
    pub sub: String,
    pub username: String,
}

impl Person {
    pub(super) async fn register(op: &TestOp, username: &str) -> Self {
        Self::with_password(op, username, PASSWORD).await
    }

    /// A person with a password of the test's choice.
    pub async fn with_password(op: &TestOp, username: &str, password: &str) -> Self {
        let phc = op.op.passwords.hash(&Secret::new(password.to_owned())).await.unwrap();
        Self::with_hash(op, username, phc.expose()).await
    }

    /// A person whose password was hashed elsewhere.
    pub async fn with_hash(op: &TestOp, username: &str, phc: &str) -> Self {
        let phc = phc.to_owned();
        let now = op.now();
        let person = Self { id: id::new(now, &OsRandom), sub: random::token(&OsRandom), username: username.to_owned() };
        let claims = claims(username).as_object().unwrap().clone();
        let (name, email) =
            (Identifier::username(username).unwrap(), Identifier::email(&format!("{username}@example.com")).unwrap());
        let (kept, credential) = (person.clone(), id::new(now, &OsRandom));
        op.write(move |tx| {
            let new =
                user::store::NewUser { id: &kept.id, sub: &kept.sub, claims: &claims, status: UserStatus::Active };
            user::store::insert(tx, &new, now)?;
            user::store::set_identifier(tx, &kept.id, &name, true, now)?;
            user::store::set_identifier(tx, &kept.id, &email, true, now)?;
            credential::store::set_password(tx, &credential, &kept.id, &phc, now)
        })
        .await;
        person
    }

    /// Adds claims to what is known of this person.
    pub async fn set_claims(&self, op: &TestOp, more: serde_json::Value) {
        let (id, now) = (self.id.clone(), op.now());
        op.write(move |tx| {
            let user = user::store::find(tx, &id)?.unwrap();
            let claims = user::save::patched(&user.claims, more.as_object().unwrap(), now);
            user::store::update_claims(tx, &user, &claims, now)
        })
        .await;
    }

    /// An operator changes whether this person may sign in.
    pub async fn set_status(&self, op: &TestOp, status: UserStatus) {
        let (id, now) = (self.id.clone(), op.now());
        assert!(op.write(move |tx| user::store::set_status(tx, &id, status, now)).await);
    }
}

fn claims(username: &str) -> serde_json::Value {
    json!({
        "name": format!("{username} Lovelace"), "given_name": username, "family_name": "Lovelace",
        "preferred_username": username, "email": format!("{username}@example.com"), "email_verified": true,
        "locale": "en", "zoneinfo": "Europe/London", "phone_number": "+44 20 7946 0000", "phone_number_verified": true,
        "address": { "locality": "London", "country": "United Kingdom" }, "updated_at": 1_700_000_000,
    })
}
