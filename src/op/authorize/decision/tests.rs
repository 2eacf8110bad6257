//! The whole policy as tables.

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
            logo: None,
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
        grounds: None,
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

/// Who asks for a class, and how firmly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asks {
    /// `acr_values` (§3.1.2.1).
    Wish,
    /// The claims parameter, essential (§5.5.1.1).
    Essential,
    /// The operator, for the client or an API.
    Operator,
}

/// What the person could prove.
const MEANS: [(&str, Means); 5] = [
    ("nothing", Means { authenticator: false, passkey: false, hardware_passkey: false }),
    ("app", Means { authenticator: true, passkey: false, hardware_passkey: false }),
    ("key", Means { authenticator: false, passkey: true, hardware_passkey: false }),
    ("hardware", Means { authenticator: false, passkey: true, hardware_passkey: true }),
    ("app+key", Means { authenticator: true, passkey: true, hardware_passkey: false }),
];

/// What was proved when the session began; the first column of the grid is nobody's.
const PROOFS: [&[AuthenticationMethod]; 5] = [
    &[AuthenticationMethod::Password],
    &[AuthenticationMethod::Password, AuthenticationMethod::Totp],
    &[AuthenticationMethod::Passkey { user_verified: false, hardware_bound: false }],
    &[AuthenticationMethod::Passkey { user_verified: true, hardware_bound: false }],
    &[AuthenticationMethod::Passkey { user_verified: true, hardware_bound: true }],
];

/// Without a prompt, and with nothing proved at this very request, for who is asked to reach a class and for who is
/// wished to: S signs in, 2 gives a code, P a passkey, G is granted, U is refused since it can't be reached. A column
/// each: nobody, password, password and code, passkey, passkey that checked its owner, such a one in hardware.
const GRID: [(Acr, &str, &str, &str); 20] = [
    (Acr::OneFactor, "nothing", "S G G G G G", "S G G G G G"),
    (Acr::OneFactor, "app", "S G G G G G", "S G G G G G"),
    (Acr::OneFactor, "key", "S G G G G G", "S G G G G G"),
    (Acr::OneFactor, "hardware", "S G G G G G", "S G G G G G"),
    (Acr::OneFactor, "app+key", "S G G G G G", "S G G G G G"),
    (Acr::TwoFactors, "nothing", "S U G U G G", "S G G G G G"),
    // A code beside a passkey is the same kind of factor: they sign in by their password.
    (Acr::TwoFactors, "app", "S 2 G S G G", "S 2 G S G G"),
    (Acr::TwoFactors, "key", "S P G P G G", "S P G P G G"),
    (Acr::TwoFactors, "hardware", "S P G P G G", "S P G P G G"),
    (Acr::TwoFactors, "app+key", "S 2 G P G G", "S 2 G P G G"),
    (Acr::PhishingResistant, "nothing", "S U U G G G", "S G G G G G"),
    (Acr::PhishingResistant, "app", "S U U G G G", "S G G G G G"),
    (Acr::PhishingResistant, "key", "S P P G G G", "S P P G G G"),
    (Acr::PhishingResistant, "hardware", "S P P G G G", "S P P G G G"),
    (Acr::PhishingResistant, "app+key", "S P P G G G", "S P P G G G"),
    (Acr::PhishingResistantHardware, "nothing", "S U U U U G", "S G G G G G"),
    (Acr::PhishingResistantHardware, "app", "S U U U U G", "S G G G G G"),
    (Acr::PhishingResistantHardware, "key", "S U U U U G", "S G G G G G"),
    (Acr::PhishingResistantHardware, "hardware", "S P P P P G", "S P P P P G"),
    (Acr::PhishingResistantHardware, "app+key", "S U U U U G", "S G G G G G"),
];

const PROMPTS: [&str; 6] = ["", "none", "login", "consent", "select_account", "create"];
/// None; one that the session keeps; one that it does not.
const MAX_AGES: [Option<u64>; 3] = [None, Some(100), Some(99)];

/// What a prompt and an age make of a cell. `here`: the session began at this very request.
fn cell_at(cell: &str, asks: Asks, prompt: &str, is_too_old: bool, here: bool, nobody: bool) -> &'static str {
    let again = !nobody && !here && (prompt == "login" || is_too_old);
    let stepping_up = matches!(cell, "2" | "P" | "S") && !nobody;
    let met = cell == "G"
        // A wish is no condition: nobody is shown a page for it who may not be, nor signs in for it twice.
        || (asks == Asks::Wish && stepping_up && (prompt == "none" || (here && cell != "2")));
    let base = match cell {
        _ if !nobody && !here && prompt == "select_account" => "SelectAccount",
        _ if again => "SignIn",
        _ if met && prompt == "consent" => "Consent",
        _ if met => "Grant",
        "S" => "SignIn",
        "2" => "SecondFactor",
        "P" => "Passkey",
        _ => "unmet_authentication_requirements",
    };
    match (prompt, base) {
        ("none", "SignIn" | "SecondFactor" | "Passkey") => "login_required",
        ("create", "SignIn" | "SecondFactor" | "Passkey" | "Grant") if !here => "SignUp",
        _ => base,
    }
}

