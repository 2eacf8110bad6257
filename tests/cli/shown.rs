//! What the operators' pages show as the output of a command is what the command says: the blocks are run in their order, and compared but for
//! ids, times, secrets and the like. A line `…` stands for any lines, and `…` in a line for any text.

use super::installation::{Installation, MASTER_KEY, OTHER_KEY, Said};
use super::moving::realm;
use super::names::{as_before, create};
use super::pages::Page;
use latchkey::model::consent::{self, Consent};
use latchkey::model::session::{self, BrowserSession};
use latchkey::platform::clock::{Clock as _, SystemClock};
use latchkey::protocol::scope::Scope;
use regex::Regex;
use serde_json::json;
use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

/// A provider as the pages have it, in a folder: its master key in a file, its database beside the configuration.
fn site() -> Installation {
    let site = Installation::sqlite();
    for folder in ["etc", "backups", "broken"] {
        std::fs::create_dir(site.file(folder)).unwrap();
    }
    let key = site.file("etc/master.key");
    std::fs::write(&key, MASTER_KEY).unwrap();
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).unwrap();
    let config = "issuer = \"http://localhost:1\"\nlisten = \"127.0.0.1:1\"\n[database]\nurl = \"sqlite://latchkey.db\"\n\
                  [keys]\nmaster_key_file = \"etc/master.key\"\n[registration]\nmode = \"token\"\n\
                  [scopes.\"orders:read\"]\ndescription = \"See your orders\"\n";
    std::fs::write(site.file("latchkey.toml"), config).unwrap();
    site
}

fn migrated() -> Installation {
    let site = site();
    typed(&site, "latchkey migrate");
    site
}

/// The pages' places become folders of this test, and the other way round.
const PLACES: [(&str, &str); 3] = [("/etc/latchkey", "etc"), ("/backups", "backups"), ("/mnt/broken", "broken")];

fn type_in(site: &Installation, line: &str) -> Said {
    let placed = PLACES
        .iter()
        .fold(line.to_owned(), |line, (place, folder)| line.replace(place, &site.file(folder).display().to_string()));
    site.shell(&placed, &[("PASSWORD", "analytical engine 1843"), ("NEW", OTHER_KEY), ("OLD", MASTER_KEY)])
}

fn typed(site: &Installation, line: &str) {
    let said = type_in(site, line);
    assert_eq!(said.code, 0, "{line}: {said:?}");
}

