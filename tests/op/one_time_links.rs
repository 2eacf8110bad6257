//! Undos and one-time links against everything that can happen to the account while they wait.

use crate::support::mailbox::{Mail, Mailbox};
use crate::support::people::{PASSWORD, Person};
use crate::support::{Browser, Setup, TestOp, minutes};
use latchkey::model::address;
use latchkey::model::end_reason::EndReason;
use latchkey::model::one_time::Purpose;
use latchkey::model::user::{self, UserStatus};
use latchkey::tokens::ending::{Which, store::end_of_person};
use serde_json::json;

const PAGE: &str = "/account/addresses";
const NEW_PASSWORD: &str = "difference engine number two";

fn begin(setup: Setup) -> (TestOp, Mailbox) {
    let mailbox = Mailbox::open();
    let more = "[throttle]\nmail_account = \"off\"\nmail_address = \"off\"\n[signup]\nmode = \"open\"\n";
    (setup.config(&format!("{more}{}", mailbox.config())).start(), mailbox)
}

fn id(address: &str) -> String {
    address::id_of(&address.to_lowercase())
}

/// The newest email to an address that holds a link of this kind.
async fn told(op: &TestOp, mailbox: &Mailbox, address: &str, link: &str) -> Mail {
    let found =
        mailbox.read(op).await.into_iter().rfind(|mail| mail.recipient == address && mail.letter.text.contains(link));
    found.unwrap_or_else(|| panic!("no letter to {address} with {link}"))
}

fn path_of(mail: &Mail, start: &str) -> String {
    mail.link().split_once(start).map(|(_, end)| format!("{start}{end}")).unwrap()
}

/// The secret at the end of a link.
fn secret_of(mail: &Mail) -> String {
    mail.link().rsplit('/').next().unwrap().to_owned()
}

async fn act(browser: &mut Browser, action: &str, address: &str) {
    browser.open(PAGE).await.ok();
    browser.send(PAGE, &[("action", action), ("id", &id(address))]).await.ok();
}

async fn add(browser: &mut Browser, address: &str) {
    browser.open(PAGE).await.ok();
    browser.send(PAGE, &[("action", "add"), ("email", address)]).await.ok();
}

/// Adds an address and proves it, a minute later than whatever was proved before.
async fn prove(op: &TestOp, mailbox: &Mailbox, browser: &mut Browser, address: &str) {
    op.advance(minutes(1));
    add(browser, address).await;
    let code = told(op, mailbox, address, "/account/addresses/link/").await.code();
    browser.send(PAGE, &[("action", "verify"), ("id", &id(address)), ("code", &code)]).await.ok();
}

async fn held(op: &TestOp, person: &Person) -> Vec<String> {
    let id = person.id.clone();
    let held = op.write(move |tx| {
        let user = user::store::find(tx, &id)?.unwrap();
        address::store::list(tx, &user)
    });
    held.await.into_iter().map(|address| address.value).collect()
}

async fn undo(op: &TestOp, path: &str) -> u16 {
    let mut browser = op.browser();
    if browser.open(path).await.status == 410 {
        // What the page says holds for whoever posts past it, too.
        assert_eq!(browser.post(path, &[]).await.status, 410);
        return 410;
    }
    browser.submit(&[]).await.status
}

/// What happens.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Turn {
    Nothing,
    SignsIn,
    SignsInByMail,
    ChangesThePassword,
    ResetsThePassword,
    UsesARecoveryCode,
    SignsOutElsewhere,
    EnrolsAnApp,
    ProvesAnAddress,
    RemovesAnAddress,
    ChangesThePrimaryAddress,
    UndoesAChange,
    AsksForDeletion,
    IsDisabledAndEnabled,
    GetsAnotherAddressFromAnOperator,
}

