//! F-21: yesterday's backup comes back, on both pairs of stores. The short-lived store is left as it was, which is the
//! harder case: it still knows what the database forgot.
//!
//! What no restored database can know by itself: that somebody was disabled, a password changed, a key revoked. Where the
//! lost one can still be read, `recover --from` asks it. Where it can't, `recover` says what must be decided again, and
//! names the moment of the newest event; what those people held ends all the same.

use std::path::{Path, PathBuf};

use diesel::{Connection as _, RunQueryDsl as _, SqliteConnection};
use serde_json::json;

use super::redis::SigningClient;
use crate::party::{Outcome, Party, Tokens, judge};
use crate::person::{Person, Stuck};
use crate::stage::{self, REDIRECT_URI, Route, SECRET, Store, TRUSTED, WEB};
use crate::support::process::Folder;
use crate::support::{Latchkey, Postgres};
use crate::wire::Request;

const ENROL: &str = "/account/security/authenticator";
const SERVICE: &str = "service";

#[test]
fn f_21_after_a_restore_and_recover_nothing_that_ended_since_counts_on_sqlite() {
    let scene = Scene::set(stage::on(Store::Sqlite), None);
    scene.play();
}

#[test]
fn f_21_after_a_restore_and_recover_nothing_that_ended_since_counts_on_postgresql() {
    let database = Postgres::shared().create_database();
    let scene = Scene::set(stage::on(Store::PostgresAndRedis).database(&database), Some(database));
    scene.play();
}

struct Scene {
    instances: [Latchkey; 1],
    /// `None`: the file beside the instance's configuration.
    postgres: Option<String>,
    backup: PathBuf,
    _folder: Folder,
    route: Route,
    party: Party,
    service: Party,
    signing: SigningClient,
}

impl Scene {
    fn set(setup: crate::support::latchkey::Setup, postgres: Option<String>) -> Self {
        let instances = [stage::start(setup.set("registration.mode", "token"))];
        let service = json!([{
            "client_id": SERVICE, "client_secret": SECRET, "token_endpoint_auth_method": "client_secret_basic",
            "redirect_uris": [], "response_types": [], "grant_types": ["client_credentials"],
        }]);
        stage::import(&instances[0], "client", &service);
        let signing = SigningClient::register(&instances[0]);
        let route = Route::to(&instances);
        let folder = Folder::create("backup");
        let (party, service) = (Party::new(&route, TRUSTED), Party::new(&route, SERVICE));
        Self { instances, postgres, backup: folder.join("backup"), _folder: folder, route, party, service, signing }
    }

