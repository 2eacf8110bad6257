//! The next step of an authorization request, as one pure function (OpenID Connect Core §3.1.2.3, §3.1.2.4).

use super::{AuthorizationRequest, SignedIn};
use crate::model::client::Client;
use crate::model::consent::Consent;
use crate::model::session::{self, Authentication, AuthenticationMethod};
use crate::platform::clock::Time;
use crate::protocol::acr::Acr;
use crate::protocol::error::{ErrorCode, OAuthError};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// What happened so far in this interaction.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// The session in which the person proved themselves here.
    pub authenticated: Option<String>,
    /// Who allowed the request here.
    pub consented: Option<String>,
    /// The session that the person chose here.
    #[serde(default)]
    pub selected: Option<String>,
    /// The first factor that was proven here, while the second is waited for. Nobody is signed in by it.
    #[serde(default)]
    pub first_factor: Option<FirstFactor>,
}

/// A first factor that was proven.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirstFactor {
    pub person_id: String,
    /// In which epoch of that person.
    pub epoch: i64,
    pub proof: Authentication,
    /// Where the email went that proved it; of a proof by mail alone.
    #[serde(default)]
    pub address: Option<String>,
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
    /// The classes that the client and the APIs require, by the operator's word.
    pub required: &'a [Acr],
    /// What happened so far.
    pub progress: &'a Progress,
    pub now: Time,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// The person must prove who they are.
    SignIn,
    /// The person, who is signed in, must add a second factor, of which a code is one.
    SecondFactor,
    /// The person, who is signed in, must add a passkey: no code is enough.
    Passkey,
    /// The person must say which account is meant.
    SelectAccount,
    /// The person wants an account (Initiating User Registration via OpenID Connect 1.0 §4).
    SignUp,
    /// The person must be asked.
    Consent,
    Grant,
    /// It cannot be done.
    Refuse(OAuthError),
}

impl Progress {
    /// Whether somebody came in here: who wanted an account has one now.
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

/// The next step of who has an account.
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

/// Whether the session is good enough; `None` when it is.
fn authentication(situation: &Situation<'_>, signed_in: &SignedIn) -> Option<Step> {
    let (request, prompt) = (situation.request, situation.request.prompt);
    let session = &signed_in.session;
    let here = situation.progress.authenticated.as_deref() == Some(session.id.as_str());
    let selected = situation.progress.selected.as_deref() == Some(session.id.as_str());
    let unknown = request.hint_is_unverified;
    if (prompt.select_account || unknown) && !here && !selected {
        let why = "id_token_hint cannot be verified, so that the person must say who they are";
        return Some(if prompt.none { refuse(ErrorCode::LoginRequired, why) } else { Step::SelectAccount });
    }
    let other = request.hint_sub.is_some() && request.hint_sub != signed_in.sub;
    if other && (here || prompt.none) {
        // Never a silent switch to another person (§3.1.2.1).
        return Some(refuse(ErrorCode::LoginRequired, "somebody else than the client named is signed in"));
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

/// The classes of which one must be reached, for each who asks for some: the client by an essential `acr`
/// (§5.5.1.1), the operator for the client and for each API.
fn demands(situation: &Situation<'_>) -> Vec<Vec<Acr>> {
    let essential = situation.request.essential_acr().filter(|words| !words.is_empty());
    let essential = essential.map(|words| words.into_iter().filter_map(Acr::parse).collect());
    essential.into_iter().chain(situation.required.iter().map(|acr| vec![*acr])).collect()
}

/// What is missing of what cannot be done without; `None` when nothing is.
fn required(situation: &Situation<'_>, signed_in: &SignedIn) -> Option<Step> {
    let reached = session::reached(&signed_in.session.authentications);
    let missing = demands(situation).into_iter().find(|wanted| !wanted.iter().any(|acr| reached.contains(acr)))?;
    let within_means = missing.iter().find(|acr| signed_in.means.reach(**acr));
    Some(match (within_means, situation.request.prompt.none) {
        (None, _) => unmet(&missing, reached.last().copied()),
        (Some(_), true) => refuse(ErrorCode::LoginRequired, "the person must prove more of who they are"),
        (Some(acr), false) => step_up(*acr, signed_in),
    })
}

/// Towards the best class of `acr_values` that the person has the means for: a wish, never a condition (§3.1.2.1).
fn wished(situation: &Situation<'_>, signed_in: &SignedIn) -> Option<Step> {
    let here = situation.progress.authenticated.as_deref() == Some(signed_in.session.id.as_str());
    let reached = session::reached(&signed_in.session.authentications);
    let mut wished = situation.request.acr_values.iter().filter_map(|word| Acr::parse(word));
    let best = wished.find(|acr| reached.contains(acr) || signed_in.means.reach(*acr))?;
    let step = (!reached.contains(&best) && !situation.request.prompt.none).then(|| step_up(best, signed_in))?;
    // Who has just signed in otherwise could have done so by what is wished for.
    (step == Step::SecondFactor || !here).then_some(step)
}

/// The page on which a class is reached that is within the person's means.
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

/// Why the person must be asked; `None` where they need not be.
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
        return Some("the person has not allowed this yet");
    }
    (!is_assured(client)).then_some(
        "the person allowed this before, and is asked each time all the same: any program on the device could pass as \
         a public client that answers at a loopback address or by a scheme of its own (RFC 8252 section 8.6)",
    )
}

/// Whether nobody else can pass as this client: a native app without a secret can be impersonated by any other app on
/// the device, so a remembered consent is not enough (RFC 8252 §8.6).
fn is_assured(client: &Client) -> bool {
    !client.metadata.is_public() || client.metadata.redirect_uris.iter().all(|uri| uri.starts_with("https://"))
}

fn refuse(code: ErrorCode, why: &str) -> Step {
    Step::Refuse(code.because(why).clause("OpenID Connect Core §3.1.2.6"))
}

#[cfg(test)]
mod tests;
