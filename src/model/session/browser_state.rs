//! OpenID Connect Session Management 1.0: what tells a relying party's page whether the session in use has changed.

use crate::platform::crypto::Pepper;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

/// The state of a browser, as its script-readable cookie holds it: derived from the session in use, so that nothing is
/// stored, and no session can be told from it. Empty where nobody is signed in.
pub fn browser_state(pepper: &Pepper, session_id: Option<&str>) -> String {
    let derived = |id: &str| URL_SAFE_NO_PAD.encode(pepper.mac("browser_state", &[id.as_bytes()]));
    session_id.map(derived).unwrap_or_default()
}

/// The `session_state` of an authorization response (Session Management §3.2): what `check_session` computes again in
/// the browser. `origin` is that of the redirect URI.
pub fn session_state(client_id: &str, origin: &str, browser_state: &str, salt: &str) -> String {
    let hash = Sha256::digest(format!("{client_id} {origin} {browser_state} {salt}"));
    let hex: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{hex}.{salt}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn session_management_3_2_a_session_state_is_a_salted_hash_of_client_origin_and_state() {
        // echo -n 'rp https://rp.example state salt' | sha256sum
        let expected = "a4ac76063cbe3e52917871fee647771472a0a55d6ca33f7cfe93318ff83c0d58.salt";
        assert_eq!(session_state("rp", "https://rp.example", "state", "salt"), expected);
    }
}