    fn play(mut self) {
        // Before the backup.
        let (mut mary, mut sofia) = (Person::new(&self.route), Person::named(&self.route, "sofia"));
        let [revoked, untouched] = [(); 2].map(|()| self.tokens(&mut mary));
        let unused = self.party.authorize(&mut mary).unwrap();
        let web = Party::new(&self.route, WEB);
        web.authorize(&mut mary).unwrap();
        let codes = self.enrol(&mut sofia);
        let of_sofia = self.tokens(&mut sofia);
        let own = self.client_token();
        let (registration, registration_id) = self.registration_token();
        self.back_up();

        // What happens after it, and is forgotten.
        self.party.revoke(&revoked.refresh).expect_done("revocation");
        self.service.revoke(&own).expect_done("revocation");
        let spent = self.party.redeem(&unused).expect_done("redemption");
        let rotated = self.party.refresh(&untouched.refresh).expect_done("refresh");
        self.signing.ask(&self.signing.assertion("once")).expect_done("client credentials");
        let assertion = self.signing.assertion("twice");
        self.signing.ask(&assertion).expect_done("client credentials");
        let mut elsewhere = Person::named(&self.route, "sofia");
        elsewhere.code = Some(codes[0].clone());
        self.party.authorize(&mut elsewhere).expect("a recovery code");
        let latchkey = &self.instances[0];
        latchkey.run(&["session", "end", "--user", "mary"]);
        latchkey.run(&["consent", "revoke", "--user", "mary", "--client", WEB]);
        latchkey.run(&["user", "disable", "sofia"]);
        latchkey.run(&["client", "disable", WEB]);
        latchkey.run(&["registration-token", "revoke", &registration_id]);
        let lost = self.set_the_lost_one_aside();
        let latchkey = &self.instances[0];
        let older = latchkey.output(&["recover", "--from", &self.backup_url()], "");
        assert!(!older.status.success() && String::from_utf8_lossy(&older.stderr).contains("is older"), "{older:?}");

        // The disk is lost, the backup is put in its place, and the server starts before anybody thought of it: the
        // fault is there.
        self.restore();
        assert!(self.party.introspect(&revoked.access).expect_done("introspection"), "the backup revives nothing");
        assert!(self.service.introspect(&own).expect_done("introspection"), "the backup revives nothing");

        let latchkey = &self.instances[0];
        let before: serde_json::Value =
            serde_json::from_str(&latchkey.run(&["recover", "--dry-run", "--json"])).unwrap();
        assert!(self.party.introspect(&revoked.access).expect_done("introspection"), "a dry run ended something");
        let after: serde_json::Value =
            serde_json::from_str(&latchkey.run(&["recover", "--from", &lost, "--json"])).unwrap();
        assert_eq!(before["ended"], after["ended"]);
        println!("ended: {}, taken over: {}", after["ended"], after["taken_over"]);
        assert_eq!((&after["taken_over"]["people"], &after["taken_over"]["applications"]), (&json!(1), &json!(1)));
        for kind in ["people", "sessions", "token_families", "recovery_codes", "consents", "initial_access_tokens"] {
            assert!(after["ended"][kind].as_i64().unwrap() > 0, "no {kind}: {after}");
        }

        // I3, by a server that went on through it and by one that starts again.
        for _ in 0..2 {
            for tokens in [&revoked, &untouched, &rotated, &spent, &of_sofia] {
                self.assert_dead(tokens);
            }
            assert!(!self.service.introspect(&own).expect_done("introspection"), "a client's own token");
            self.party.redeem(&unused).expect_refused("I1: a spent code");
            let why = self.signing.ask(&assertion).expect_refused("I1: a used assertion");
            assert!(why.contains("recovery"), "{why}");
            assert_eq!(self.register(&registration), 401, "a revoked initial access token");
            self.instances[0].restart();
        }
        let typed = mary.passwords;
        self.party.authorize(&mut mary).expect("I9");
        assert_eq!(mary.passwords, typed + 1, "a session that had ended");
        web.authorize(&mut mary).expect_err("I3: a disabled application");
        self.instances[0].run(&["client", "enable", WEB]);
        let asked = mary.consents;
        web.authorize(&mut mary).expect("I9");
        assert_eq!(mary.consents, asked + 1, "a consent that was revoked");
        self.party.authorize(&mut Person::named(&self.route, "sofia")).expect_err("I3: a disabled person");
        // Let in again, she finds her paper codes worth nothing, used or not.
        self.instances[0].run(&["user", "enable", "sofia"]);
        for code in &codes[..2] {
            let mut somebody = Person::named(&self.route, "sofia");
            somebody.code = Some(code.clone());
            let stuck = self.party.authorize(&mut somebody).expect_err("I1: a recovery code");
            assert!(matches!(&stuck, Stuck::At(at, _) if at.starts_with("/login/code")), "{stuck:?}");
        }
        // What is new counts.
        let fresh = self.tokens(&mut mary);
        let newer = self.party.refresh(&fresh.refresh).expect_done("I9");
        assert!(self.party.introspect(&newer.access).expect_done("introspection"));
        assert!(self.service.introspect(&self.client_token()).expect_done("introspection"));
        self.signing.ask(&self.signing.assertion("thrice")).expect_done("I9");
    }

    fn tokens(&self, person: &mut Person) -> Tokens {
        self.party.redeem(&self.party.authorize(person).unwrap()).expect_done("redemption")
    }

