//! The next step of an authorization request, as one pure function (OpenID Connect Core §3.1.2.3, §3.1.2.4).

use super::{AuthorizationRequest, SignedIn};
use crate::model::client::Client;
use crate::model::consent::Consent;
use crate::model::session::{self, Authentication, AuthenticationMethod, Grounds};
use crate::platform::clock::Time;
use crate::protocol::acr::Acr;
use crate::protocol::error::{ErrorCode, OAuthError};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// What happened so far in this interaction.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// The session in which the person authenticated in this interaction.
    pub authenticated: Option<String>,
    /// Who consented in this interaction.
    pub consented: Option<String>,
    /// The session that the person chose in this interaction.
    #[serde(default)]
    pub selected: Option<String>,
    /// The first factor, while the second is pending. It signs nobody in.
    #[serde(default)]
    pub first_factor: Option<FirstFactor>,
}

/// A first factor that was proven.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirstFactor {
    pub person_id: String,
    /// The person's epoch at that time.
    pub epoch: i64,
    pub proof: Authentication,
    /// What the proof rests on; without it the person starts again.
    #[serde(default)]
    pub grounds: Option<Grounds>,
}

impl FirstFactor {
    /// How long the second factor may take.
    pub const LIFETIME: Duration = Duration::from_secs(10 * 60);

    /// Whether the second factor may still follow.
    pub fn is_live(&self, now: Time) -> bool {
        now.since(self.proof.at) < Self::LIFETIME
    }
}

/// Everything the decision depends on.
#[derive(Debug)]
pub struct Situation<'a> {
    pub request: &'a AuthorizationRequest,
    pub client: &'a Client,
    /// Who is signed in.
    pub signed_in: Option<&'a SignedIn>,
    /// The classes that the operator requires for the client and the APIs.
    pub required: &'a [Acr],
    /// What happened so far.
    pub progress: &'a Progress,
    pub now: Time,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// The person must prove who they are.
    SignIn,
    /// The signed-in person must add a second factor; a code is enough.
    SecondFactor,
    /// The signed-in person must add a passkey; a code is not enough.
    Passkey,
    /// The person must choose an account.
    SelectAccount,
    /// The person must create an account (Initiating User Registration via OpenID Connect 1.0 §4).
    SignUp,
    /// The person must be asked for consent.
    Consent,
    Grant,
    /// The request is refused.
    Refuse(OAuthError),
}

impl Progress {
    /// Whether somebody signed in during this interaction: then the account exists.
    const fn came(&self) -> bool {
        self.authenticated.is_some() || self.first_factor.is_some()
    }
}

pub fn decide(situation: &Situation<'_>) -> Step {
    match towards_grant(situation) {
        Step::Refuse(error) => Step::Refuse(error),
        _ if situation.request.prompt.create && !situation.progress.came() => Step::SignUp,
        step => step,
    }
}

/// The next step for a person who has an account.
fn towards_grant(situation: &Situation<'_>) -> Step {
    let prompt = situation.request.prompt;
    let Some(signed_in) = situation.signed_in else {
        return if prompt.none { refuse(ErrorCode::LoginRequired, "nobody is signed in") } else { Step::SignIn };
    };
    if let Some(step) = authentication(situation, signed_in) {
        return step;
    }
    if let Some(step) = required(situation, signed_in).or_else(|| wished(situation, signed_in)) {
        return step;
    }
    match (needs_consent(situation, signed_in), prompt.none) {
        (None, _) => Step::Grant,
        (Some(why), true) => refuse(ErrorCode::ConsentRequired, why),
        (Some(_), false) => Step::Consent,
    }
}

/// The step that the session requires; `None` when it is good enough.
fn authentication(situation: &Situation<'_>, signed_in: &SignedIn) -> Option<Step> {
    let (request, prompt) = (situation.request, situation.request.prompt);
    let session = &signed_in.session;
    let here = situation.progress.authenticated.as_deref() == Some(session.id.as_str());
    let selected = situation.progress.selected.as_deref() == Some(session.id.as_str());
    let unknown = request.hint_is_unverified;
    if (prompt.select_account || unknown) && !here && !selected {
        let why = "id_token_hint cannot be verified, so the person must choose an account";
        return Some(if prompt.none { refuse(ErrorCode::LoginRequired, why) } else { Step::SelectAccount });
    }
    let other = request.hint_sub.is_some() && request.hint_sub != signed_in.sub;
    if other && (here || prompt.none) {
        // Never a silent switch to another person (§3.1.2.1).
        return Some(refuse(ErrorCode::LoginRequired, "another person than the one in the request is signed in"));
    }
    let age = situation.now.since(session.auth_time());
    let too_old = request.max_age.is_some_and(|limit| age > Duration::from_secs(limit) || limit == 0);
    let again = other || (!here && (prompt.login || too_old));
    match (again, prompt.none) {
        (false, _) => None,
        (true, true) => Some(refuse(ErrorCode::LoginRequired, "the person must authenticate again")),
        (true, false) => Some(Step::SignIn),
    }
}