/// What still waits afterwards: a reset of the password, a sign-in by mail, a proof of an address, an undo of the removal of
/// the oldest address.
const TABLE: &[(Turn, [bool; 4])] = &[
    (Turn::Nothing, [true, true, true, true]),
    (Turn::SignsIn, [false, true, true, true]),
    (Turn::SignsInByMail, [false, false, true, true]),
    (Turn::ChangesThePassword, [false, false, true, true]),
    // It went to an address that was proved later than the one whose removal can be undone.
    (Turn::ResetsThePassword, [false, false, false, true]),
    (Turn::UsesARecoveryCode, [false, false, false, true]),
    (Turn::SignsOutElsewhere, [false, false, true, true]),
    (Turn::EnrolsAnApp, [false, false, true, true]),
    (Turn::ProvesAnAddress, [false, false, false, true]),
    (Turn::RemovesAnAddress, [false, false, true, true]),
    (Turn::ChangesThePrimaryAddress, [false, false, true, true]),
    (Turn::UndoesAChange, [false, false, false, false]),
    (Turn::AsksForDeletion, [false, false, true, true]),
    (Turn::IsDisabledAndEnabled, [false, false, true, true]),
    (Turn::GetsAnotherAddressFromAnOperator, [false, false, false, false]),
];

/// An account for which everything waits at once.
struct Waiting {
    name: String,
    person: Person,
    browser: Browser,
    recovering: Browser,
    recovery: Mail,
    signing_in: Browser,
    sign_in: Mail,
    proof: Mail,
    /// Of the primary address, and of its removal.
    undos: [String; 2],
}

impl Waiting {
    fn address(name: &str, domain: &str) -> String {
        format!("{name}@{domain}")
    }

    async fn of(op: &TestOp, mailbox: &Mailbox, name: &str) -> Self {
        let person = op.person(name).await;
        let at = |domain| Self::address(name, domain);
        let mut browser = op.browser();
        browser.console(name, PAGE).await.ok();
        prove(op, mailbox, &mut browser, &at("second.example")).await;
        prove(op, mailbox, &mut browser, &at("third.example")).await;
        act(&mut browser, "primary", &at("second.example")).await;
        let first = told(op, mailbox, &at("example.com"), "/undo/").await;
        act(&mut browser, "remove", &at("example.com")).await;
        let second = told(op, mailbox, &at("example.com"), "/undo/").await;
        let undos = [first, second].map(|mail| path_of(&mail, PAGE));
        assert_ne!(undos[0], undos[1]);
        add(&mut browser, &at("fourth.example")).await;
        let proof = told(op, mailbox, &at("fourth.example"), "/account/addresses/link/").await;
        let mut signing_in = op.browser();
        signing_in.open(&op.url("/login")).await.ok();
        let action =
            signing_in.page().body.split_once("formaction=\"").unwrap().1.split('"').next().unwrap().to_owned();
        let csrf = signing_in.csrf();
        signing_in.post(&action, &[("csrf", &csrf), ("username", name), ("password", "")]).await.ok();
        let sign_in = told(op, mailbox, &at("second.example"), "/login/mail/link/").await;
        let mut recovering = op.browser();
        recovering.open(&op.url("/recovery")).await.ok();
        recovering.submit(&[("username", name)]).await.ok();
        let recovery = told(op, mailbox, &at("second.example"), "/recovery/link/").await;
        Self { name: name.to_owned(), person, browser, recovering, recovery, signing_in, sign_in, proof, undos }
    }

    fn at(&self, domain: &str) -> String {
        Self::address(&self.name, domain)
    }

    async fn waits(&self, op: &TestOp) -> [bool; 4] {
        let mut waits = [false; 4];
        let links =
            [(Purpose::Recovery, &self.recovery), (Purpose::SignIn, &self.sign_in), (Purpose::Address, &self.proof)];
        for (place, (purpose, mail)) in links.into_iter().enumerate() {
            waits[place] = op.op.find_link(purpose, &secret_of(mail)).await.unwrap().is_some();
        }
        let statuses = [op.browser().open(&self.undos[0]).await.status, op.browser().open(&self.undos[1]).await.status];
        assert_eq!(statuses[0], statuses[1], "of one address both count, or neither");
        waits[3] = statuses[1] == 200;
        waits
    }

