//! An interaction: one visit to sign-in and consent, bound to the browser that started it by its own cookie.

use super::Progress;
use crate::platform::config::Rate;
use crate::platform::crypto::{Pepper, TokenHash};
use crate::platform::ephemeral::{Namespace, Slot, Slots};
use crate::platform::error::Unavailable;
use crate::platform::random::{self, Random};
use crate::platform::throttle::{Throttle, Throttled, Who};
use crate::protocol::error::{Cause, ErrorCode, OAuthError};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::Duration;

/// Lifetime once something happened: a factor was proved, an email was sent, or the person is signed in.
pub const LIFETIME: Duration = Duration::from_secs(60 * 60);
/// Lifetime before that, since anybody can start one.
pub const BEFORE_SIGN_IN: Duration = Duration::from_secs(15 * 60);
/// Attempts to store a change that conflicts with others.
const TRIES: usize = 5;
/// The start of the cookie's name; the interaction's id follows.
pub const COOKIE: &str = "lk_i_";
const BINDING_KIND: &str = "interaction_cookie";

/// The state between two steps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interaction {
    /// The purpose of the visit.
    pub purpose: Purpose,
    /// What happened so far.
    pub progress: Progress,
    /// The hash of the cookie.
    binding: String,
}

/// The purpose of a visit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Purpose {
    /// An authorization request with its effective parameters: a request object was resolved before, and is neither
    /// fetched nor verified again. Parsed and checked again at each step.
    Authorize(String),
    /// Signing in on our own home page.
    Home,
    /// Signing in, again where it was long ago, for a page of the account console; the path to return to.
    Account(String),
    /// A logout request, as its parameters came.
    Logout(String),
}

/// An interaction that this browser started.
#[derive(Clone, Debug)]
pub struct Bound {
    /// The id in the URL.
    pub id: String,
    pub interaction: Interaction,
    /// The CSRF token of its forms, bound to cookie and interaction.
    pub csrf: String,
}

/// A new interaction: its id, and the secret for its cookie.
pub struct Begun {
    pub id: String,
    pub secret: String,
}

pub struct Interactions {
    held: Slot<Interaction>,
    pepper: Pepper,
    random: Arc<dyn Random>,
    throttle: Throttle,
    rate: Option<Rate>,
}

impl Interactions {
    /// In the short-lived store; `rate` is `throttle.interaction_network`.
    pub fn new(
        slots: &Slots,
        pepper: &Pepper,
        random: &Arc<dyn Random>,
        (throttle, rate): (&Throttle, Option<Rate>),
    ) -> Self {
        let held = slots.slot(Namespace::Interaction);
        Self { held, pepper: pepper.clone(), random: Arc::clone(random), throttle: throttle.clone(), rate }
    }

    /// Starts an interaction, which is stored for `lifetime`. Anybody can do so, and each uses space in the store,
    /// so that the rate of a network is limited.
    ///
    /// # Errors
    /// `temporarily_unavailable` with 429 beyond `throttle.interaction_network`; or when the store does not answer.
    pub async fn begin(&self, purpose: Purpose, lifetime: Duration, from: IpNet) -> Result<Begun, OAuthError> {
        if let Some(rate) = &self.rate {
            let network = from.to_string();
            self.throttle.allow("interaction", Who::Named(&network), rate.count, rate.per).await.map_err(too_many)?;
        }
        let id = URL_SAFE_NO_PAD.encode(random::bytes::<16>(self.random.as_ref()));
        let secret = random::token(self.random.as_ref());
        let binding = self.binding(&id, &secret).as_str().to_owned();
        let interaction = Interaction { purpose, progress: Progress::default(), binding };
        self.held.put(&id, &interaction, lifetime).await?;
        Ok(Begun { id, secret })
    }

    /// The interaction with this id, if this browser started it.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn bound(&self, id: &str, secret: Option<&str>) -> Result<Option<Bound>, Unavailable> {
        let Some(secret) = secret else { return Ok(None) };
        let found = self.held.find(id).await?;
        let stored = |interaction: &Interaction| TokenHash::from_stored(interaction.binding.clone());
        let ours =
            found.filter(|interaction| self.pepper.verify(BINDING_KIND, &joined(id, secret), &stored(interaction)));
        Ok(ours.map(|interaction| Bound { id: id.to_owned(), interaction, csrf: self.csrf(id, secret) }))
    }

    /// Stores what happened, unless the interaction was finished meanwhile: it must not come back, since each
    /// gives one response only.
    ///
    /// # Errors
    /// `invalid_request` where it is over; or when the store does not answer.
    pub async fn remember(&self, bound: &Bound) -> Result<(), OAuthError> {
        for _ in 0..TRIES {
            let Some(held) = self.held.find_versioned(&bound.id).await? else { return Err(over()) };
            if self.held.replace(&bound.id, &held, &bound.interaction, LIFETIME).await? {
                return Ok(());
            }
        }
        Err(Unavailable::new("too many concurrent changes of the interaction").into())
    }

    /// Ends an interaction; false when another request of the same browser ended it first.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn finish(&self, id: &str) -> Result<bool, Unavailable> {
        Ok(self.held.take(id).await?.is_some())
    }

    fn binding(&self, id: &str, secret: &str) -> TokenHash {
        self.pepper.hash(BINDING_KIND, &joined(id, secret))
    }

    /// The CSRF token of a form: bound to the cookie of this browser and to this interaction.
    fn csrf(&self, id: &str, secret: &str) -> String {
        URL_SAFE_NO_PAD.encode(self.pepper.mac("csrf", &[id.as_bytes(), secret.as_bytes()]))
    }
}

fn over() -> OAuthError {
    ErrorCode::InvalidRequest.because("this page was already used").page(Cause::Expired)
}

fn too_many(throttled: Throttled) -> OAuthError {
    match throttled {
        Throttled::RetryAfter(wait) => ErrorCode::TemporarilyUnavailable
            .because(format!("too many sign-ins were started from this network, wait {} s", wait.as_secs()))
            .page(Cause::TooMany)
            .retry_after(wait),
        Throttled::Unavailable(unavailable) => unavailable.into(),
    }
}

fn joined(id: &str, secret: &str) -> Vec<u8> {
    format!("{id}\u{1}{secret}").into_bytes()
}

impl Bound {
    /// Whether a form carries the right token, of whatever session its page showed.
    pub fn is_csrf(&self, sent: Option<&str>) -> bool {
        let token = sent.map(|sent| sent.split_once('.').map_or(sent, |(token, _)| token));
        is_same(token, &self.csrf)
    }

    /// The token of a form that decides for the person whom its page names: it counts for their session alone.
    pub fn csrf_of(&self, pepper: &Pepper, session_id: &str) -> String {
        let mac = pepper.mac("interaction_csrf_of_session", &[self.id.as_bytes(), session_id.as_bytes()]);
        format!("{}.{}", self.csrf, URL_SAFE_NO_PAD.encode(mac))
    }

    /// Whether a form comes from a page that showed this session.
    pub fn is_csrf_of(&self, pepper: &Pepper, session_id: &str, sent: Option<&str>) -> bool {
        is_same(sent, &self.csrf_of(pepper, session_id))
    }
}

fn is_same(sent: Option<&str>, ours: &str) -> bool {
    use subtle::ConstantTimeEq as _;
    sent.is_some_and(|sent| bool::from(sent.as_bytes().ct_eq(ours.as_bytes())))
}
