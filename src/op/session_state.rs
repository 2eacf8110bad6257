//! What authorization responses and pages share of OpenID Connect Session Management 1.0; the page that computes it
//! again in the browser is `session_management`.

use super::Op;
use super::feature::Features;
use crate::model::session;
use crate::platform::config::FeatureName;
use crate::platform::random::{self, Random};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

impl Op {
    /// The state of a browser in which this session is in use; empty where nobody is signed in.
    pub fn browser_state(&self, session_id: Option<&str>) -> String {
        session::browser_state(&self.pepper, session_id)
    }
}

/// The `session_state` of a successful authorization response (Session Management §2), for a client and the URI that the
/// response goes to. `None` where the feature is off, or the URI is no web address and so has no page that could ask.
pub fn session_state(
    (features, random): (&Features, &dyn Random),
    client_id: &str,
    redirect_uri: &str,
    browser_state: &str,
) -> Option<String> {
    let uri = url::Url::parse(redirect_uri).ok().filter(|uri| matches!(uri.scheme(), "https" | "http"))?;
    let salt = URL_SAFE_NO_PAD.encode(random::bytes::<16>(random));
    let origin = uri.origin().ascii_serialization();
    let state = || session::session_state(client_id, &origin, browser_state, &salt);
    features.has(FeatureName::SessionManagement).then(state)
}
