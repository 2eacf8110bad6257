//! AUT-10: nobody is found out by time. What a request costs is compared within one run, for accounts that exist and
//! for accounts that don't, by turns, so that whatever else the machine does falls on both.

use crate::support::mailbox::Mailbox;
use crate::support::{Browser, Setup, TestOp};
use std::time::Instant;

/// Of so many turns the median is taken.
const TURNS: usize = 120;
/// A quarter more or less: a password hash, a query or an email that only one of them has would be far beyond.
const BOUND: std::ops::RangeInclusive<f64> = 0.75..=1.34;

fn begin(setup: Setup) -> (TestOp, Mailbox) {
    let mailbox = Mailbox::open();
    let limits = ["sign_in_account", "sign_in_address", "sign_in_network", "mail_account", "mail_address"];
    let limits: String = limits.iter().map(|limit| format!("{limit} = \"off\"\n")).collect();
    let toml = format!("[signup]\nmode = \"open\"\n[throttle]\n{limits}{}", mailbox.config());
    (setup.config(&toml).start(), mailbox)
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// The median of the ratios of neighbours, which had the same neighbours on the machine.
async fn ratio(
    browser: &Browser,
    path: &str,
    field: &str,
    more: &[(&str, &str)],
    (known, unknown): (&str, &str),
) -> f64 {
    let (csrf, mut ratios) = (browser.csrf(), Vec::new());
    let cost = async |name: &str| {
        let mut browser = browser.clone();
        let fields: Vec<(&str, &str)> =
            [("csrf", csrf.as_str()), (field, name)].into_iter().chain(more.iter().copied()).collect();
        let start = Instant::now();
        let answer = browser.request(reqwest::Method::POST, path, Some(&fields)).await;
        let spent = start.elapsed().as_secs_f64();
        assert!(matches!(answer.status, 200 | 303), "{path}: {} {}", answer.status, answer.body);
        spent
    };
    for turn in 0..TURNS {
        // Neither is always the first.
        let (one, two) = if turn % 2 == 0 {
            let one = cost(known).await;
            (one, cost(unknown).await)
        } else {
            let two = cost(unknown).await;
            (cost(known).await, two)
        };
        ratios.push(one / two);
    }
    median(ratios)
}

on_both_stores! {
    async fn aut_10_known_and_unknown_accounts_cost_the_same(setup: Setup) {
        let (op, _mailbox) = begin(setup);
        op.person("ada").await;
        let mut browser = op.browser();
        browser.open(&op.url("/login")).await.ok();
        let id = browser.path.rsplit('/').next().unwrap().to_owned();
        let pair = ("ada", "eve");
        for (path, field, more, pair) in [
            (format!("/login/{id}"), "username", vec![("password", "not the password")], pair),
            (format!("/recovery/{id}"), "username", vec![], pair),
            (format!("/login/mail/{id}"), "username", vec![], pair),
            (format!("/signup/{id}"), "email", vec![], ("ada@example.com", "eve@example.com")),
        ] {
            let ratio = ratio(&browser, &path, field, &more, pair).await;
            assert!(BOUND.contains(&ratio), "{path}: known accounts take {ratio:.2} times as long as unknown ones");
        }
    }
}
