//! Records of refusals: a reference for the client, a log line, a record for `latchkey explain`.

use super::Op;
use crate::platform::ephemeral::{Namespace, Slot, Slots};
use crate::platform::error::Unavailable;
use crate::platform::random;
use crate::platform::telemetry::metrics;
use crate::protocol::error::{ErrorCode, OAuthError};
use serde::{Deserialize, Serialize};
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// How long a record is kept.
const KEPT: Duration = Duration::from_secs(24 * 60 * 60);
/// Records per second that one server writes at most, so that bad requests cannot cause unlimited writes.
const PER_SECOND: u32 = 50;

macro_rules! endpoint_names {
    ($($(#[$doc:meta])* $name:ident = $word:literal,)+) => {
        /// Who refuses, as log, figures and `latchkey explain` name it: extended, never renamed.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum EndpointName {
            $($(#[$doc])* $name,)+
        }

        impl EndpointName {
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)+
                }
            }
        }
    };
}

endpoint_names! {
    Account = "account",
    AccountApi = "account_api",
    Appearance = "appearance",
    Authorize = "authorize",
    Consent = "consent",
    Discovery = "discovery",
    Edge = "edge",
    Home = "home",
    Introspection = "introspection",
    Login = "login",
    Logout = "logout",
    MailCode = "mail_code",
    Recovery = "recovery",
    Registration = "registration",
    Revocation = "revocation",
    Signup = "signup",
    Start = "start",
    Token = "token",
    Userinfo = "userinfo",
    /// Nothing is mounted there, or not for this method.
    None = "none",
}

/// A refusal, as `latchkey explain` prints it. Contains no secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// `LK-` and eight characters.
    pub reference: String,
    /// When, in milliseconds since 1970.
    pub at: i64,
    pub endpoint: String,
    /// The error code.
    pub error: String,
    /// What the client was told.
    pub description: String,
    pub clause: Option<String>,
    /// Whose request it was.
    pub client_id: Option<String>,
    pub sent: Option<String>,
    /// What is registered or would have been accepted.
    pub expected: Option<String>,
    pub cause: Option<String>,
}

/// The store of refusals.
pub struct Refusals {
    slot: Slot<Refusal>,
    budget: Mutex<(Option<Instant>, u32)>,
}

impl Refusals {
    /// In the short-lived store.
    pub fn new(slots: &Slots) -> Self {
        Self { slot: slots.slot(Namespace::Refusal), budget: Mutex::default() }
    }

    /// The record of a reference.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn find(&self, reference: &str) -> Result<Option<Refusal>, Unavailable> {
        self.slot.find(reference).await
    }

    fn may_write(&self) -> bool {
        let mut budget = self.budget.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let (since, used) = &mut *budget;
        if since.is_none_or(|since| since.elapsed() >= Duration::from_secs(1)) {
            (*since, *used) = (Some(Instant::now()), 0);
        }
        *used = used.saturating_add(1);
        *used <= PER_SECOND
    }
}

impl Op {
    /// Records a refusal and gives its reference.
    pub async fn refuse(&self, endpoint: EndpointName, error: &OAuthError) -> String {
        let reference = random::reference(self.random.as_ref());
        metrics::refused(endpoint.as_str(), error.code.as_str());
        let record = Refusal {
            reference: reference.clone(),
            at: self.now().millis(),
            endpoint: endpoint.as_str().to_owned(),
            error: error.code.as_str().to_owned(),
            description: error.description.clone(),
            clause: error.detail.clause.map(str::to_owned),
            client_id: error.detail.client_id.clone(),
            sent: error.detail.sent.clone(),
            expected: error.detail.expected.clone(),
            cause: error.detail.cause.clone(),
        };
        log(error.code, &record);
        // The record is optional: if the store is down, only the log has it.
        if error.code != ErrorCode::TemporarilyUnavailable && self.refusals.may_write() {
            let _ = self.refusals.slot.put(&reference, &record, KEPT).await;
        }
        reference
    }
}

fn log(code: ErrorCode, record: &Refusal) {
    let Refusal { reference, endpoint, error, description, clause, client_id, sent, expected, cause, .. } = record;
    let (clause, client_id) = (clause.as_deref(), client_id.as_deref());
    let (sent, expected, cause) = (sent.as_deref(), expected.as_deref(), cause.as_deref());
    if matches!(code, ErrorCode::ServerError | ErrorCode::TemporarilyUnavailable) {
        tracing::error!(%reference, %endpoint, %error, %description, clause, client_id, sent, expected, cause, "refused");
    } else {
        tracing::warn!(%reference, %endpoint, %error, %description, clause, client_id, sent, expected, cause, "refused");
    }
}
