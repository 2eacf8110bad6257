//! The grant core beside the drivers that its library brings along: both are sent the same token requests, and their
//! verdicts agree but for a written list of differences. In each of them theirs lets through what we refuse, or both
//! refuse in other words; where we answer and they do not, it is because their map lost what it should have kept.

mod theirs;

use crate::support::{Auth, Browser, RelyingParty, Setup, TestOp, seconds};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use theirs::Theirs;

const GRANTED: &str = "openid profile email";
const OF_MACHINES: &str = "api:read api:write";
const SEQUENCES: usize = 16;
/// How many codes a sequence begins with; one more is named that nobody issued.
const CODES: usize = 4;

/// What came of a token request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    Issued(BTreeSet<String>),
    Refused(String),
}

impl Verdict {
    fn of(answer: &Value) -> Self {
        match (answer["access_token"].as_str(), answer["error"].as_str()) {
            (Some(_), _) => Self::Issued(words(answer["scope"].as_str().unwrap())),
            (None, error) => Self::Refused(error.unwrap_or("silence").to_owned()),
        }
    }

    fn is_issued(&self) -> bool {
        matches!(self, Self::Issued(_))
    }
}

fn words(scope: &str) -> BTreeSet<String> {
    scope.split_whitespace().map(str::to_owned).collect()
}

