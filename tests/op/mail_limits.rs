//! Who may ask for codes and links, and how often: what a stranger uses up is never the owner's.

use crate::support::mailbox::Mailbox;
use crate::support::people::PASSWORD;
use crate::support::{Browser, Setup, TestOp, minutes};

const NEW: &str = "difference engine number two";
const HOME: &str = "198.51.100.7";
const STRANGER: &str = "203.0.113.9";

fn begin(setup: Setup) -> (TestOp, Mailbox) {
    let mailbox = Mailbox::open();
    let more = "[proxy]\ntrusted = [\"127.0.0.1/32\"]\n[signup]\nmode = \"open\"\n";
    (setup.config(&format!("{more}{}", mailbox.config())).start(), mailbox)
}

/// A new browser at an address.
fn browser_at(op: &TestOp, address: &str) -> Browser {
    let mut browser = op.browser();
    browser.headers.push(("x-forwarded-for", address.to_owned()));
    browser
}

/// A browser in which ada has signed in, and signed out again.
async fn known_browser(op: &TestOp, address: &str) -> Browser {
    let mut browser = browser_at(op, address);
    browser.open(&op.url("/login")).await.ok();
    browser.sign_in("ada", PASSWORD).await.ok();
    browser
}

async fn ask_for_recovery(op: &TestOp, mut browser: Browser, name: &str) -> Browser {
    browser.open(&op.url("/recovery")).await.ok();
    browser.submit(&[("username", name)]).await;
    browser
}

async fn ask_for_code(op: &TestOp, mut browser: Browser, name: &str) -> Browser {
    browser.open(&op.url("/login?prompt=login")).await.ok();
    let id = browser.path.split('/').nth(2).unwrap().split('?').next().unwrap().to_owned();
    browser.open(&format!("/login/mail/{id}")).await.ok();
    browser.submit(&[("username", name)]).await;
    browser
}

async fn sets(op: &TestOp, browser: &mut Browser, code: &str) -> bool {
    browser.submit(&[("code", code), ("password", NEW)]).await;
    let mut again = op.browser();
    again.open(&op.url("/login")).await.ok();
    again.sign_in("ada", NEW).await.body.contains("ada Lovelace")
}

