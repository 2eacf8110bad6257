//! Who is signed in, as the durable store confirms it.

use super::Op;
use crate::model::client::Client;
use crate::model::consent::Consent;
use crate::model::factor::{self, Means};
use crate::model::session::{self, Browser, BrowserSession};
use crate::model::subject;
use crate::model::user::User;
use crate::platform::config::FeatureName;
use crate::platform::error::Unavailable;

/// A person with a session.
#[derive(Debug)]
pub struct SignedIn {
    /// The session in use.
    pub session: BrowserSession,
    pub user: User,
    /// The person's subject for the requesting client; `None` where there is none yet.
    pub sub: Option<String>,
    /// Their consent to the requesting client.
    pub consent: Option<Consent>,
    /// The factors that they have; read only where the request asks for a class of authentication.
    pub means: Means,
}

/// The perspective and detail of the look-up.
#[derive(Clone, Copy, Debug)]
pub struct AskedBy<'a> {
    /// The client whose view of the person counts.
    pub client: &'a Client,
    /// Whether the person's other factors are needed.
    pub with_means: bool,
}

impl Op {
    /// The session in use and its person, confirmed in the durable store, from the client's perspective.
    ///
    /// # Errors
    /// When a store does not answer.
    pub async fn signed_in(
        &self,
        browser: Option<&Browser>,
        asked_by: Option<AskedBy<'_>>,
    ) -> Result<Option<SignedIn>, Unavailable> {
        let now = self.now();
        let Some(session) = browser.and_then(|browser| browser.current(now)).cloned() else { return Ok(None) };
        let asking = asked_by.map(|asked_by| (asked_by.client.id.clone(), asked_by.client.sector()));
        let with_means = asked_by.is_some_and(|asked_by| asked_by.with_means);
        // Passkeys of another host name do not count.
        let passkeys = self.has_feature(FeatureName::Passkeys);
        self.db
            .read(move |connection| {
                let found = match &asking {
                    Some((client, _)) => session::store::find_live_for(connection, &session.id, client, now)?,
                    None => session::store::find_live(connection, &session.id, now)?.map(|user| (user, None)),
                };
                let found = found.filter(|(user, _)| user.id == session.person_id);
                let Some((user, consent)) = found else { return Ok(None) };
                let sector = asking.and_then(|(_, sector)| sector);
                let sub = subject::store::known(connection, &user, sector.as_deref())?;
                let mut means = match with_means {
                    true => factor::store::means(connection, &user.id)?,
                    false => Means::default(),
                };
                means.passkey &= passkeys;
                means.hardware_passkey &= passkeys;
                Ok(Some(SignedIn { session, user, sub, consent, means }))
            })
            .await
    }
}