/// Who sends a request about somebody's code or token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Who {
    Owner,
    Another,
    WrongSecret,
    /// The owner's name, and no secret.
    NoSecret,
    /// Another confidential client's name, and no secret.
    AnothersName,
    Nobody,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Redirect {
    Right,
    Other,
    /// The same URL by another spelling.
    Spelling,
    Missing,
    NoUrl,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verifier {
    Right,
    Wrong,
    Malformed,
    Absent,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    Nothing,
    Narrower,
    Same,
    Wider,
    Malformed,
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Redeem { who: Who, code: usize, redirect: Redirect, verifier: Verifier },
    Refresh { who: Who, code: usize, former: bool, scope: Asked },
    ClientCredentials { who: Who, code: usize, scope: Asked },
    Unsupported { who: Who, code: usize },
}

fn who() -> impl Strategy<Value = Who> {
    use Who::*;
    prop_oneof![12 => Just(Owner), 2 => Just(Another), 1 => Just(WrongSecret), 1 => Just(NoSecret),
        1 => Just(AnothersName), 1 => Just(Nobody)]
}

fn asked() -> impl Strategy<Value = Asked> {
    use Asked::*;
    prop_oneof![4 => Just(Nothing), 2 => Just(Narrower), 1 => Just(Same), 1 => Just(Wider), 1 => Just(Malformed)]
}

fn step() -> impl Strategy<Value = Step> {
    use {Redirect::*, Verifier::*};
    let redirect = prop_oneof![10 => Just(Redirect::Right), 1 => Just(Other), 1 => Just(Spelling), 1 => Just(Missing), 1 => Just(NoUrl)];
    let verifier = prop_oneof![10 => Just(Verifier::Right), 1 => Just(Wrong), 1 => Just(Malformed), 2 => Just(Absent)];
    prop_oneof![
        6 => (who(), 0..=CODES, redirect, verifier)
            .prop_map(|(who, code, redirect, verifier)| Step::Redeem { who, code, redirect, verifier }),
        6 => (who(), 0..=CODES, prop::bool::weighted(0.2), asked())
            .prop_map(|(who, code, former, scope)| Step::Refresh { who, code, former, scope }),
        2 => (who(), 0..CODES, asked()).prop_map(|(who, code, scope)| Step::ClientCredentials { who, code, scope }),
        1 => (who(), 0..CODES).prop_map(|(who, code)| Step::Unsupported { who, code }),
    ]
}

/// One authorization, as both sides keep it.
struct Held {
    owner: RelyingParty,
    verifier: String,
    has_challenge: bool,
    /// Our code and theirs.
    code: [String; 2],
    redeemed: bool,
    /// Our refresh tokens and theirs, the former first.
    refresh: [Vec<String>; 2],
    /// A used code or a former refresh token was presented: with us this may have ended the family.
    replayed: bool,
}

/// Both sides, and what they hold.
struct Pair {
    op: TestOp,
    theirs: Theirs,
    browser: Browser,
    clients: Vec<RelyingParty>,
    held: Vec<Held>,
}

fn metadata(name: &str) -> Value {
    json!({
        "redirect_uris": [format!("https://{name}.example/callback")], "require_pkce": false,
        "grant_types": ["authorization_code", "refresh_token", "client_credentials"],
        "scope": format!("{GRANTED} phone {OF_MACHINES}"),
    })
}

impl Pair {
    /// Two confidential clients and a public one, and Ada's codes for them: one of them without a challenge.
    async fn begin(setup: Setup) -> Self {
        let op = setup.config("tokens.refresh_grace = \"1s\"").start();
        op.person("ada").await;
        let mut public = metadata("kite");
        public["token_endpoint_auth_method"] = "none".into();
        let clients =
            vec![op.client(metadata("harbour")).await, op.client(metadata("lantern")).await, op.client(public).await];
        let mut theirs = Theirs::new();
        for client in &clients {
            let secret = (client.auth == Auth::Basic).then_some(client.secret.as_str());
            theirs.register(&client.client_id, secret, &client.redirect_uri, OF_MACHINES);
        }
        let browser = op.browser();
        let mut pair = Self { op, theirs, browser, clients, held: Vec::new() };
        pair.authorize().await;
        pair
    }

    async fn authorize(&mut self) {
        self.held.clear();
        for (owner, has_challenge) in [(0, true), (0, false), (1, true), (2, true)] {
            let owner = self.clients[owner].clone();
            let mut request = owner.request();
            if !has_challenge {
                request = request.without("code_challenge").without("code_challenge_method");
            }
            let ours = owner.code(&mut self.browser, &request).await;
            self.held.push(Held {
                owner,
                verifier: request.verifier,
                has_challenge,
                code: [ours, String::new()],
                redeemed: false,
                refresh: [vec![], vec![]],
                replayed: false,
            });
        }
        (0..CODES).for_each(|index| self.issue_theirs(index));
    }

    /// Their code again, in the place of one that they forgot.
    fn issue_theirs(&mut self, index: usize) {
        let held = &mut self.held[index];
        let verifier = held.has_challenge.then_some(held.verifier.as_str());
        held.code[1] = self.theirs.code(&held.owner.client_id, &held.owner.redirect_uri, GRANTED, verifier);
    }

    /// Who sends it: a client as it authenticates.
    fn sender(&self, who: Who, code: usize) -> RelyingParty {
        let owner = self.held.get(code).map_or(&self.clients[0], |held| &held.owner);
        let another = self.clients[..2].iter().find(|client| client.client_id != owner.client_id).unwrap();
        match who {
            Who::Owner => owner.clone(),
            Who::Another => another.clone(),
            Who::WrongSecret => RelyingParty { secret: "wrong".into(), auth: Auth::Basic, ..owner.clone() },
            Who::NoSecret => owner.with_auth(Auth::None),
            Who::AnothersName => another.with_auth(Auth::None),
            Who::Nobody => RelyingParty { client_id: "nobody".into(), auth: Auth::Basic, ..owner.clone() },
        }
    }

    /// The form of a step; the first value that is ours or theirs by `side`.
    fn form(&self, step: &Step, side: usize) -> Vec<(&'static str, String)> {
        match *step {
            Step::Redeem { code, redirect, verifier, .. } => self.redemption(code, redirect, verifier, side),
            Step::Refresh { code, former, scope, .. } => {
                let tokens = self.held.get(code).map(|held| &held.refresh[side]);
                let token = tokens.and_then(|tokens| if former { tokens.first() } else { tokens.last() });
                let token = token.map_or("lk_rt_unknown", String::as_str);
                let mut form = vec![("grant_type", "refresh_token".into()), ("refresh_token", token.to_owned())];
                form.extend(scope_of(scope, GRANTED).map(|scope| ("scope", scope)));
                form
            }
            Step::ClientCredentials { scope, .. } => {
                let mut form = vec![("grant_type", "client_credentials".into())];
                form.extend(scope_of(scope, OF_MACHINES).map(|scope| ("scope", scope)));
                form
            }
            Step::Unsupported { .. } => vec![("grant_type", "password".into()), ("username", "ada".into())],
        }
    }

    fn redemption(
        &self,
        code: usize,
        redirect: Redirect,
        verifier: Verifier,
        side: usize,
    ) -> Vec<(&'static str, String)> {
        let held = self.held.get(code);
        let uri = held.map_or("https://harbour.example/callback", |held| held.owner.redirect_uri.as_str());
        let text = held.map_or("lk_ac_unknown", |held| held.code[side].as_str());
        let mut form = vec![("grant_type", "authorization_code".into()), ("code", text.to_owned())];
        let uri = match redirect {
            Redirect::Right => Some(uri.to_owned()),
            Redirect::Other => Some(format!("{uri}/other")),
            Redirect::Spelling => Some(uri.replace("https://", "HTTPS://")),
            Redirect::NoUrl => Some("nowhere".to_owned()),
            Redirect::Missing => None,
        };
        form.extend(uri.map(|uri| ("redirect_uri", uri)));
        let verifier = match verifier {
            // What the client holds: nothing, where it sent no challenge.
            Verifier::Right => held.filter(|held| held.has_challenge).map(|held| held.verifier.clone()),
            Verifier::Wrong => Some("w".repeat(43)),
            Verifier::Malformed => Some("short".to_owned()),
            Verifier::Absent => None,
        };
        form.extend(verifier.map(|verifier| ("code_verifier", verifier)));
        form
    }

    /// Sends a step to both.
    async fn send(&mut self, step: &Step) -> [Verdict; 2] {
        let (who, index) = match *step {
            Step::Redeem { who, code, .. } | Step::Refresh { who, code, .. } => (who, code),
            Step::ClientCredentials { who, code, .. } | Step::Unsupported { who, code } => (who, code),
        };
        let sender = self.sender(who, index);
        let (ours, theirs) = (self.form(step, 0), self.form(step, 1));
        let ours: Vec<_> = ours.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let mut theirs: Vec<_> = theirs.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let answer = sender.token(&ours).await.json();
        if sender.auth == Auth::None {
            theirs.push(("client_id", &sender.client_id));
        }
        let (verdict, answer_of_theirs) =
            self.theirs.token(&theirs, (sender.auth == Auth::Basic).then(|| sender.basic()));
        let verdicts = [Verdict::of(&answer), verdict];
        self.note(step, &verdicts, [&answer, &answer_of_theirs]);
        // Beyond the retry grace, so that a former token is a former token.
        self.op.advance(seconds(2));
        verdicts
    }

    /// Keeps both sides' state the same, so that one difference does not part all that follows.
    fn note(&mut self, step: &Step, verdicts: &[Verdict; 2], answers: [&Value; 2]) {
        let issued = [verdicts[0].is_issued(), verdicts[1].is_issued()];
        let refresh = answers.map(|answer| answer["refresh_token"].as_str().unwrap_or_default().to_owned());
        match *step {
            Step::Redeem { code, .. } if code < CODES => {
                let held = &mut self.held[code];
                held.replayed |= held.redeemed;
                if issued == [true, true] {
                    held.redeemed = true;
                    held.refresh = refresh.map(|token| vec![token]);
                } else if !held.redeemed {
                    self.issue_theirs(code);
                }
            }
            Step::Refresh { code, former, .. } if code < CODES => {
                let held = &mut self.held[code];
                held.replayed |= former && held.refresh[0].len() > 1;
                let [ours, theirs] = &mut held.refresh;
                let [our_token, their_token] = refresh;
                match issued {
                    [true, true] => {
                        ours.push(our_token);
                        theirs.push(their_token);
                    }
                    [false, true] => *theirs.last_mut().unwrap() = their_token,
                    _ => {}
                }
            }
            _ => {}
        }
    }

    /// The difference that parts two verdicts, if it is one of the list.
    fn difference(&self, step: &Step, verdicts: &[Verdict; 2]) -> Option<&'static str> {
        match (verdicts, step) {
            ([Verdict::Refused(ours), Verdict::Refused(theirs)], _) => {
                WORDS.iter().find(|(our, their, _)| (*our, *their) == (ours, theirs)).map(|(_, _, why)| *why)
            }
            ([Verdict::Issued(ours), Verdict::Issued(theirs)], Step::ClientCredentials { .. }) => {
                ours.is_subset(theirs).then_some("their client map gives its default scope, whatever was asked")
            }
            ([Verdict::Refused(_), Verdict::Issued(_)], Step::ClientCredentials { scope: Asked::Wider, .. }) => {
                Some("their client map gives its default scope, whatever was asked")
            }
            ([Verdict::Refused(_), Verdict::Issued(_)], Step::Redeem { redirect: Redirect::Spelling, .. }) => {
                Some("they compare parsed URLs, we compare texts (RFC 9700 §4.1.3)")
            }
            ([Verdict::Refused(_), Verdict::Issued(_)], Step::Redeem { code: 1, verifier, .. }) => {
                matches!(verifier, Verifier::Wrong | Verifier::Malformed)
                    .then_some("they take a verifier for a code without a challenge (RFC 9700 §2.1.1)")
            }
            ([Verdict::Refused(_), Verdict::Issued(_)], Step::Refresh { who, code, .. }) => {
                let nameless = *code == 3 && matches!(who, Who::AnothersName);
                let replayed = self.held.get(*code).is_some_and(|held| held.replayed);
                (nameless || replayed).then_some("they remember no replay, and ask nobody for a public client's token")
            }
            _ => None,
        }
    }
}