    async fn turn(&mut self, op: &TestOp, turn: Turn) {
        let name = self.name.clone();
        match turn {
            Turn::Nothing => {}
            Turn::SignsIn => {
                op.browser().console(&name, "/account").await.ok();
            }
            Turn::SignsInByMail => {
                let code = self.sign_in.code();
                self.signing_in.submit(&[("code", code.as_str())]).await.ok();
            }
            Turn::ChangesThePassword => {
                self.browser.open("/account/security/password").await.ok();
                let fields = [("current", PASSWORD), ("new", NEW_PASSWORD)];
                self.browser.submit(&fields).await.ok();
            }
            Turn::ResetsThePassword => {
                let fields = [("code", self.recovery.code()), ("password", NEW_PASSWORD.to_owned())];
                let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
                self.recovering.submit(&fields).await.ok();
            }
            Turn::UsesARecoveryCode => {
                let (_, codes) = self.person.enrol(op).await;
                let mut browser = op.browser();
                browser.console(&name, "/account").await.ok();
                browser.open(&format!("{}?recovery=1", browser.path.clone())).await.ok();
                browser.submit(&[("code", codes[0].expose())]).await.ok();
                assert_eq!(browser.path, "/account");
            }
            Turn::SignsOutElsewhere => {
                self.browser.open("/account/sessions").await.ok();
                self.browser.send("/account/sessions", &[("end", "others")]).await.ok();
            }
            Turn::EnrolsAnApp => {
                let page = "/account/security/authenticator";
                let body = self.browser.open(page).await.ok().body.clone();
                let find = |before: &str| crate::support::answer::between(&body, before, "<").unwrap();
                let app = crate::support::authenticator::App::typed(&find("id=\"secret\" translate=\"no\">"));
                let seed = self.browser.form().hidden.into_iter().find(|(name, _)| name == "seed").unwrap().1;
                self.browser.send(page, &[("action", "enrol"), ("seed", &seed), ("code", &app.code(op))]).await.ok();
            }
            Turn::ProvesAnAddress => {
                let (id, code) = (id(&self.at("fourth.example")), self.proof.code());
                self.browser.open(PAGE).await.ok();
                self.browser.send(PAGE, &[("action", "verify"), ("id", &id), ("code", &code)]).await.ok();
            }
            Turn::RemovesAnAddress => {
                let third = self.at("third.example");
                act(&mut self.browser, "remove", &third).await;
            }
            Turn::ChangesThePrimaryAddress => {
                let third = self.at("third.example");
                act(&mut self.browser, "primary", &third).await;
            }
            Turn::UndoesAChange => assert_eq!(undo(op, &self.undos[0]).await, 200),
            Turn::AsksForDeletion => {
                self.browser.open("/account/data/delete").await.ok();
                self.browser.submit(&[("confirm", &name)]).await.ok();
            }
            Turn::IsDisabledAndEnabled => {
                self.person.set_status(op, UserStatus::Disabled).await;
                let (id, closing) = (self.person.id.clone(), op.op.closing(EndReason::Disabled));
                op.write(move |tx| end_of_person(tx, &id, &Which::All, &closing)).await;
                self.person.set_status(op, UserStatus::Active).await;
            }
            Turn::GetsAnotherAddressFromAnOperator => {
                let (id, email, now) = (self.person.id.clone(), self.at("operator.example"), op.now());
                let changed = op.write(move |tx| {
                    let user = user::store::find(tx, &id)?.unwrap();
                    let patch = json!({ "email": email, "email_verified": true });
                    let claims = user::save::patched(&user.claims, patch.as_object().unwrap(), now);
                    user::save::store::update(tx, &user, None, &claims, now)
                });
                assert_eq!(changed.await, Ok(true));
            }
        }
    }
}