    #[track_caller]
    fn assert_dead(&self, tokens: &Tokens) {
        assert!(!self.party.introspect(&tokens.access).expect_done("introspection"), "I3");
        assert!(!self.party.introspect(&tokens.refresh).expect_done("introspection"), "I3");
        self.party.userinfo(&tokens.access).expect_refused("I3");
        self.party.refresh(&tokens.refresh).expect_refused("I3");
    }

    fn client_token(&self) -> String {
        let request = Request::post("/token", &[("grant_type", "client_credentials")]).basic(SERVICE, SECRET);
        let request = request.header("Host", self.route.authority());
        let read = |answer: &crate::wire::Answer| answer.json()["access_token"].as_str().unwrap().to_owned();
        judge(request.send(self.route.port()), read).expect_done("client credentials")
    }

    /// Token and id.
    fn registration_token(&self) -> (String, String) {
        let made = self.instances[0].run(&["registration-token", "create", "--json"]);
        let made: serde_json::Value = serde_json::from_str(&made).unwrap();
        let text = |name: &str| made[name].as_str().unwrap().to_owned();
        (text("token"), text("id"))
    }

    fn register(&self, token: &str) -> u16 {
        let mut request = Request::post("/register", &[]).bearer(token).header("Host", self.route.authority());
        request.headers[0].1 = "application/json".to_owned();
        request.body = json!({"redirect_uris": [REDIRECT_URI]}).to_string().into_bytes();
        request.send(self.route.port()).unwrap().status
    }

    /// Gives a person an authenticator app; the recovery codes.
    fn enrol(&self, person: &mut Person) -> Vec<String> {
        let Err(Stuck::At(at, page)) = person.visit(ENROL, "nowhere") else { panic!("the page leads away") };
        assert!(at.ends_with(ENROL) && page.status == 200, "{at} {}", page.text());
        let html = page.text();
        let between = |from: &str, to: &str| html.split_once(from).unwrap().1.split_once(to).unwrap().0.to_owned();
        let typed = between("id=\"secret\" translate=\"no\">", "<").replace(' ', "");
        let seed = totp_rs::Secret::Encoded(typed).to_bytes().unwrap();
        let code = totp_rs::TOTP::new_unchecked(totp_rs::Algorithm::SHA1, 6, 1, 30, seed).generate_current().unwrap();
        let (csrf, seed) = (between("name=\"csrf\" value=\"", "\""), between("name=\"seed\" value=\"", "\""));
        let form = [("csrf", csrf.as_str()), ("action", "enrol"), ("seed", &seed), ("code", &code), ("name", "phone")];
        let codes = person.fetch(Request::post(ENROL, &form)).unwrap().text();
        let codes: Vec<String> =
            codes.split("<li><code>").skip(1).map(|rest| rest.split('<').next().unwrap().to_owned()).collect();
        assert_eq!(codes.len(), 10);
        codes
    }

    fn back_up(&self) {
        match &self.postgres {
            Some(url) => Postgres::dump(url, &self.backup),
            None => vacuum_into(&self.file(), &self.backup),
        }
    }

    /// A copy of what is about to be lost, as a URL.
    fn set_the_lost_one_aside(&self) -> String {
        let aside = self.backup.with_file_name("lost");
        match &self.postgres {
            Some(url) => {
                Postgres::dump(url, &aside);
                restored(&aside)
            }
            None => {
                vacuum_into(&self.file(), &aside);
                format!("sqlite://{}", aside.display())
            }
        }
    }

    /// The backup as a database that can be read.
    fn backup_url(&self) -> String {
        if self.postgres.is_some() { restored(&self.backup) } else { format!("sqlite://{}", self.backup.display()) }
    }

    /// With the server down, as an operator does it.
    fn restore(&mut self) {
        self.instances[0].kill9();
        match &self.postgres {
            Some(url) => Postgres::restore(url, &self.backup),
            None => {
                let file = self.file();
                for side in ["", "-wal", "-shm"] {
                    let _ = std::fs::remove_file(Path::new(&format!("{}{side}", file.display())));
                }
                std::fs::copy(&self.backup, &file).unwrap();
            }
        }
        self.instances[0].restart();
    }