fn scope_of(asked: Asked, all: &str) -> Option<String> {
    match asked {
        Asked::Nothing => None,
        Asked::Narrower => all.split(' ').next().map(str::to_owned),
        Asked::Same => Some(all.to_owned()),
        Asked::Wider => Some(format!("{all} phone")),
        Asked::Malformed => Some("a\"b".to_owned()),
    }
}

/// Both refuse, each by its own word: ours, theirs, and why ours.
const WORDS: [(&str, &str, &str); 8] = [
    (
        "invalid_grant",
        "invalid_request",
        "RFC 6749 §5.2: a code that is unknown, used or unproven is no malformed request",
    ),
    ("invalid_client", "invalid_request", "RFC 6749 §5.2: no authentication included is invalid_client"),
    ("invalid_client", "invalid_grant", "the client is judged before its token"),
    ("invalid_client", "invalid_scope", "the client is judged before what it asks for"),
    ("invalid_scope", "invalid_request", "RFC 6749 §5.2: a malformed scope is invalid_scope"),
    ("invalid_scope", "invalid_grant", "what is malformed is told before the token is looked up"),
    ("unauthorized_client", "invalid_request", "RFC 6749 §4.4: a public client may not use the grant"),
    ("invalid_request", "invalid_grant", "what is malformed is told before the code is looked up"),
];

