//! JWTs that a client signs: assertions and request objects. Verified with its key or its secret, as registered, never with
//! whichever fits (RFC 8725 §2.1, §3.1).

use super::ClientAuthentication;
use crate::model::client::Client;
use crate::platform::error::Unavailable;
use crate::platform::jose::{
    self, Algorithm, Claims, MacKey, MacRules, Rules, SymmetricAlgorithm, Typ, VerifyError, verify_mac,
};

/// What a JWT of a client may be signed with. Fixed by its registration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Accepted {
    /// With a key of the client, by one of these algorithms.
    Signatures(Vec<Algorithm>),
    /// With the client's secret, by one of these algorithms.
    Macs(Vec<SymmetricAlgorithm>),
}

impl Accepted {
    /// Any signature algorithm, or only the registered one. A registered HMAC algorithm accepts none.
    pub fn signatures(registered: Option<&str>) -> Self {
        let fits = |algorithm: &Algorithm| registered.is_none_or(|registered| algorithm.as_str() == registered);
        Self::Signatures(Algorithm::ALL.into_iter().filter(fits).collect())
    }

    /// Any HMAC algorithm, or only the registered one.
    pub fn macs(registered: Option<&str>) -> Self {
        let fits =
            |algorithm: &SymmetricAlgorithm| registered.is_none_or(|registered| algorithm.as_str() == registered);
        Self::Macs(SymmetricAlgorithm::ALL.into_iter().filter(fits).collect())
    }

    /// The one algorithm that is registered, of whichever kind; without one, any signature algorithm.
    pub fn registered(alg: Option<&str>) -> Self {
        match alg.and_then(SymmetricAlgorithm::parse) {
            Some(algorithm) => Self::Macs(vec![algorithm]),
            None => Self::signatures(alg),
        }
    }
}

/// Why a client's JWT is refused.
#[derive(Clone, Debug)]
pub enum ClientJwtError {
    /// A secret could not be opened.
    Unavailable(Unavailable),
    Refused(String),
}

impl ClientAuthentication {
    /// Verifies a client's JWT as registered; an unknown `kid` causes a new fetch of its keys. The
    /// caller checks the claims.
    ///
    /// # Errors
    /// See [`ClientJwtError`].
    pub async fn verify_of_client(
        &self,
        client: &Client,
        token: &str,
        accepted: &Accepted,
        typ: Typ<'_>,
    ) -> Result<Claims, ClientJwtError> {
        match accepted {
            Accepted::Signatures(algorithms) => {
                self.verify_signature(client, token, algorithms, typ).await.map_err(ClientJwtError::Refused)
            }
            Accepted::Macs(algorithms) => self.verify_mac_of(client, token, algorithms, typ),
        }
    }

    async fn verify_signature(
        &self,
        client: &Client,
        token: &str,
        algorithms: &[Algorithm],
        typ: Typ<'_>,
    ) -> Result<Claims, String> {
        let header = jose::parse(token).map_err(|error| error.to_string())?.header;
        if !algorithms.iter().any(|algorithm| algorithm.as_str() == header.alg()) {
            // Checked before any key is fetched: a JWT that cannot verify causes no fetch.
            return Err(VerifyError::Algorithm.to_string());
        }
        for again in [false, true] {
            let keys = self.client_keys.find(&self.fetching(), client, again).await?;
            let rules = Rules { algorithms, typ, keys: keys.as_ref() };
            match jose::verify(token, &rules) {
                Ok(verified) => return Ok(verified.claims),
                Err(VerifyError::NoKey | VerifyError::Signature) if !again && client.metadata.jwks_uri.is_some() => {}
                Err(error) => return Err(error.to_string()),
            }
        }
        Err("no key matches".to_owned())
    }

    fn verify_mac_of(
        &self,
        client: &Client,
        token: &str,
        algorithms: &[SymmetricAlgorithm],
        typ: Typ<'_>,
    ) -> Result<Claims, ClientJwtError> {
        let texts = self.shared_secrets_of(client).map_err(ClientJwtError::Unavailable)?;
        let keys: Vec<MacKey> = texts.iter().filter_map(|text| MacKey::new(text.expose()).ok()).collect();
        let refuse = |error: VerifyError| match (error, texts.is_empty()) {
            (VerifyError::NoKey, true) => "the secret itself is not stored: rotate the secret".to_owned(),
            (VerifyError::NoKey, false) => "the secret is too short for this HMAC".to_owned(),
            (error, _) => error.to_string(),
        };
        let verified = verify_mac(token, &MacRules { algorithms, typ, keys: &keys });
        verified.map(|verified| verified.claims).map_err(|error| ClientJwtError::Refused(refuse(error)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jwt_04_a_registration_accepts_signatures_or_macs_never_both() {
        assert_eq!(Accepted::registered(Some("HS384")), Accepted::Macs(vec![SymmetricAlgorithm::HS384]));
        assert_eq!(Accepted::registered(Some("ES256")), Accepted::Signatures(vec![Algorithm::ES256]));
        assert_eq!(Accepted::registered(None), Accepted::Signatures(Algorithm::ALL.to_vec()));
    }

    #[test]
    fn par_07_none_and_unknown_algorithms_accept_nothing() {
        for alg in ["none", "NONE", "ES256K", "hs256", ""] {
            assert_eq!(Accepted::registered(Some(alg)), Accepted::Signatures(Vec::new()), "{alg}");
            assert_eq!(Accepted::macs(Some(alg)), Accepted::Macs(Vec::new()), "{alg}");
        }
    }
}
