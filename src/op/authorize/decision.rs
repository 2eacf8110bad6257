//! The next step of an authorization request, as one pure function (OpenID Connect Core §3.1.2.3, §3.1.2.4).

use super::AuthorizationRequest;
use crate::model::client::Client;
use crate::model::consent::Consent;
use crate::model::session::BrowserSession;
use crate::model::user::User;
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
}

/// Everything the decision depends on.
#[derive(Debug)]
pub struct Situation<'a> {
    /// What is asked.
    pub request: &'a AuthorizationRequest,
    /// Who asks.
    pub client: &'a Client,
    /// Who is signed in.
    pub signed_in: Option<(&'a BrowserSession, &'a User)>,
    /// What that person allowed this client before.
    pub consent: Option<&'a Consent>,
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
    let Some((session, user)) = situation.signed_in else {
        return if prompt.none { refuse(ErrorCode::LoginRequired, "nobody is signed in") } else { Step::SignIn };
    };
    if let Some(step) = authentication(situation, session, user) {
        return step;
    }
    match (needs_consent(situation, user), prompt.none) {
        (false, _) => Step::Grant,
        (true, true) => refuse(ErrorCode::ConsentRequired, "the person has not allowed this yet"),
        (true, false) => Step::Consent,
    }
}

/// Whether the session is good enough; `None` when it is.
fn authentication(situation: &Situation<'_>, session: &BrowserSession, user: &User) -> Option<Step> {
    let (request, prompt) = (situation.request, situation.request.prompt);
    let here = situation.progress.authenticated.as_deref() == Some(session.id.as_str());
    let other = request.hint_sub.as_ref().is_some_and(|sub| *sub != user.sub);
    if other && (here || prompt.none) {
        // Never a silent switch to another person (§3.1.2.1).
        return Some(refuse(ErrorCode::LoginRequired, "somebody else than id_token_hint names is signed in"));
    }
    let age = situation.now.since(session.auth_time());
    let too_old = request.max_age.is_some_and(|limit| age > Duration::from_secs(limit) || limit == 0);
    let again = other || (!here && (prompt.login || prompt.select_account || too_old));
    match (again, prompt.none) {
        (false, _) => None,
        (true, true) => Some(refuse(ErrorCode::LoginRequired, "the person must authenticate again")),
        (true, false) => Some(Step::SignIn),
    }
}

fn needs_consent(situation: &Situation<'_>, user: &User) -> bool {
    let Situation { request, client, .. } = situation;
    if situation.progress.consented.as_deref() == Some(user.id.as_str()) {
        return false;
    }
    if request.prompt.consent {
        return true;
    }
    if client.metadata.trusted {
        return false;
    }
    !is_assured(client) || !situation.consent.is_some_and(|consent| consent.covers(&request.scope, &request.resources))
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
    use crate::model::user::UserStatus;
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
            consent: Some(Consent { scope, resources: vec![] }),
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
        let step = decide(&Situation {
            request: &case.request,
            client: &case.client,
            signed_in: case.session.as_ref().map(|session| (session, &user)),
            consent: case.consent.as_ref(),
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
        let cases: [(&str, &str, Change); 19] = [
            ("", "Grant", |_| {}),
            ("", "SignIn", |c| c.session = None),
            ("none", "login_required", |c| c.session = None),
            ("none", "Grant", |_| {}),
            ("login", "SignIn", |_| {}),
            ("login", "Grant", |c| c.progress.authenticated = Some("s".into())),
            ("login", "SignIn", |c| c.progress.authenticated = Some("another session".into())),
            ("select_account", "SignIn", |_| {}),
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