on_both_stores! {
    async fn every_sequence_of_token_requests_has_the_verdicts_of_the_librarys_own_drivers(setup: Setup) {
        let mut pair = Pair::begin(setup).await;
        let mut runner = TestRunner::new(Config::default());
        let sequences = prop::collection::vec(step(), 4..12);
        let (mut issued, mut sent) = (0, 0);
        // At least so many, and on until enough of their requests were good ones: about one a sequence is.
        while sent < SEQUENCES || (issued <= SEQUENCES && sent < 10 * SEQUENCES) {
            sent += 1;
            let steps = sequences.new_tree(&mut runner).unwrap().current();
            pair.authorize().await;
            for (number, step) in steps.iter().enumerate() {
                let verdicts = pair.send(step).await;
                issued += usize::from(verdicts[0] == verdicts[1] && verdicts[0].is_issued());
                assert!(
                    verdicts[0] == verdicts[1] || pair.difference(step, &verdicts).is_some(),
                    "ours {:?}, theirs {:?} at step {number} of {steps:#?}", verdicts[0], verdicts[1]
                );
            }
        }
        assert!(issued > SEQUENCES, "too few requests were good ones: {issued}");
    }

    async fn rfc9700_2_1_1_theirs_takes_a_verifier_without_a_challenge_and_ours_does_not(setup: Setup) {
        let mut pair = Pair::begin(setup).await;
        let step = Step::Redeem { who: Who::Owner, code: 1, redirect: Redirect::Right, verifier: Verifier::Wrong };
        assert_parted(&pair.send(&step).await, "invalid_grant");
    }

    async fn rfc9700_4_1_3_theirs_takes_another_spelling_of_the_redirect_uri_and_ours_does_not(setup: Setup) {
        let mut pair = Pair::begin(setup).await;
        let step = Step::Redeem { who: Who::Owner, code: 0, redirect: Redirect::Spelling, verifier: Verifier::Right };
        assert_parted(&pair.send(&step).await, "invalid_grant");
    }

    async fn cod_02_theirs_lets_any_client_burn_a_code_and_ours_does_not(setup: Setup) {
        let mut pair = Pair::begin(setup).await;
        let kept = pair.held[0].code[1].clone();
        let thief = Step::Redeem { who: Who::Another, code: 0, redirect: Redirect::Right, verifier: Verifier::Right };
        assert_eq!(pair.send(&thief).await, [refused("invalid_grant"), refused("invalid_grant")]);
        // Not the one that stands in for it.
        pair.held[0].code[1] = kept;
        let [ours, theirs] = pair.send(&redeem(0)).await;
        assert!(ours.is_issued() && !theirs.is_issued());
    }

    async fn rfc6749_4_1_2_theirs_forgets_that_a_code_was_used_and_ours_ends_what_came_of_it(setup: Setup) {
        let mut pair = Pair::begin(setup).await;
        assert!(pair.send(&redeem(0)).await.iter().all(Verdict::is_issued));
        assert!(!pair.send(&redeem(0)).await.iter().any(Verdict::is_issued));
        assert_parted(&pair.send(&refresh(0)).await, "invalid_grant");
    }

    async fn rfc9700_4_14_2_theirs_forgets_a_former_refresh_token_and_ours_ends_its_family(setup: Setup) {
        let mut pair = Pair::begin(setup).await;
        for step in [redeem(0), refresh(0)] {
            assert!(pair.send(&step).await.iter().all(Verdict::is_issued));
        }
        let former = Step::Refresh { who: Who::Owner, code: 0, former: true, scope: Asked::Nothing };
        assert_eq!(pair.send(&former).await, [refused("invalid_grant"), refused("invalid_grant")]);
        assert_parted(&pair.send(&refresh(0)).await, "invalid_grant");
    }

    async fn rfc6749_4_4_theirs_gives_a_machine_more_than_it_asked_for_and_ours_does_not(setup: Setup) {
        let mut pair = Pair::begin(setup).await;
        let asks = |scope| Step::ClientCredentials { who: Who::Owner, code: 0, scope };
        assert_parted(&pair.send(&asks(Asked::Wider)).await, "invalid_scope");
        let narrow = pair.send(&asks(Asked::Narrower)).await;
        assert_eq!(narrow, [Verdict::Issued(words("api:read")), Verdict::Issued(words(OF_MACHINES))]);
    }

    async fn rfc6749_6_theirs_refreshes_a_public_clients_token_under_another_name_and_ours_does_not(setup: Setup) {
        let mut pair = Pair::begin(setup).await;
        assert!(pair.send(&redeem(3)).await.iter().all(Verdict::is_issued));
        let step = Step::Refresh { who: Who::AnothersName, code: 3, former: false, scope: Asked::Nothing };
        assert_parted(&pair.send(&step).await, "invalid_client");
    }

    async fn rfc6749_6_theirs_takes_a_narrowed_scope_for_the_granted_one_and_ours_keeps_what_was_granted(setup: Setup) {
        let mut pair = Pair::begin(setup).await;
        pair.theirs.tokens.keeps_scope = false;
        let narrow = Step::Refresh { who: Who::Owner, code: 0, former: false, scope: Asked::Narrower };
        for step in [redeem(0), narrow] {
            assert!(pair.send(&step).await.iter().all(Verdict::is_issued));
        }
        assert_eq!(pair.send(&refresh(0)).await, [Verdict::Issued(words(GRANTED)), Verdict::Issued(words("openid"))]);
    }
}

fn redeem(code: usize) -> Step {
    Step::Redeem { who: Who::Owner, code, redirect: Redirect::Right, verifier: Verifier::Right }
}

fn refresh(code: usize) -> Step {
    Step::Refresh { who: Who::Owner, code, former: false, scope: Asked::Nothing }
}

fn refused(word: &str) -> Verdict {
    Verdict::Refused(word.to_owned())
}

/// Theirs accepts, ours refuses.
fn assert_parted(verdicts: &[Verdict; 2], word: &str) {
    assert_eq!(verdicts[0], refused(word));
    assert!(verdicts[1].is_issued(), "{verdicts:?}");
}