on_both_stores! {
    async fn a_stranger_uses_up_no_letter_of_a_browser_or_a_network_that_the_account_knows(setup: Setup) {
        let (op, mailbox) = begin(setup);
        op.person("ada").await;
        let own = known_browser(&op, HOME).await;
        for _ in 0..5 {
            ask_for_recovery(&op, browser_at(&op, STRANGER), "ada").await;
        }
        assert_eq!(mailbox.read(&op).await.len(), 3);
        ask_for_recovery(&op, own.clone(), "ada").await;
        assert_eq!(mailbox.read(&op).await.len(), 4, "her own browser");
        ask_for_code(&op, own, "ada").await;
        assert_eq!(mailbox.read(&op).await.len(), 5, "by mail, too");
        ask_for_recovery(&op, browser_at(&op, "198.51.100.200"), "ada").await;
        assert_eq!(mailbox.read(&op).await.len(), 6, "a new browser in her own network");
        ask_for_recovery(&op, browser_at(&op, "192.0.2.1"), "ada").await;
        assert_eq!(mailbox.read(&op).await.len(), 7, "and anywhere else");
    }

    async fn nobodys_mailbox_is_flooded_from_many_networks_and_the_owner_still_gets_in(setup: Setup) {
        let (op, mailbox) = begin(setup);
        op.person("ada").await;
        let own = known_browser(&op, HOME).await;
        for network in 0..12 {
            for _ in 0..3 {
                ask_for_recovery(&op, browser_at(&op, &format!("203.0.{network}.9")), "ada").await;
            }
        }
        assert_eq!(mailbox.read(&op).await.len(), 30);
        let mut own = ask_for_recovery(&op, own, "ada").await;
        let mail = mailbox.newest(&op).await;
        assert_eq!(mailbox.read(&op).await.len(), 31);
        assert!(sets(&op, &mut own, &mail.code()).await);
    }

    async fn neighbours_behind_one_address_use_up_nothing_of_a_known_browser(setup: Setup) {
        let (op, mailbox) = begin(setup);
        op.person("ada").await;
        op.person("grace").await;
        let own = known_browser(&op, HOME).await;
        for _ in 0..10 {
            ask_for_recovery(&op, browser_at(&op, HOME), "nobody").await;
        }
        assert_eq!(ask_for_recovery(&op, browser_at(&op, HOME), "ada").await.page().status, 429);
        // Of those whom it knows alone: a browser is no way around the limit.
        assert_eq!(ask_for_recovery(&op, own.clone(), "grace").await.page().status, 429);
        for _ in 0..3 {
            let asked = ask_for_recovery(&op, own.clone(), "ada").await;
            assert!(asked.is_at("/code"), "{}", asked.path);
        }
        assert_eq!(mailbox.read(&op).await.len(), 3);
        assert_eq!(ask_for_recovery(&op, own, "ada").await.page().status, 429);
    }

    async fn an_ipv6_network_is_one_address(setup: Setup) {
        let (op, _mailbox) = begin(setup);
        let address = |last: u32| format!("2001:db8:1:2::{last:x}");
        for last in 1..=10 {
            assert!(ask_for_recovery(&op, browser_at(&op, &address(last)), "ada").await.is_at("/code"));
        }
        assert_eq!(ask_for_recovery(&op, browser_at(&op, &address(11)), "ada").await.page().status, 429);
        assert!(ask_for_recovery(&op, browser_at(&op, "2001:db8:1:3::1"), "ada").await.is_at("/code"));
    }

    async fn a_strangers_request_ends_nothing_that_waits_and_one_use_ends_all(setup: Setup) {
        let (op, mailbox) = begin(setup);
        op.person("ada").await;
        let mut owner = ask_for_recovery(&op, browser_at(&op, HOME), "ada").await;
        let first = mailbox.newest(&op).await;
        ask_for_recovery(&op, browser_at(&op, STRANGER), "ada").await;
        let second = mailbox.newest(&op).await;
        for mail in [&first, &second] {
            op.browser().open(&mail.link()).await.ok();
        }
        assert!(sets(&op, &mut owner, &first.code()).await);
        for mail in [&first, &second] {
            assert_eq!(op.browser().open(&mail.link()).await.status, 410);
        }
    }

    async fn a_strangers_request_for_an_account_ends_nobodys_link_and_one_account_is_made(setup: Setup) {
        let (op, mailbox) = begin(setup);
        let ask = async |address: &str| {
            let mut browser = browser_at(&op, address);
            browser.open(&op.url("/signup")).await.ok();
            browser.submit(&[("email", "ada@example.org")]).await.ok();
            mailbox.newest(&op).await
        };
        let (first, second) = (ask(HOME).await, ask(STRANGER).await);
        op.browser().open(&second.link()).await.ok();
        let mut owner = op.browser();
        owner.open(&first.link()).await.ok();
        owner.submit(&[("name", "Ada"), ("username", "ada"), ("password", PASSWORD)]).await;
        assert_eq!(op.browser().open(&second.link()).await.status, 410);
        let mut again = op.browser();
        again.open(&op.url("/login")).await.ok();
        assert!(again.sign_in("ada", PASSWORD).await.body.contains("signed in"));
    }

    async fn a_second_message_in_one_browser_leaves_the_first_code_good(setup: Setup) {
        let (op, mailbox) = begin(setup);
        op.person("ada").await;
        let mut browser = ask_for_recovery(&op, op.browser(), "ada").await;
        let first = mailbox.newest(&op).await;
        let again = browser.path.trim_end_matches("/code").to_owned();
        browser.open(&again).await.ok();
        browser.submit(&[("username", "ada")]).await.ok();
        assert_ne!(mailbox.newest(&op).await.code(), first.code());
        assert!(sets(&op, &mut browser, &first.code()).await);
    }

    async fn what_strangers_guess_is_bounded_for_all_together_and_is_not_the_owners(setup: Setup) {
        let (op, mailbox) = begin(setup);
        op.person("ada").await;
        let own = known_browser(&op, HOME).await;
        for network in 0..7 {
            let mut stranger = ask_for_recovery(&op, browser_at(&op, &format!("203.0.{network}.9")), "ada").await;
            mailbox.read(&op).await;
            for _ in 0..5 {
                stranger.submit(&[("code", "00000000"), ("password", NEW)]).await.ok();
            }
        }
        let mut late = ask_for_recovery(&op, browser_at(&op, "203.0.99.9"), "ada").await;
        let mail = mailbox.newest(&op).await;
        assert!(!sets(&op, &mut late, &mail.code()).await, "35 guesses of strangers");
        op.browser().open(&mail.link()).await.ok();
        let mut own = ask_for_recovery(&op, own, "ada").await;
        let mail = mailbox.newest(&op).await;
        assert!(sets(&op, &mut own, &mail.code()).await, "her own browser has tries of its own");
        // And an hour later everybody has.
        op.advance(minutes(61));
        let mut late = ask_for_recovery(&op, browser_at(&op, "203.0.99.9"), "ada").await;
        let mail = mailbox.newest(&op).await;
        assert!(sets(&op, &mut late, &mail.code()).await);
    }

    async fn of_two_links_used_at_once_one_sets_a_password(setup: Setup) {
        let (op, mailbox) = begin(setup);
        op.person("ada").await;
        let mut paths = Vec::new();
        for address in [HOME, STRANGER] {
            ask_for_recovery(&op, browser_at(&op, address), "ada").await;
            let link = mailbox.newest(&op).await.link();
            paths.push(link.split_once("/recovery").map(|(_, end)| format!("/recovery{end}")).unwrap());
        }
        let uses = (0..16).map(|number| {
            let (mut browser, path) = (op.browser(), paths[number % 2].clone());
            async move { browser.post(&path, &[("password", &format!("{NEW} {number}"))]).await.status }
        });
        let done = futures_util::future::join_all(uses).await;
        assert_eq!(done.iter().filter(|status| **status == 200).count(), 1, "{done:?}");
    }
}