on_both_stores! {
    async fn asvs_6_4_3_what_waits_ends_when_the_account_changes_and_only_then(setup: Setup) {
        let (op, mailbox) = begin(setup);
        for (number, (turn, expected)) in TABLE.iter().enumerate() {
            let mut waiting = Waiting::of(&op, &mailbox, &format!("ada{number}")).await;
            assert_eq!(waiting.waits(&op).await, [true; 4], "{turn:?}: before it");
            waiting.turn(&op, *turn).await;
            assert_eq!(waiting.waits(&op).await, *expected, "{turn:?}");
        }
    }

    async fn an_address_that_an_intruder_added_is_removed_for_good(setup: Setup) {
        let (op, mailbox) = begin(setup);
        let ada = op.person("ada").await;
        let mut browser = op.browser();
        browser.console("ada", PAGE).await.ok();
        prove(&op, &mailbox, &mut browser, "intruder@example.net").await;
        act(&mut browser, "primary", "intruder@example.net").await;
        // The owner takes both back, and no email to the intruder leads into the account.
        act(&mut browser, "primary", "ada@example.com").await;
        act(&mut browser, "remove", "intruder@example.net").await;
        let mails = mailbox.read(&op).await;
        let theirs: Vec<&Mail> = mails.iter().filter(|mail| mail.recipient == "intruder@example.net").collect();
        assert!(theirs.iter().any(|mail| mail.letter.text.contains("was removed")), "it is told, as every address is");
        assert!(theirs.iter().all(|mail| !mail.letter.text.contains("/undo/")));
        assert_eq!(held(&op, &ada).await, ["ada@example.com"]);
        assert!(browser.open("/account").await.ok().body.contains("account-home") || browser.path == "/account");
    }

    async fn an_owner_who_adds_the_address_again_removes_the_intruders_for_good(setup: Setup) {
        let (op, mailbox) = begin(setup);
        let ada = op.person("ada").await;
        let mut browser = op.browser();
        browser.console("ada", PAGE).await.ok();
        prove(&op, &mailbox, &mut browser, "intruder@example.net").await;
        act(&mut browser, "primary", "intruder@example.net").await;
        act(&mut browser, "remove", "ada@example.com").await;
        // The owner, who is still signed in, puts things right by hand instead of by the link.
        prove(&op, &mailbox, &mut browser, "ada@example.com").await;
        act(&mut browser, "primary", "ada@example.com").await;
        act(&mut browser, "remove", "intruder@example.net").await;
        let mails = mailbox.read(&op).await;
        let mut theirs = mails.iter().filter(|mail| mail.recipient == "intruder@example.net");
        assert!(theirs.all(|mail| !mail.letter.text.contains("/undo/")), "nothing leads the intruder back");
        assert_eq!(held(&op, &ada).await, ["ada@example.com"]);
    }

    async fn an_undo_that_an_intruder_won_by_removing_their_own_address_ends_when_the_owner_comes_back(setup: Setup) {
        let (op, mailbox) = begin(setup);
        let ada = op.person("ada").await;
        let mut browser = op.browser();
        browser.console("ada", PAGE).await.ok();
        for address in ["one@intruder.example", "two@intruder.example"] {
            prove(&op, &mailbox, &mut browser, address).await;
        }
        act(&mut browser, "primary", "two@intruder.example").await;
        act(&mut browser, "remove", "ada@example.com").await;
        act(&mut browser, "remove", "one@intruder.example").await;
        let owner = path_of(&told(&op, &mailbox, "ada@example.com", "/undo/").await, PAGE);
        let intruder = path_of(&told(&op, &mailbox, "one@intruder.example", "/undo/").await, PAGE);
        assert_eq!(undo(&op, &owner).await, 200);
        assert_eq!(undo(&op, &intruder).await, 410);
        assert_eq!(held(&op, &ada).await, ["ada@example.com"]);
        let id = ada.id.clone();
        let waiting = op.write(move |tx| latchkey::model::one_time::store::list_waiting(tx, &id, latchkey::platform::clock::Time::from_millis(0)));
        assert_eq!(waiting.await, [], "and none waits under another name");
    }

    async fn a_reset_through_an_intruders_address_leaves_the_owner_the_way_back(setup: Setup) {
        let (op, mailbox) = begin(setup);
        let ada = op.person("ada").await;
        let mut browser = op.browser();
        browser.console("ada", PAGE).await.ok();
        prove(&op, &mailbox, &mut browser, "intruder@example.net").await;
        act(&mut browser, "primary", "intruder@example.net").await;
        act(&mut browser, "remove", "ada@example.com").await;
        let owner = path_of(&told(&op, &mailbox, "ada@example.com", "/undo/").await, PAGE);
        let mut reset = op.browser();
        reset.open(&op.url("/recovery")).await.ok();
        reset.submit(&[("username", "ada")]).await.ok();
        let code = told(&op, &mailbox, "intruder@example.net", "/recovery/link/").await.code();
        reset.submit(&[("code", &code), ("password", NEW_PASSWORD)]).await.ok();
        // The intruder has the account deleted, so that nobody is let in; the undo takes that back too.
        let mut thief = op.browser();
        thief.open("/account/data/delete").await.ok();
        thief.sign_in("ada", NEW_PASSWORD).await.ok();
        thief.submit(&[("confirm", "ada")]).await.ok();
        assert_eq!(undo(&op, &owner).await, 200);
        assert_eq!(held(&op, &ada).await, ["ada@example.com"]);
        let id = ada.id.clone();
        let user = op.write(move |tx| user::store::find(tx, &id)).await.unwrap();
        assert!(user.is_active() && user.text("email") == Some("ada@example.com"));
        assert!(ada.events(&op).await.iter().any(|kind| kind == "user.stayed"));
    }

    async fn what_waits_at_an_address_ends_when_somebody_else_proves_it(setup: Setup) {
        let (op, mailbox) = begin(setup);
        let grace = op.person("grace").await;
        op.person("ada").await;
        let (id, now) = (grace.id.clone(), op.now());
        let given = op.write(move |tx| {
            let user = user::store::find(tx, &id)?.unwrap();
            let claims = user::save::patched(&user.claims, json!({ "email": "shared@example.net", "email_verified": false }).as_object().unwrap(), now);
            user::save::store::update(tx, &user, None, &claims, now)
        });
        assert_eq!(given.await, Ok(true));
        let mut lost = op.browser();
        lost.open(&op.url("/recovery")).await.ok();
        lost.submit(&[("username", "grace")]).await.ok();
        let mail = told(&op, &mailbox, "shared@example.net", "/recovery/link/").await;
        let mut browser = op.browser();
        browser.console("ada", PAGE).await.ok();
        prove(&op, &mailbox, &mut browser, "shared@example.net").await;
        assert!(op.op.find_link(Purpose::Recovery, &secret_of(&mail)).await.unwrap().is_none());
    }

    async fn an_invitation_and_a_sign_up_of_one_address_make_one_account(setup: Setup) {
        let (op, mailbox) = begin(setup);
        let subject = op.op.pepper.hash("address", b"new@example.net").as_str().to_owned();
        let asked = latchkey::model::one_time::Asked {
            purpose: Purpose::Invitation,
            subject: &subject,
            binding: None,
            payload: r#"{"address":"new@example.net","locales":""}"#.into(),
            lifetime: latchkey::model::one_time::INVITATION_LIFETIME,
        };
        let (new, secrets) = op.op.one_time(&asked);
        op.write(move |tx| latchkey::model::one_time::store::insert(tx, &new)).await;
        let mut browser = op.browser();
        browser.open(&op.url("/signup")).await.ok();
        browser.submit(&[("email", "new@example.net")]).await.ok();
        let code = told(&op, &mailbox, "new@example.net", "/signup/link/").await.code();
        assert!(op.op.find_link(Purpose::Invitation, &secrets.link).await.unwrap().is_some());
        browser.submit(&[("code", &code), ("name", "Ada"), ("username", "newcomer"), ("password", PASSWORD)]).await.ok();
        assert!(op.op.find_link(Purpose::Invitation, &secrets.link).await.unwrap().is_none());
    }

    async fn a_proof_that_keeps_an_account_counts_for_the_deletion_that_it_was_given_for(setup: Setup) {
        let (op, _) = begin(setup);
        let ada = op.person("ada").await;
        let leave = async || {
            let mut browser = op.browser();
            browser.console("ada", "/account/data/delete").await.ok();
            browser.submit(&[("confirm", "ada")]).await.ok();
        };
        let coming_back = async || {
            let mut browser = op.browser();
            browser.open("/account").await.ok();
            assert!(browser.sign_in("ada", PASSWORD).await.ok().body.contains("about to be deleted"));
            browser
        };
        leave().await;
        let (mut first, mut second) = (coming_back().await, coming_back().await);
        second.submit(&[]).await.ok();
        leave().await;
        assert_eq!(first.submit(&[]).await.status, 403);
        let mut third = coming_back().await;
        let id = ada.id.clone();
        assert!(!op.write(move |tx| user::store::find(tx, &id)).await.unwrap().is_active());
        third.submit(&[]).await.ok();
        let id = ada.id.clone();
        assert!(op.write(move |tx| user::store::find(tx, &id)).await.unwrap().is_active());
    }
}