#[test]
fn every_class_prompt_age_requirement_means_and_session() {
    let mut cells = 0;
    for (acr, held, demanded, wished) in GRID {
        let means = MEANS.into_iter().find(|(name, _)| *name == held).unwrap().1;
        for asks in [Asks::Wish, Asks::Essential, Asks::Operator] {
            let row = if asks == Asks::Wish { wished } else { demanded };
            for (column, cell) in row.split(' ').enumerate() {
                for (prompt, max_age, here) in turns() {
                    let proofs = column.checked_sub(1).map(|column| PROOFS[column]);
                    let case = asked(acr, asks, means, proofs, (prompt, max_age, here));
                    let expected = cell_at(cell, asks, prompt, max_age == Some(99), here, proofs.is_none());
                    assert_eq!(
                        step(&case),
                        expected,
                        "{acr:?} {held} {asks:?} {proofs:?} {prompt:?} {max_age:?} {here}"
                    );
                    cells += 1;
                }
            }
        }
    }
    assert_eq!(cells, GRID.len() * 3 * 6 * PROMPTS.len() * MAX_AGES.len() * 2);
}

fn turns() -> impl Iterator<Item = (&'static str, Option<u64>, bool)> {
    let ages = |prompt| MAX_AGES.into_iter().map(move |age| (prompt, age));
    PROMPTS.into_iter().flat_map(ages).flat_map(|(prompt, age)| [false, true].map(|here| (prompt, age, here)))
}

fn asked(
    acr: Acr,
    asks: Asks,
    means: Means,
    proofs: Option<&[AuthenticationMethod]>,
    (prompt, max_age, here): (&str, Option<u64>, bool),
) -> Case {
    let mut case = case();
    match asks {
        Asks::Wish => case.request.acr_values = vec![acr.as_str().into()],
        Asks::Essential => case.request.claims = essential_acr(&[acr.as_str()]),
        Asks::Operator => case.required = vec![acr],
    }
    (case.means, case.request.max_age) = (means, max_age);
    case.request.prompt = Prompt::parse(Some(prompt)).unwrap();
    case.progress.authenticated = here.then(|| "s".into());
    let at = NOW - Duration::from_secs(100);
    match (&mut case.session, proofs) {
        (Some(session), Some(proofs)) => {
            session.authentications = proofs.iter().map(|method| Authentication { method: *method, at }).collect();
        }
        (session, _) => *session = None,
    }
    case
}

#[test]
fn no_step_comes_again_when_it_is_done_as_well_as_the_person_can() {
    for (acr, held, ..) in GRID {
        let means = MEANS.into_iter().find(|(name, _)| *name == held).unwrap().1;
        for asks in [Asks::Wish, Asks::Essential, Asks::Operator] {
            for proofs in std::iter::once(None).chain(PROOFS.map(Some)) {
                for turn in turns().filter(|(prompt, ..)| *prompt != "none") {
                    let mut case = asked(acr, asks, means, proofs, turn);
                    let way: Vec<String> = std::iter::from_fn(|| follow(&mut case)).take(9).collect();
                    assert!(way.len() < 6, "{acr:?} {held} {asks:?} {proofs:?} {turn:?}: {way:?}");
                }
            }
        }
    }
}

/// The person does what the page asks; `None` at the end of the way.
fn follow(case: &mut Case) -> Option<String> {
    let step = step(case);
    let proof = |method| Authentication { method, at: NOW };
    let key = AuthenticationMethod::Passkey { user_verified: true, hardware_bound: case.means.hardware_passkey };
    match step.as_str() {
        "SignIn" | "SignUp" => {
            let mut began = self::case().session?;
            began.authentications = vec![proof(AuthenticationMethod::Password)];
            (case.session, case.progress.authenticated) = (Some(began), Some("s".into()));
        }
        "SecondFactor" => case.session.as_mut()?.authentications.push(proof(AuthenticationMethod::Totp)),
        "Passkey" => case.session.as_mut()?.authentications.push(proof(key)),
        "SelectAccount" => case.progress.selected = Some("s".into()),
        "Consent" => case.progress.consented = Some("p".into()),
        _ => return None,
    }
    Some(step)
}

#[test]
fn create_1_0_who_wants_an_account_makes_one_unless_they_came_in_or_it_is_refused() {
    let mut case = case();
    case.request.prompt = Prompt::parse(Some("create")).unwrap();
    assert_eq!(step(&case), "SignUp");
    case.progress.first_factor = Some(FirstFactor {
        person_id: "p".into(),
        epoch: 0,
        proof: Authentication { method: AuthenticationMethod::Password, at: NOW },
        grounds: None,
    });
    assert_eq!(step(&case), "Grant");
    case.progress = Progress { authenticated: Some("s".into()), ..Progress::default() };
    assert_eq!(step(&case), "Grant");
    case.session = None;
    assert_eq!(step(&case), "SignIn");
    case.progress = Progress::default();
    assert_eq!(step(&case), "SignUp");
}
