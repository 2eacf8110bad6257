//! From a proof to a session, or to the page of the second factor.

use super::second_factor;
use super::session::{Coming, Started};
use crate::model::known_device::KNOWN_FOR;
use crate::model::session::{Authentication, AuthenticationMethod, Grounds, ProvenFactor};
use crate::model::user::User;
use crate::op::authorize::FirstFactor;
use crate::op::authorize::interaction::Bound;
use crate::op::page::{PageRequest, see_other};
use crate::platform::error::Unavailable;
use crate::platform::http::cookies::{DEVICE, SESSION};
use crate::platform::http::edge::Visit;
use crate::platform::paths::Screen;
use crate::protocol::error::OAuthError;
use actix_web::HttpResponse;
use actix_web::cookie::Cookie;

/// Where a person signs in.
pub struct Entry<'a> {
    /// The request that carried the proof.
    pub request: &'a PageRequest<'a>,
    /// The interaction that the proof belongs to.
    pub bound: &'a Bound,
    pub visit: Visit,
}

/// Every proof that counts from now on, and what those rest on that were given in this interaction.
type Proven = (Vec<Authentication>, Vec<Grounds>);

impl Entry<'_> {
    /// A first factor was proved: the session starts, unless a second factor must follow. Then nobody is signed in
    /// yet, and the interaction stores the proof.
    ///
    /// # Errors
    /// When a store does not answer; the same for every function here.
    pub async fn first_factor(&self, user: User, factor: ProvenFactor) -> Result<HttpResponse, OAuthError> {
        let op = self.request.op;
        let proof = Authentication { method: factor.method, at: op.now() };
        if !second_factor::is_needed(op, &user, &[proof], self.request.known_device()).await? {
            return self.begin(user, (vec![proof], vec![factor.grounds]), false).await;
        }
        let mut bound = self.bound.clone();
        let first = FirstFactor { person_id: user.id, epoch: user.epoch, proof, grounds: Some(factor.grounds) };
        bound.interaction.progress.first_factor = Some(first);
        op.interactions.remember(&bound).await?;
        Ok(see_other(&op.path(Screen::SecondFactor.at(&bound.id)), []))
    }

    /// A first factor was proved by a code or link sent to this address. It is valid as long as the address is theirs.
    pub async fn first_factor_by_mail(&self, user: User, address: Option<String>) -> Result<HttpResponse, OAuthError> {
        let grounds = address.map_or(Grounds::Spent, Grounds::Address);
        self.first_factor(user, ProvenFactor { method: AuthenticationMethod::EmailCode, grounds }).await
    }

    /// The second factor followed the first.
    pub async fn second_factor(
        &self,
        user: User,
        first: &FirstFactor,
        factor: ProvenFactor,
        remember: bool,
    ) -> Result<HttpResponse, OAuthError> {
        let Some(before) = first.grounds.clone() else { return self.start_again().await };
        let second = Authentication { method: factor.method, at: self.request.op.now() };
        self.begin(user, (vec![first.proof, second], vec![before, factor.grounds]), remember).await
    }

    /// The signed-in person proved another factor.
    pub async fn step_up(
        &self,
        user: User,
        before: &[Authentication],
        factor: ProvenFactor,
        remember: bool,
    ) -> Result<HttpResponse, OAuthError> {
        let (op, method) = (self.request.op, factor.method);
        let others = before.iter().filter(|proof| proof.method != method).copied();
        let proofs = others.chain([Authentication { method, at: op.now() }]).collect();
        let hub = op.path(Screen::Authorize.at(&self.bound.id));
        match self.coming(user, (proofs, vec![factor.grounds]), remember).await?.step_up(op).await? {
            Some(started) => Ok(self.arrive(&hub, started, &[])),
            // The session ended meanwhile, or the factor is gone: the hub knows what comes next.
            None => Ok(see_other(&hub, [])),
        }
    }

    /// The session starts with new cookies; then the hub decides again.
    async fn begin(&self, user: User, proven: Proven, remember: bool) -> Result<HttpResponse, OAuthError> {
        let op = self.request.op;
        let looks = self.request.appearance_cookies(&user.appearance);
        let Some(started) = self.coming(user, proven, remember).await?.sign_in(op).await? else {
            return self.start_again().await;
        };
        let mut bound = self.bound.clone();
        bound.interaction.progress.authenticated = Some(started.session_id.clone());
        bound.interaction.progress.first_factor = None;
        op.interactions.remember(&bound).await?;
        Ok(self.arrive(&op.path(Screen::Authorize.at(&bound.id)), started, &looks))
    }

    /// What was proven no longer counts: the person signs in from the start.
    async fn start_again(&self) -> Result<HttpResponse, OAuthError> {
        let op = self.request.op;
        let mut bound = self.bound.clone();
        bound.interaction.progress.first_factor = None;
        op.interactions.remember(&bound).await?;
        Ok(see_other(&op.path(Screen::SignIn.at(&bound.id)), []))
    }

    async fn coming(&self, user: User, (proofs, grounds): Proven, remember: bool) -> Result<Coming<'_>, Unavailable> {
        let request = self.request;
        Ok(Coming {
            user,
            proofs,
            grounds,
            device: request.device(self.visit.client.network().to_string()),
            cookie: request.session_cookie(),
            browser: request.browser().await?.unwrap_or_default(),
            known_by: request.known_device(),
            remember,
        })
    }

    fn arrive(&self, location: &str, started: Started, looks: &[Cookie<'static>]) -> HttpResponse {
        let (op, cookies) = (self.request.op, self.request.op.cookies());
        let session = cookies.set(SESSION, &started.session_cookie, Some(op.config.session.absolute));
        let device = cookies.set(DEVICE, &started.device_cookie, Some(KNOWN_FOR));
        let state = self.request.browser_state_cookie(Some(&started.session_id));
        see_other(location, [session, device].into_iter().chain(state).chain(looks.iter().cloned()))
    }
}
