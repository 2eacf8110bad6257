//! What authorization responses and pages share of OpenID Connect Session Management 1.0; the page that computes it
//! again in the browser is `session_management`.

use super::Op;
use crate::model::session;
use crate::platform::random;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The name of the feature.
pub const SESSION_MANAGEMENT: &str = "session_management";

impl Op {
    /// Whether a feature is switched on.
    pub fn has_feature(&self, name: &str) -> bool {
        self.features.iter().any(|feature| feature.name == name)
    }

    /// The state of a browser in which this session is in use; empty where nobody is signed in.
    pub fn browser_state(&self, session_id: Option<&str>) -> String {
        session::browser_state(&self.pepper, session_id)
    }

    /// The `session_state` of a successful authorization response (Session Management §2), for a client and the URI
    /// that the response goes to. `None` where the feature is off, or the URI is no web address and so has no page that
    /// could ask.
    pub fn session_state(&self, client_id: &str, redirect_uri: &str, browser_state: &str) -> Option<String> {
        let uri = url::Url::parse(redirect_uri).ok().filter(|uri| matches!(uri.scheme(), "https" | "http"))?;
        let salt = URL_SAFE_NO_PAD.encode(random::bytes::<16>(self.random.as_ref()));
        let origin = uri.origin().ascii_serialization();
        let state = || session::session_state(client_id, &origin, browser_state, &salt);
        self.has_feature(SESSION_MANAGEMENT).then(state)
    }
}
