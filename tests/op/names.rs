//! One form of an address (UAX 15, UTS 46), user names that look alike (UTS 39), and codes in other digits: at the pages.

use crate::support::mailbox::Mailbox;
use crate::support::people::PASSWORD;
use crate::support::{Browser, Setup, TestOp};

fn begin(setup: Setup) -> (TestOp, Mailbox) {
    let mailbox = Mailbox::open();
    (setup.config(&mailbox.config()).config("[signup]\nmode = \"open\"").start(), mailbox)
}

async fn ask(op: &TestOp, address: &str) -> Browser {
    let mut browser = op.browser();
    browser.open(&op.url("/signup")).await.ok();
    browser.submit(&[("email", address)]).await.ok();
    browser
}

async fn signs_in(op: &TestOp, name: &str) -> bool {
    let mut browser = op.browser();
    browser.open(&op.url("/login")).await;
    browser.sign_in(name, PASSWORD).await.body.contains("Ada Lovelace")
}

fn account<'a>(code: &'a str, username: &'a str) -> [(&'a str, &'a str); 4] {
    [("code", code), ("name", "Ada Lovelace"), ("username", username), ("password", PASSWORD)]
}

/// The same number in the digits that begin at `zero`.
fn in_digits(code: &str, zero: char) -> String {
    code.chars().map(|c| char::from_u32(u32::from(zero) + c.to_digit(10).unwrap()).unwrap()).collect()
}

on_both_stores! {
    async fn uts46_an_address_is_one_in_every_spelling(setup: Setup) {
        let (op, mailbox) = begin(setup);
        let mut browser = ask(&op, "Ada@BÜCHER.example.").await;
        assert!(browser.is_at("/code"), "{}", browser.path);
        let mail = mailbox.newest(&op).await;
        assert_eq!(mail.recipient, "Ada@xn--bcher-kva.example", "the envelope has what mail servers know");
        browser.submit(&account(&mail.code(), "ada")).await.ok();
        let spellings = ["ada@bücher.example", "ADA@bu\u{308}cher.EXAMPLE", "ada@xn--bcher-kva.example", "ada@bücher。example."];
        for spelled in spellings {
            assert!(signs_in(&op, spelled).await, "{spelled}");
        }
        for spelled in spellings {
            ask(&op, spelled).await;
            assert!(mailbox.newest(&op).await.letter.subject.contains("have a"), "{spelled} has an account");
        }
        let mut browser = op.browser();
        browser.open(&op.url("/recovery")).await.ok();
        browser.submit(&[("username", "ada@bücher.example")]).await.ok();
        let mail = mailbox.newest(&op).await;
        assert!(mail.link().contains("/recovery/link/"), "{mail:?}");
        assert_eq!(mail.recipient, "Ada@xn--bcher-kva.example");
    }

    async fn rfc2047_encoded_words_and_invisible_characters_are_no_address(setup: Setup) {
        let (op, mailbox) = begin(setup);
        for address in ["=?utf-8?q?ada=40example.org=3e?=@evil.example", "a\u{200b}da@example.org", "ada@exa_mple.org"] {
            let browser = ask(&op, address).await;
            assert!(!browser.is_at("/code"), "{address}");
        }
        assert_eq!(mailbox.read(&op).await.len(), 0);
    }

    async fn rfc8264_4_3_nobody_signs_up_with_a_name_that_is_not_all_seen(setup: Setup) {
        let (op, mailbox) = begin(setup);
        let mut browser = ask(&op, "ada@example.org").await;
        let code = mailbox.newest(&op).await.code();
        for (name, username) in [("Ada\u{202e}ecalevoL", "ada"), ("Ad\u{200b}a", "ada"), ("Ada", "a\u{200b}da"), ("Ada", "a\u{202e}da")] {
            let page = browser.submit(&[("code", &code), ("name", name), ("username", username), ("password", PASSWORD)]).await;
            let told = if username == "ada" { "This contains invisible characters" } else { "username-error" };
            assert!(page.ok().body.contains(told), "{name:?} {username:?}: {}", page.body);
        }
        let page = browser.submit(&account(&code, "ada")).await;
        assert!(page.ok().body.contains("You’re signed in"), "{}", page.body);
    }

    async fn codes_are_the_same_in_other_digits(setup: Setup) {
        let (op, mailbox) = begin(setup);
        for (number, zero) in ['０', '٠', '०'].into_iter().enumerate() {
            let mut browser = ask(&op, &format!("ada{number}@example.org")).await;
            let typed = in_digits(&mailbox.newest(&op).await.code(), zero);
            let page = browser.submit(&account(&typed, &format!("ada{number}"))).await;
            page.ok();
            assert!(page.body.contains("You’re signed in"), "{typed}");
        }
        let mut browser = op.browser();
        browser.open(&op.url("/recovery")).await.ok();
        browser.submit(&[("username", "ada0")]).await.ok();
        let typed = in_digits(&mailbox.newest(&op).await.code(), '٠');
        let page = browser.submit(&[("code", &typed), ("password", "another engine 1844 indeed")]).await;
        page.ok();
        assert!(!page.body.contains("code-error"), "{}", page.body);
        assert!(!signs_in(&op, "ada0").await, "the password is another now");
    }

    async fn uts39_nobody_signs_up_with_a_name_that_looks_like_anothers(setup: Setup) {
        let (op, mailbox) = begin(setup);
        op.person("alice").await;
        op.person("burn").await;
        let mut browser = ask(&op, "ada@example.org").await;
        let code = mailbox.newest(&op).await.code();
        for name in ["\u{430}lice", "al\u{131}ce", "ａｌｉｃｅ", "bum"] {
            let page = browser.submit(&account(&code, name)).await;
            page.ok();
            assert!(page.body.contains("is taken"), "{name}");
        }
        let page = browser.submit(&account(&code, "\u{430}dmin")).await;
        page.ok();
        assert!(page.body.contains("username-error"), "an operator's name in other letters");
        assert!(browser.submit(&account(&code, "alicia")).await.ok().body.contains("You’re signed in"));
    }
}
