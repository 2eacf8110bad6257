//! The next step of an authorization request, as one pure function (OpenID Connect Core §3.1.2.3, §3.1.2.4).

use super::{AuthorizationRequest, SignedIn};
use crate::model::client::Client;
use crate::model::consent::Consent;
use crate::model::session::{self, BrowserSession};
use crate::platform::clock::Time;
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
        (false, _) => unmet(request, session),
        (true, true) => Some(refuse(ErrorCode::LoginRequired, "the person must authenticate again")),
        (true, false) => Some(Step::SignIn),
    }
}

/// An `acr` that the client cannot do without and that nobody can reach here (§5.5.1.1).
fn unmet(request: &AuthorizationRequest, session: &BrowserSession) -> Option<Step> {
    let wanted = request.essential_acr()?;
    let reached = session::acr(&session.authentications);
    let met = wanted.is_empty() || reached.is_some_and(|reached| wanted.contains(&reached));
    (!met).then(|| {
        Step::Refuse(
            ErrorCode::UnmetAuthenticationRequirements
                .because("none of the authentication context classes that are essential can be reached")
                .clause("OpenID Connect Core §5.5.1.1")
                .sent(wanted.join(" "), reached.unwrap_or_default()),
        )
    })
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
    use crate::model::session::{Authentication, AuthenticationMethod};
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
        };
        let signed_in = case.session.clone().map(|session| SignedIn {
            session,
            sub: Some(user.sub.clone()),
            user,
            consent: case.consent.clone(),
        });
        let step = decide(&Situation {
            request: &case.request,
            client: &case.client,
            signed_in: signed_in.as_ref(),
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
