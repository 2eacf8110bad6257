//! The author of a change: person, session and place; and the one way to change an account.

use crate::model::event::{Event, EventKind};
use crate::model::session::{self, store::Device};
use crate::model::user::{self, User};
use crate::op::Op;
use crate::platform::clock::Time;
use crate::platform::db::Connection;
use crate::platform::error::Unavailable;
use crate::platform::http::api::{Problem, Stop};
use crate::protocol::confirmation::Proof;
use crate::protocol::error::{ErrorCode, OAuthError};
use crate::tokens::access_token::{AccessTokenClaims, Asked, Standing, standing};
use crate::tokens::ending::Which;
use diesel::QueryResult;
use std::net::IpAddr;
use std::time::Duration;

/// How long a sign-in counts as fresh.
pub const FRESH: Duration = Duration::from_secs(10 * 60);

/// Who may see a page or make a change: others are asked to sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// A person who is signed in.
    SignedIn,
    /// A person who signed in within [`FRESH`].
    SignedInLately,
}

/// What a person came in by.
#[derive(Clone)]
pub enum By {
    /// A session of the console, by its id.
    Session(String),
    /// An access token, and what the request proved beside it.
    Token(Box<AccessTokenClaims>, Proof),
}

/// A person who changes their own account.
#[derive(Clone)]
pub struct Owner {
    pub user: User,
    pub by: By,
    /// When they signed in.
    pub authenticated_at: Time,
    /// The session that stays; none where the access token is bound to none.
    pub session_id: Option<String>,
    /// From where, for throttling.
    pub address: IpAddr,
    /// The same, for emails about the change.
    pub place: Device,
    /// The language of an email to an unverified address.
    pub language: String,
}

/// The owner, confirmed in the transaction that changes their account: only [`Owner::change`] makes one.
#[derive(Clone, Debug)]
pub struct Confirmed {
    user: User,
}

impl Confirmed {
    /// The person as the transaction sees them.
    pub fn user(&self) -> &User {
        &self.user
    }

    pub fn id(&self) -> &str {
        &self.user.id
    }
}

/// Why an account was not changed.
#[derive(Clone, Debug)]
pub enum NotMade {
    /// The session or token ended after the request was let in, or its person may no longer use it.
    SignedOut,
    /// The sign-in is not recent enough any more.
    NotFresh,
    Unavailable(Unavailable),
}

impl From<Unavailable> for NotMade {
    fn from(unavailable: Unavailable) -> Self {
        Self::Unavailable(unavailable)
    }
}

/// For pages: [`ErrorCode::LoginRequired`] leads to the sign-in page.
impl From<NotMade> for OAuthError {
    fn from(not_made: NotMade) -> Self {
        match not_made {
            NotMade::SignedOut => ErrorCode::LoginRequired.because("the session ended meanwhile"),
            NotMade::NotFresh => ErrorCode::LoginRequired.because("this requires a more recent sign-in"),
            NotMade::Unavailable(unavailable) => unavailable.into(),
        }
    }
}

/// For the API: what a token that was revoked before gets.
impl From<NotMade> for Stop {
    fn from(not_made: NotMade) -> Self {
        match not_made {
            NotMade::SignedOut => {
                let why = "the access token was revoked, or does not belong to a person";
                Self::Token(ErrorCode::InvalidToken.because(why).clause("RFC 6750 §3.1"))
            }
            NotMade::NotFresh => Problem::not_fresh(FRESH).into(),
            NotMade::Unavailable(unavailable) => unavailable.into(),
        }
    }
}

impl Owner {
    /// An event about the person.
    pub fn event(&self, kind: EventKind) -> Event {
        let event = Event::by_person(kind, &self.user.id);
        match &self.session_id {
            Some(session) => event.session(session),
            None => event,
        }
    }

    /// Every session but this.
    pub fn others(&self) -> Which {
        self.session_id.clone().map_or(Which::All, Which::AllBut)
    }

    /// Whether the person signed in recently.
    pub fn is_fresh(&self, now: Time) -> bool {
        now.since(self.authenticated_at) <= FRESH
    }

    /// Changes the account in one transaction, which first confirms that the owner may still do so: between the look at
    /// the request and this moment the session may have ended, the password been reset or the account been disabled.
    ///
    /// # Errors
    /// See [`NotMade`].
    pub async fn change<T, F>(&self, op: &Op, who: Who, change: F) -> Result<T, NotMade>
    where
        T: Send + 'static,
        F: FnOnce(&mut Connection, &Confirmed) -> QueryResult<T> + Clone + Send + 'static,
    {
        let now = op.now();
        if who == Who::SignedInLately && !self.is_fresh(now) {
            return Err(NotMade::NotFresh);
        }
        let owner = self.clone();
        let made = op.db.write(move |tx| match owner.confirmed(tx, now)? {
            Some(confirmed) => change(tx, &confirmed).map(Some),
            None => Ok(None),
        });
        made.await?.ok_or(NotMade::SignedOut)
    }

    /// The person, if they are active, their epoch is that of the request, and what they came in by has not ended.
    /// Until the transaction is over nobody else changes the person or ends the session.
    fn confirmed(&self, tx: &mut Connection, now: Time) -> QueryResult<Option<Confirmed>> {
        user::store::hold(tx, &self.user.id)?;
        let found = match &self.by {
            By::Session(id) => {
                session::store::hold(tx, id)?;
                session::store::find_live(tx, id, now)?
            }
            By::Token(claims, proof) => match standing(tx, claims, Asked::ByResource(proof), now)? {
                Standing::Person(person) => Some(person.user),
                Standing::Revoked | Standing::Client | Standing::Unproven => None,
            },
        };
        let user = found.filter(|user| user.is_active() && user.id == self.user.id && user.epoch == self.user.epoch);
        Ok(user.map(|user| Confirmed { user }))
    }
}