/// The sets of classes of which one each must be reached: the client's by an essential `acr`
/// (§5.5.1.1), the operator for the client and for each API.
fn demands(situation: &Situation<'_>) -> Vec<Vec<Acr>> {
    let essential = situation.request.essential_acr().filter(|words| !words.is_empty());
    let essential = essential.map(|words| words.into_iter().filter_map(Acr::parse).collect());
    essential.into_iter().chain(situation.required.iter().map(|acr| vec![*acr])).collect()
}

/// The step that a required class needs; `None` when all are reached.
fn required(situation: &Situation<'_>, signed_in: &SignedIn) -> Option<Step> {
    let reached = session::reached(&signed_in.session.authentications);
    let missing = demands(situation).into_iter().find(|wanted| !wanted.iter().any(|acr| reached.contains(acr)))?;
    let within_means = missing.iter().find(|acr| signed_in.means.reach(**acr));
    Some(match (within_means, situation.request.prompt.none) {
        (None, _) => unmet(&missing, reached.last().copied()),
        (Some(_), true) => refuse(ErrorCode::LoginRequired, "the person must authenticate with a stronger factor"),
        (Some(acr), false) => step_up(*acr, signed_in),
    })
}

/// The step towards the best class of `acr_values` that the person can reach; voluntary, never a condition (§3.1.2.1).
fn wished(situation: &Situation<'_>, signed_in: &SignedIn) -> Option<Step> {
    let here = situation.progress.authenticated.as_deref() == Some(signed_in.session.id.as_str());
    let reached = session::reached(&signed_in.session.authentications);
    let mut wished = situation.request.acr_values.iter().filter_map(|word| Acr::parse(word));
    let best = wished.find(|acr| reached.contains(acr) || signed_in.means.reach(*acr))?;
    let step = (!reached.contains(&best) && !situation.request.prompt.none).then(|| step_up(best, signed_in))?;
    // A person who has just signed in another way could have used the requested one.
    (step == Step::SecondFactor || !here).then_some(step)
}

/// The page on which the person can reach a class.
fn step_up(wanted: Acr, signed_in: &SignedIn) -> Step {
    let mut with_code = signed_in.session.authentications.clone();
    with_code.push(Authentication { method: AuthenticationMethod::Totp, at: Time::default() });
    let by_code = signed_in.means.authenticator && session::reached(&with_code).contains(&wanted);
    match (by_code, signed_in.means.passkey) {
        (true, _) => Step::SecondFactor,
        (false, true) => Step::Passkey,
        (false, false) => Step::SignIn,
    }
}

fn unmet(wanted: &[Acr], reached: Option<Acr>) -> Step {
    let wanted: Vec<_> = wanted.iter().map(|acr| acr.as_str()).collect();
    Step::Refuse(
        ErrorCode::UnmetAuthenticationRequirements
            .because("none of the authentication context classes that are required can be reached")
            .clause("OpenID Connect Core §5.5.1.1")
            .sent(wanted.join(" "), reached.map(Acr::as_str).unwrap_or_default()),
    )
}

/// Why consent is required; `None` where it is not.
fn needs_consent(situation: &Situation<'_>, signed_in: &SignedIn) -> Option<&'static str> {
    let Situation { request, client, .. } = situation;
    if situation.progress.consented.as_deref() == Some(signed_in.user.id.as_str()) {
        return None;
    }
    if request.prompt.consent {
        return Some("the request has prompt consent");
    }
    if client.metadata.trusted {
        return None;
    }
    let asked = Consent {
        scope: request.scope.clone(),
        resources: request.resources.clone(),
        claims: request.claims.personal(),
    };
    if !signed_in.consent.as_ref().is_some_and(|consent| consent.covers(&asked)) {
        return Some("the person has not consented to this yet");
    }
    (!is_assured(client)).then_some(
        "the person consented before but is asked each time: any program on the device could impersonate \
         a public client with a loopback address or a private-use URI scheme (RFC 8252 section 8.6)",
    )
}

/// Whether nobody can impersonate this client. A native app without a secret can be impersonated by any other app on
/// the device, so a remembered consent is not enough (RFC 8252 §8.6).
fn is_assured(client: &Client) -> bool {
    !client.metadata.is_public() || client.metadata.redirect_uris.iter().all(|uri| uri.starts_with("https://"))
}

fn refuse(code: ErrorCode, why: &str) -> Step {
    Step::Refuse(code.because(why).clause("OpenID Connect Core §3.1.2.6"))
}

#[cfg(test)]
mod tests;