    fn file(&self) -> PathBuf {
        self.instances[0].folder().join("latchkey.sqlite")
    }
}

fn vacuum_into(file: &Path, copy: &Path) {
    let mut connection = SqliteConnection::establish(&file.display().to_string()).unwrap();
    diesel::sql_query(format!("VACUUM INTO '{}'", copy.display())).execute(&mut connection).unwrap();
}

/// A dump in a database of its own.
fn restored(dump: &Path) -> String {
    let url = Postgres::shared().create_database();
    Postgres::restore(&url, dump);
    url
}

#[test]
fn recover_keeps_what_the_operator_vouches_for() {
    let scene = Scene::set(stage::on(Store::Sqlite), None);
    let mut mary = Person::new(&scene.route);
    let web = Party::new(&scene.route, WEB);
    web.authorize(&mut mary).unwrap();
    let (registration, _) = scene.registration_token();
    let tokens = scene.tokens(&mut mary);
    scene.instances[0].run(&["recover", "--keep", "consents,registrations"]);
    scene.assert_dead(&tokens);
    web.authorize(&mut mary).unwrap();
    assert_eq!((mary.passwords, mary.consents), (2, 1));
    assert_eq!(scene.register(&registration), 201);
    assert!(matches!(scene.party.refresh(&tokens.refresh), Outcome::Refused(_)));
}

#[test]
fn f_21_a_backup_under_load_is_whole_and_a_restore_revives_nothing_that_ended_since() {
    let _alone = super::alone();
    let mut instances = [stage::start(stage::on(Store::Sqlite))];
    let route = Route::to(&instances);
    let load = crate::load::Load::start(&route, 3);
    let (mut mary, mut sofia) = (Person::new(&route), Person::named(&route, "sofia"));
    let party = Party::new(&route, TRUSTED);
    let redeemed = |person: &mut Person| party.redeem(&party.authorize(person).unwrap()).expect_done("redemption");
    let (revoked, of_sofia) = (redeemed(&mut mary), redeemed(&mut sofia));
    let backup = instances[0].folder().join("backup").display().to_string();
    let made: serde_json::Value =
        serde_json::from_str(&instances[0].run(&["backup", "--encrypt", &backup, "--json"])).unwrap();
    assert_eq!(made["manifest"]["files"].as_array().map(Vec::len), Some(2), "both stores: {made}");
    load.goes_on();
    load.stop_and_judge(crate::history::Rules::STRICT);
    party.revoke(&revoked.refresh).expect_done("revocation");
    instances[0].run(&["user", "disable", "sofia"]);

    // Not beside a server, whatever one asks.
    let beside = instances[0].output(&["restore", "--overwrite", &backup], "");
    let said = String::from_utf8_lossy(&beside.stderr).into_owned();
    assert!(!beside.status.success() && said.contains("is in use"), "{said}");
    assert!(party.introspect(&redeemed(&mut mary).access).expect_done("it serves on"));

    instances[0].sigterm();
    instances[0].wait();
    let restored: serde_json::Value =
        serde_json::from_str(&instances[0].run(&["restore", "--overwrite", &backup, "--json"])).unwrap();
    assert_eq!(restored["restored"].as_array().map(Vec::len), Some(2), "{restored}");
    instances[0].restart();
    let file = instances[0].folder().join("latchkey.sqlite").display().to_string();
    for file in [file.clone(), format!("{file}.ephemeral")] {
        assert_eq!(super::sqlite::integrity(&file), "ok", "{file}");
    }
    for dead in [&revoked, &of_sofia] {
        assert!(!party.introspect(&dead.access).expect_done("introspection"), "I3");
        party.refresh(&dead.refresh).expect_refused("I3");
    }
    party.authorize(&mut Person::named(&route, "sofia")).expect_err("I3: disabled since, and heard of");
    let typed = mary.passwords;
    redeemed(&mut mary);
    assert_eq!(mary.passwords, typed + 1, "I3: a session of before");
}
