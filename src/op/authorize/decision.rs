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
    /// By whom.
    pub person_id: String,
    /// In which epoch of that person.
    pub epoch: i64,
    /// How, and when.
    pub proof: Authentication,
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
    /// What is asked.
    pub request: &'a AuthorizationRequest,
    /// Who asks.
    pub client: &'a Client,
    /// Who is signed in.
    pub signed_in: Option<&'a SignedIn>,
    /// The classes that the client and the APIs require, by the operator's word.
    pub required: &'a [Acr],
    /// What happened so far.
    pub progress: &'a Progress,
    /// The present.
    pub now: Time,
}

/// What comes next.
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
    /// The person must be asked.
    Consent,
    /// Nothing is missing.
    Grant,
    /// It cannot be done.
    Refuse(OAuthError),
}

/// Decides.
pub fn decide(situation: &Situation<'_>) -> Step {
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
        (false, _) => Step::Grant,
        (true, true) => refuse(ErrorCode::ConsentRequired, "the person has not allowed this yet"),
        (true, false) => Step::Consent,
    }
}

/// Whether the session is good enough; `None` when it is.
fn authentication(situation: &Situation<'_>, signed_in: &SignedIn) -> Option<Step> {
    let (request, prompt) = (situation.request, situation.request.prompt);
    let session = &signed_in.session;
    let here = situation.progress.authenticated.as_deref() == Some(session.id.as_str());
    let selected = situation.progress.selected.as_deref() == Some(session.id.as_str());
    if prompt.select_account && !here && !selected {
        return Some(Step::SelectAccount);
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

fn needs_consent(situation: &Situation<'_>, signed_in: &SignedIn) -> bool {
    let Situation { request, client, .. } = situation;
    if situation.progress.consented.as_deref() == Some(signed_in.user.id.as_str()) {
        return false;
    }
    if request.prompt.consent {
        return true;
    }
    if client.metadata.trusted {
        return false;
    }
    let asked = Consent {
        scope: request.scope.clone(),
        resources: request.resources.clone(),
        claims: request.claims.personal(),
    };
    !is_assured(client) || !signed_in.consent.as_ref().is_some_and(|consent| consent.covers(&asked))
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
mod tests {
    use super::*;
    use crate::model::client::Origin;
    use crate::model::factor::Means;
    use crate::model::session::BrowserSession;
    use crate::model::user::{User, UserStatus};
    use crate::protocol::client_metadata::ClientMetadata;
    use crate::protocol::prompt::Prompt;
    use crate::protocol::scope::Scope;

    const NOW: Time = Time::from_seconds(10_000);

    struct Case {
        request: AuthorizationRequest,
        client: Client,
        session: Option<BrowserSession>,
        consent: Option<Consent>,
        means: Means,
        required: Vec<Acr>,
        progress: Progress,
    }

    fn case() -> Case {
        let metadata = ClientMetadata { redirect_uris: vec!["https://rp.example/cb".into()], ..Default::default() };
        let scope = Scope::parse("openid email").unwrap();
        Case {
            request: AuthorizationRequest { scope: scope.clone(), ..Default::default() },
            client: Client {
                id: "rp".into(),
                enabled: true,
                version: 1,
                origin: Origin::Operator,
                metadata,
                secrets: vec![],
                keys: None,
            },
            session: Some(BrowserSession {
                id: "s".into(),
                person_id: "p".into(),
                authentications: vec![Authentication {
                    method: AuthenticationMethod::Password,
                    at: NOW - Duration::from_secs(100),
                }],
                expires_at: NOW + Duration::from_secs(1),
            }),
            consent: Some(Consent { scope, ..Consent::default() }),
            means: Means::default(),
            required: vec![],
            progress: Progress::default(),
        }
    }

    fn step(case: &Case) -> String {
        let user = User {
            id: "p".into(),
            sub: "sub-p".into(),
            status: UserStatus::Active,
            epoch: 0,
            version: 1,
            claims: serde_json::Map::new(),
            appearance: Default::default(),
        };
        let signed_in = case.session.clone().map(|session| SignedIn {
            session,
            sub: Some(user.sub.clone()),
            user,
            consent: case.consent.clone(),
            means: case.means,
        });
        let step = decide(&Situation {
            request: &case.request,
            client: &case.client,
            signed_in: signed_in.as_ref(),
            required: &case.required,
            progress: &case.progress,
            now: NOW,
        });
        match step {
            Step::Refuse(error) => error.code.to_string(),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn oidc_core_3_1_2_3_every_way_through_the_decision() {
        let prompt = |text| Prompt::parse(Some(text)).unwrap();
        type Change = fn(&mut Case);
        let cases: [(&str, &str, Change); 31] = [
            ("", "Grant", |_| {}),
            ("", "SignIn", |c| c.session = None),
            ("none", "login_required", |c| c.session = None),
            ("none", "Grant", |_| {}),
            ("login", "SignIn", |_| {}),
            ("login", "Grant", |c| c.progress.authenticated = Some("s".into())),
            ("login", "SignIn", |c| c.progress.authenticated = Some("another session".into())),
            ("select_account", "SelectAccount", |_| {}),
            ("select_account", "Grant", |c| c.progress.selected = Some("s".into())),
            ("select_account", "Grant", |c| c.progress.authenticated = Some("s".into())),
            ("select_account", "SelectAccount", |c| c.progress.selected = Some("another session".into())),
            ("select_account", "SignIn", |c| c.session = None),
            ("select_account login", "SignIn", |c| c.progress.selected = Some("s".into())),
            ("", "Grant", |c| c.request.claims = essential_acr(&["1fa", "2fa"])),
            ("", "Grant", |c| c.request.claims = essential_acr(&[])),
            ("", "unmet_authentication_requirements", |c| c.request.claims = essential_acr(&["2fa"])),
            ("none", "unmet_authentication_requirements", |c| c.request.claims = essential_acr(&["2fa"])),
            ("", "Grant", |c| c.request.acr_values = vec!["2fa".into()]),
            ("", "Consent", |c| c.request.claims.userinfo = [("birthdate".into(), Default::default())].into()),
            ("", "Grant", |c| c.request.claims.id_token = [("auth_time".into(), Default::default())].into()),
            ("", "Consent", |c| c.consent = None),
            ("none", "consent_required", |c| c.consent = None),
            ("consent", "Consent", |_| {}),
            ("consent", "Grant", |c| c.progress.consented = Some("p".into())),
            ("consent", "Consent", |c| c.progress.consented = Some("somebody else".into())),
            ("", "SignIn", |c| c.request.max_age = Some(99)),
            ("", "Grant", |c| c.request.max_age = Some(100)),
            ("none", "login_required", |c| c.request.max_age = Some(0)),
            ("", "SignIn", |c| c.request.hint_sub = Some("sub-q".into())),
            ("none", "login_required", |c| c.request.hint_sub = Some("sub-q".into())),
            ("", "Grant", |c| c.request.hint_sub = Some("sub-p".into())),
        ];
        for (number, (words, expected, change)) in cases.into_iter().enumerate() {
            let mut case = case();
            case.request.prompt = prompt(words);
            change(&mut case);
            assert_eq!(step(&case), expected, "case {number}, prompt {words:?}");
        }
    }

    fn essential_acr(values: &[&str]) -> crate::protocol::claims_request::ClaimsRequest {
        let values = values.iter().map(|value| serde_json::json!(value)).collect();
        let acr = crate::protocol::claims_request::ClaimRequest { essential: true, values };
        crate::protocol::claims_request::ClaimsRequest { id_token: [("acr".into(), acr)].into(), ..Default::default() }
    }

    #[test]
    fn oidc_core_5_5_1_1_the_login_policy() {
        use AuthenticationMethod::{Password, Totp};
        const UNMET: &str = "unmet_authentication_requirements";
        let key = |user_verified, hardware_bound| AuthenticationMethod::Passkey { user_verified, hardware_bound };
        let nothing = Means::default();
        let authenticator = Means { authenticator: true, ..nothing };
        let passkey = Means { passkey: true, ..nothing };
        let hardware = Means { hardware_passkey: true, ..passkey };
        let both = Means { authenticator: true, ..passkey };
        // wish, essential, required by the operator, prompt, means, proofs with their age, the step
        type Row<'a> = (&'a str, &'a [&'a str], &'a [Acr], &'a str, Means, &'a [(AuthenticationMethod, u64)], &'a str);
        let one: &[(AuthenticationMethod, u64)] = &[(Password, 100)];
        let two: &[(AuthenticationMethod, u64)] = &[(Password, 100), (Totp, 90)];
        let rows: &[Row<'_>] = &[
            // A wish: as far as the person can, the best first, never a refusal.
            ("2fa", &[], &[], "", nothing, one, "Grant"),
            ("2fa", &[], &[], "", authenticator, one, "SecondFactor"),
            ("2fa", &[], &[], "", authenticator, two, "Grant"),
            ("2fa", &[], &[], "none", authenticator, one, "Grant"),
            ("1fa 2fa", &[], &[], "", authenticator, one, "Grant"),
            ("2fa 1fa", &[], &[], "", authenticator, one, "SecondFactor"),
            ("phr 2fa", &[], &[], "", authenticator, one, "SecondFactor"),
            ("phr 2fa", &[], &[], "", both, one, "Passkey"),
            ("phr", &[], &[], "", passkey, two, "Passkey"),
            ("phrh", &[], &[], "", passkey, two, "Grant"),
            ("phrh phr", &[], &[], "", hardware, two, "Passkey"),
            ("2fa", &[], &[], "", passkey, one, "Passkey"),
            ("phr", &[], &[], "", passkey, &[(key(false, false), 9)], "Grant"),
            ("urn:gold", &[], &[], "", both, one, "Grant"),
            ("", &[], &[], "", both, one, "Grant"),
            // Essential: reached, stepped up to, or refused.
            ("", &["2fa"], &[], "", nothing, one, UNMET),
            ("", &["2fa"], &[], "", authenticator, one, "SecondFactor"),
            ("", &["2fa"], &[], "", authenticator, two, "Grant"),
            ("", &["2fa"], &[], "none", authenticator, one, "login_required"),
            ("", &["2fa"], &[], "none", nothing, one, UNMET),
            ("", &["2fa"], &[], "", passkey, &[(key(true, false), 9)], "Grant"),
            ("", &["2fa"], &[], "", both, &[(key(false, false), 9)], "Passkey"),
            ("", &["phr"], &[], "", authenticator, two, UNMET),
            ("", &["phr", "2fa"], &[], "", authenticator, one, "SecondFactor"),
            ("", &["phr"], &[], "", both, two, "Passkey"),
            ("", &["phr"], &[], "none", both, two, "login_required"),
            ("", &["phrh"], &[], "", passkey, &[(key(true, false), 9)], UNMET),
            ("", &["phrh"], &[], "", hardware, &[(key(true, false), 9)], "Passkey"),
            ("", &["phrh"], &[], "", hardware, &[(key(true, true), 9)], "Grant"),
            ("", &["urn:gold"], &[], "", both, two, UNMET),
            ("", &["urn:gold", "1fa"], &[], "", nothing, one, "Grant"),
            // Required of the client or of an API: each by itself.
            ("", &[], &[Acr::TwoFactors], "", nothing, one, UNMET),
            ("", &[], &[Acr::TwoFactors], "", authenticator, one, "SecondFactor"),
            ("", &[], &[Acr::TwoFactors], "none", authenticator, one, "login_required"),
            ("1fa", &["1fa"], &[Acr::TwoFactors], "", authenticator, one, "SecondFactor"),
            ("", &[], &[Acr::TwoFactors, Acr::PhishingResistant], "", both, two, "Passkey"),
            ("", &[], &[Acr::OneFactor], "", nothing, one, "Grant"),
            // Signing in again comes before stepping up.
            ("2fa", &[], &[], "login", authenticator, two, "SignIn"),
        ];
        for row in rows {
            let (wish, essential, required, words, means, proofs, expected) = row;
            let mut case = case();
            case.request.prompt = Prompt::parse(Some(words)).unwrap();
            case.request.acr_values = wish.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect();
            if !essential.is_empty() {
                case.request.claims = essential_acr(essential);
            }
            (case.required, case.means) = (required.to_vec(), *means);
            if let Some(session) = &mut case.session {
                let proof = |(method, age): &(AuthenticationMethod, u64)| Authentication {
                    method: *method,
                    at: NOW - Duration::from_secs(*age),
                };
                session.authentications = proofs.iter().map(proof).collect();
            }
            assert_eq!(&step(&case), expected, "{row:?}");
        }
    }

    #[test]
    fn max_age_holds_for_each_factor() {
        for (password, code, expected) in [(100, 90, "Grant"), (101, 0, "SignIn"), (0, 101, "SignIn")] {
            let mut case = case();
            case.request.max_age = Some(100);
            let proof = |method, age| Authentication { method, at: NOW - Duration::from_secs(age) };
            if let Some(session) = &mut case.session {
                session.authentications =
                    vec![proof(AuthenticationMethod::Password, password), proof(AuthenticationMethod::Totp, code)];
            }
            assert_eq!(step(&case), expected, "{password} {code}");
        }
    }

    #[test]
    fn a_step_up_by_code_is_no_sign_in() {
        let mut case = case();
        case.request.prompt = Prompt::parse(Some("login")).unwrap();
        case.progress.first_factor = Some(FirstFactor {
            person_id: "p".into(),
            epoch: 0,
            proof: Authentication { method: AuthenticationMethod::Password, at: NOW },
        });
        assert_eq!(step(&case), "SignIn");
    }

    #[test]
    fn a_wish_that_another_way_of_signing_in_could_meet_is_not_insisted_on() {
        let mut case = case();
        (case.means.passkey, case.request.acr_values) = (true, vec!["phr".into()]);
        assert_eq!(step(&case), "Passkey");
        case.progress.authenticated = Some("s".into());
        assert_eq!(step(&case), "Grant");
    }

    #[test]
    fn oid_04_after_another_person_signed_in_the_hint_refuses() {
        let mut case = case();
        case.request.hint_sub = Some("sub-q".into());
        case.progress.authenticated = Some("s".into());
        assert_eq!(step(&case), "login_required");
    }

    #[test]
    fn a_trusted_client_needs_no_consent_unless_it_asks_for_it() {
        let mut case = case();
        case.consent = None;
        case.client.metadata.trusted = true;
        assert_eq!(step(&case), "Grant");
        case.request.prompt.consent = true;
        assert_eq!(step(&case), "Consent");
    }

    #[test]
    fn oid_12_new_scopes_and_resources_are_asked_for() {
        let mut case = case();
        case.request.scope = Scope::parse("openid email phone").unwrap();
        assert_eq!(step(&case), "Consent");
        case.request.scope = Scope::parse("openid").unwrap();
        case.request.resources = vec!["https://api.example".into()];
        assert_eq!(step(&case), "Consent");
    }

    #[test]
    fn rfc8252_8_6_a_native_app_is_asked_for_each_time() {
        let mut case = case();
        case.client.metadata.token_endpoint_auth_method = Some("none".into());
        assert_eq!(step(&case), "Grant");
        case.client.metadata.redirect_uris = vec!["com.example.app:/cb".into()];
        assert_eq!(step(&case), "Consent");
    }
}