/// A line without what differs from run to run.
fn shape(line: &str) -> String {
    const CHANGES: [(&str, &str); 10] = [
        (ID, "ID"),
        (r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC", "TIME"),
        (r"lk_(cs|iat)_[A-Za-z0-9_-]+", "lk_${1}_…"),
        (r"(^|\s)[A-Za-z0-9_-]{43}\b", "${1}KID"),
        (r"master key [A-Za-z0-9_-]{11}", "master key KEY"),
        (r"http://(localhost|127\.0\.0\.1):\d+/\.", "http://HERE/."),
        (r"\d+ (second|minute|hour)s?\b", "SPAN"),
        (r"[0-9.]+ [KM]iB", "SIZE"),
        (r"^(\d+ files|sqlite://latchkey\.db: \d+ migrations|\d+ secrets|\d+  )", "N"),
        (r"\s+", " "),
    ];
    let changed = CHANGES.iter().fold(line.to_owned(), |line, (pattern, with)| {
        Regex::new(pattern).unwrap().replace_all(&line, *with).into_owned()
    });
    changed.trim().to_owned()
}

const ID: &str = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";

fn ids(text: &str) -> impl Iterator<Item = String> {
    let found: Vec<_> = Regex::new(ID).unwrap().find_iter(text).map(|id| id.as_str().to_owned()).collect();
    found.into_iter()
}

/// What was said, as the pages have it: their places, and no warnings where the page shows none.
fn said_lines(site: &Installation, said: &Said, with_warnings: bool) -> Vec<String> {
    let folder = site.file("").display().to_string();
    let text = PLACES.iter().fold(format!("{}\n{}", said.out, said.err), |text, (place, folder)| {
        text.replace(&site.file(folder).display().to_string(), place)
    });
    let text = text.replace(&folder, "").replace(folder.trim_end_matches('/'), "");
    let lines =
        text.lines().filter(|line| !line.trim().is_empty() && (with_warnings || !line.starts_with("warning: ")));
    lines.map(shape).collect()
}

/// The lines that the page shows, each as a pattern; a line `…` is the pattern of any.
fn matches(shown: &[String], said: &[String]) -> bool {
    let Some((first, rest)) = shown.split_first() else { return said.is_empty() };
    if first == "…" {
        return (0..=said.len()).any(|skipped| matches(rest, &said[skipped..]));
    }
    let pattern = format!("^{}$", regex::escape(first).replace('…', ".*"));
    said.split_first().is_some_and(|(line, more)| Regex::new(&pattern).unwrap().is_match(line) && matches(rest, more))
}

/// Runs a block of a page; `before` is told each command first, to make what it needs.
fn shows(site: &Installation, page: &str, block: usize, before: impl Fn(&str)) {
    let page = Page::read(&format!("docs/operators/{page}"));
    let body = page.blocks_in("console").swap_remove(block);
    // Ids that the page shows, and those that are meant by them here.
    let mut meant: Vec<(String, String)> = Vec::new();
    for part in body.split("$ ").skip(1) {
        let (command, shown) = part.split_once('\n').unwrap();
        before(command);
        let said = type_in(site, &meant.iter().fold(command.to_owned(), |line, (page, here)| line.replace(page, here)));
        meant.extend(ids(shown).zip(ids(&said.out)));
        let shown: Vec<String> = shown.lines().filter(|line| !line.trim().is_empty()).map(shape).collect();
        if shown.is_empty() {
            assert_eq!(said.code, 0, "$ {command}\n{said:?}");
            continue;
        }
        let mut heard = said_lines(site, &said, shown.iter().any(|line| line.starts_with("warning: ")));
        let mut shown_lines = shown.clone();
        if command.starts_with("latchkey keys list") {
            // In a second that two keys share their ids decide.
            heard.sort();
            shown_lines.sort();
        }
        let all =
            format!("{}: $ {command}\nshown:\n{}\nsaid:\n{}", page.name, shown_lines.join("\n"), heard.join("\n"));
        assert!(matches(&shown_lines, &heard), "{all}");
    }
}

fn now<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

/// Ada's id.
fn ada(site: &Installation) -> String {
    let said = type_in(site, "latchkey user show ada --json");
    let told: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    told["id"].as_str().unwrap().to_owned()
}

fn sign_ada_in(site: &Installation) {
    let now_is = SystemClock.now();
    let session = BrowserSession {
        id: "01a200f4-0ece-753b-b6ed-3c1933e2f898".into(),
        person_id: ada(site),
        authentications: vec![],
        expires_at: now_is + Duration::from_secs(86_400),
    };
    let device = session::store::Device { user_agent: "Firefox on Linux".into(), network: "192.0.2.0/24".into() };
    now(site.db().write(move |tx| session::store::insert(tx, &session, 0, &device, now_is))).unwrap();
}

fn let_the_shop(site: &Installation) {
    let (person, now_is) = (ada(site), SystemClock.now());
    let allowed = Consent {
        scope: Scope::parse("openid profile email offline_access orders:read").unwrap(),
        resources: vec!["https://orders.example.com".to_owned()],
        ..Consent::default()
    };
    now(site.db().write(move |tx| consent::store::allow(tx, "k1", &person, "shop", &allowed, now_is))).unwrap();
}

#[test]
fn the_page_of_people() {
    let site = migrated();
    shows(&site, "people.md", 0, |command| {
        if command.starts_with("latchkey user delete") {
            typed(&site, "latchkey user create bob --no-password");
        }
        if command.starts_with("latchkey user import") {
            site.write("people.jsonl", &json!({"username": "carol", "email": "carol@example.org"}));
        }
    });
    sign_ada_in(&site);
    let_the_shop(&site);
    shows(&site, "people.md", 2, |_| ());
}

#[test]
fn the_page_of_people_where_addresses_collide() {
    let site = migrated();
    let people = [
        ("carol", "carol@three.example", true),
        ("dora", "carol@xn--bcher-kva.example", false),
        ("erin", "erin@xn--bcher-kva.example", true),
        ("finn", "finn@four.example", true),
    ];
    for (name, email, verified) in people {
        create(&site, name, email, verified);
    }
    now(as_before(
        &site,
        "UPDATE identifiers SET folded = 'carol@bücher.example', value = 'carol@bücher.example' WHERE folded = 'carol@three.example';
         UPDATE identifiers SET folded = 'erin@bücher.example', value = 'erin@bücher.example' WHERE folded = 'finn@four.example';",
    ));
    shows(&site, "people.md", 1, |_| ());
}

#[test]
fn the_page_of_applications() {
    let site = migrated();
    let shop = json!({
        "client_id": "shop", "client_name": "Shop", "redirect_uris": ["http://127.0.0.1:9999/callback"],
        "post_logout_redirect_uris": ["http://127.0.0.1:9999/"], "grant_types": ["authorization_code", "refresh_token"],
        "scope": "openid profile email offline_access orders:read",
    });
    let api = json!({"client_id": "orders-api", "grant_types": ["client_credentials"]});
    site.write("clients.json", &json!([shop, api]));
    shows(&site, "clients.md", 0, |command| {
        if command.starts_with("latchkey client list") {
            typed(&site, "latchkey client create --id nightly --name Nightly --grant client_credentials");
        }
    });
    shows(&site, "clients.md", 1, |_| ());
}

#[test]
fn the_pages_of_keys_and_of_upgrades() {
    let site = site();
    shows(&site, "upgrades.md", 0, |_| ());
    shows(&site, "keys.md", 1, |_| ());
    shows(&site, "keys.md", 2, |_| ());
    let other = Installation::sqlite();
    std::fs::create_dir(other.file("etc")).unwrap();
    shows(&other, "keys.md", 0, |_| ());
    assert_eq!(std::fs::metadata(other.file("etc/master.key")).unwrap().permissions().mode() & 0o077, 0);
}

#[test]
fn the_page_of_backups() {
    let site = migrated();
    for name in ["ada", "grace"] {
        typed(&site, &format!("latchkey user create {name} --no-password"));
    }
    sign_ada_in(&site);
    let_the_shop(&site);
    typed(&site, "latchkey registration-token create");
    // The short-lived store is made by whoever looks into it first.
    type_in(&site, "latchkey explain LK-AAAAAAAA");
    shows(&site, "backups.md", 0, |_| ());
    std::fs::copy(site.file("latchkey.db"), site.file("broken/latchkey.db")).unwrap();
    shows(&site, "backups.md", 1, |_| ());
}

#[test]
fn the_page_of_monitoring() {
    let site = migrated();
    let page = Page::read("docs/operators/monitoring.md").blocks_in("console");
    let of = |command: &str| page.iter().position(|block| block.starts_with(&format!("$ {command}"))).unwrap();
    shows(&site, "monitoring.md", of("latchkey doctor"), |_| ());
    for command in ["user create ada --no-password", "user disable ada", "user enable ada"] {
        typed(&site, &format!("latchkey {command}"));
    }
    shows(&site, "monitoring.md", of("latchkey events tail"), |_| ());
}

#[test]
fn the_page_of_configuration() {
    let site = site();
    std::fs::write(site.file("bad.toml"), "issuer = \"http://id.example.com\"\nlisen = \"127.0.0.1:8080\"\n").unwrap();
    std::fs::write(site.file("world.key"), MASTER_KEY).unwrap();
    std::fs::set_permissions(site.file("world.key"), std::fs::Permissions::from_mode(0o644)).unwrap();
    let unsafe_one = "issuer = \"https://id.example.com\"\nlisten = \"127.0.0.1:8080\"\n[database]\n\
                      url = \"postgres://latchkey@db.example.com/latchkey\"\n[keys]\nmaster_key_file = \"world.key\"\n";
    std::fs::write(site.file("bad2.toml"), unsafe_one).unwrap();
    shows(&site, "configuration.md", 0, |_| ());
    shows(&site, "configuration.md", 1, |_| ());
}

#[test]
fn the_page_of_moving_people() {
    let site = migrated();
    site.write("realm.json", &realm());
    shows(&site, "moving-people.md", 0, |_| ());
}

#[test]
fn a_line_that_no_command_says_is_noticed() {
    let lines = |text: &str| text.lines().map(shape).collect::<Vec<_>>();
    let said =
        lines("id   01a200f2-4fba-7f5f-95f2-06121bc8df8c\nsecret lk_cs_abc\nends 2026-11-22 04:11:02 UTC\nthe end");
    let id = "id 11a200f2-4fba-7f5f-95f2-06121bc8df8c";
    for good in [format!("{id}\nsecret lk_cs_…\n…\nthe end"), format!("{id}\n…"), format!("{id}\n…\nthe …")] {
        assert!(matches(&lines(&good), &said), "{good}");
    }
    for bad in [format!("{id}\nthe end"), id.to_owned(), format!("{id}\n…\nthe beginning"), String::new()] {
        assert!(!matches(&lines(&bad), &said), "{bad}");
    }
}
