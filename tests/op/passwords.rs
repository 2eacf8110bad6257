//! Passwords: compared whole, whatever their length and spelling, and hashed again when the cost has changed.

use crate::support::people::{PASSWORD, Person};
use crate::support::{Answer, Setup, TestOp};
use latchkey::model::credential;
use latchkey::platform::password::{Cost, Passwords};
use latchkey::platform::random::OsRandom;
use latchkey::platform::secret::Secret;
use sha2::digest::Digest as _;
use std::sync::Arc;

/// sha512-crypt of `Hello world!` (U. Drepper's test vector), and bcrypt of `U*U` (Openwall's).
const SHA_CRYPT: &str =
    "$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1";
const BCRYPT: &str = "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";

/// What a person is told who wants this password instead of theirs.
async fn chosen(op: &TestOp, username: &str, new: &str) -> Answer {
    let mut browser = op.browser();
    browser.console(username, "/account/security/password").await.ok();
    browser.submit(&[("current", PASSWORD), ("new", new)]).await
}

/// What comes of one attempt in a browser of its own.
async fn attempt(op: &TestOp, username: &str, password: &str) -> Answer {
    let mut browser = op.browser();
    browser.open(&op.url("/login")).await;
    browser.sign_in(username, password).await
}

async fn is_right(op: &TestOp, username: &str, password: &str) -> bool {
    let answer = attempt(op, username, password).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.body.contains(&format!("{username} Lovelace"))
}

async fn stored_hash(op: &TestOp, person: &Person) -> String {
    let id = person.id.clone();
    op.write(move |tx| credential::store::find_password(tx, &id)).await.unwrap().phc
}

on_both_stores! {
    async fn aut_02_a_long_password_counts_to_its_last_character(op: TestOp) {
        let long = "correct horse battery staple ".repeat(17);
        Person::with_password(&op, "ada", &long).await;
        assert!(is_right(&op, "ada", &long).await);
        for wrong in [&long[..long.len() - 2], &long[..72], &long[..64], &format!("{long}x")] {
            assert!(!is_right(&op, "ada", wrong).await, "{}", wrong.len());
        }
    }

    async fn aut_02_capitals_and_spaces_count(op: TestOp) {
        Person::with_password(&op, "ada", " Analytical  Engine ").await;
        assert!(is_right(&op, "ada", " Analytical  Engine ").await);
        for wrong in [" analytical  engine ", "Analytical  Engine", " Analytical Engine "] {
            assert!(!is_right(&op, "ada", wrong).await, "{wrong:?}");
        }
    }

    async fn one_password_in_two_unicode_spellings_is_one_password(op: TestOp) {
        Person::with_password(&op, "ada", "Zu\u{308}rich fu\u{308}r immer").await;
        assert!(is_right(&op, "ada", "Z\u{fc}rich f\u{fc}r immer").await);
    }

    async fn aut_23_a_hash_of_another_cost_is_replaced_at_sign_in(op: TestOp) {
        let elsewhere = Passwords::start(Cost::new(128, 2).unwrap(), Arc::new(OsRandom)).unwrap();
        let old = elsewhere.hash(&Secret::new(PASSWORD.to_owned())).await.unwrap();
        let ada = Person::with_hash(&op, "ada", old.expose()).await;
        assert!(!is_right(&op, "ada", "wrong").await);
        assert_eq!(stored_hash(&op, &ada).await, *old.expose());
        assert!(is_right(&op, "ada", PASSWORD).await);
        let new = stored_hash(&op, &ada).await;
        assert!(new != *old.expose() && new.contains("m=64,t=1"), "{new}");
        assert!(is_right(&op, "ada", PASSWORD).await);
    }

    async fn a_hash_that_cannot_be_used_is_a_wrong_password(op: TestOp) {
        for (number, phc) in
            ["", "x", "$argon2id$v=19$m=4194304,t=64,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAA", "$2y$12$abc"].iter().enumerate()
        {
            let name = format!("ada{number}");
            Person::with_hash(&op, &name, phc).await;
            assert!(!is_right(&op, &name, PASSWORD).await, "{phc}");
        }
    }

    async fn odd_passwords_are_wrong_ones(op: TestOp) {
        op.person("ada").await;
        for odd in ["\u{7}bell", &"x".repeat(5_000), "🦀".repeat(300).as_str(), "\u{202e}"] {
            assert!(!is_right(&op, "ada", odd).await);
        }
    }

    async fn of_many_guesses_at_once_no_more_are_judged_than_of_as_many_in_a_row(op: TestOp) {
        op.person("ada").await;
        let replica = op.replica();
        let guesses = (0..40).map(|number| attempt(if number % 2 == 0 { &op } else { &replica }, "ada", "wrong"));
        let answers = futures_util::future::join_all(guesses).await;
        let judged = answers.iter().filter(|answer| answer.status == 200).count();
        assert!(judged <= 5, "{judged}");
        assert!(answers.iter().all(|answer| matches!(answer.status, 200 | 429)));
    }

    async fn aut_23_a_hash_of_another_system_signs_in_and_is_replaced_once(op: TestOp) {
        for (name, hash, password) in [("ada", SHA_CRYPT, "Hello world!"), ("bob", BCRYPT, "U*U")] {
            let person = Person::with_hash(&op, name, hash).await;
            assert!(!is_right(&op, name, "hello world!").await);
            assert_eq!(stored_hash(&op, &person).await, hash);
            assert!(is_right(&op, name, password).await);
            let new = stored_hash(&op, &person).await;
            assert!(new.starts_with("$argon2id$"), "{new}");
            assert!(is_right(&op, name, password).await && !is_right(&op, name, "other").await);
            assert_eq!(stored_hash(&op, &person).await, new);
        }
    }

    async fn of_fifty_sign_ins_at_once_one_replaces_the_hash(op: TestOp) {
        let ada = Person::with_hash(&op, "ada", BCRYPT).await;
        let replica = op.replica();
        let attempts = (0..50).map(|number| attempt(if number % 2 == 0 { &op } else { &replica }, "ada", "U*U"));
        let answers = futures_util::future::join_all(attempts).await;
        assert!(answers.iter().any(|answer| answer.body.contains("ada Lovelace")));
        // Who had to wait or found the pool full was told so; nobody was told that the password is wrong.
        assert!(answers.iter().all(|answer| answer.status != 200 || answer.body.contains("ada Lovelace")));
        let id = ada.id.clone();
        let stored = op.write(move |tx| credential::store::find_password(tx, &id)).await.unwrap();
        assert!(stored.version == 2 && stored.phc.starts_with("$argon2id$"), "{stored:?}");
        assert!(is_right(&op, "ada", "U*U").await);
    }

    async fn a_planted_hash_of_absurd_cost_is_a_wrong_password(op: TestOp) {
        for (number, planted) in [
            "$2b$31$abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui",
            "$scrypt$ln=30,r=8,p=1$c2FsdHNhbHQ$AAECAwQFBgcICQoLDA0ODwABAgMEBQYHCAkKCwwNDg8",
            "$pbkdf2-sha256$i=4294967295$c2FsdHNhbHQ$AAECAwQFBgcICQoLDA0ODwABAgMEBQYHCAkKCwwNDg8",
        ].iter().enumerate() {
            let name = format!("ada{number}");
            Person::with_hash(&op, &name, planted).await;
            assert!(!is_right(&op, &name, PASSWORD).await, "{planted}");
        }
    }

    async fn nist_800_63b_3_1_1_2_a_chosen_password_is_neither_common_nor_soon_guessed(setup: Setup) {
        let op = setup.config("[password]\nminimum_length = 8").start();
        op.person("ada").await;
        for (weak, told) in [
            ("Sunshine", "attackers try it first"),
            ("iloveyou", "attackers try it first"),
            ("password2019!", "could guess this password quickly"),
            ("ada lovelace", "your own name"),
        ] {
            let answer = chosen(&op, "ada", weak).await;
            assert!(answer.body.contains(told), "{weak}: {}", answer.body);
        }
        assert!(is_right(&op, "ada", PASSWORD).await, "nothing was changed");
        chosen(&op, "ada", "wet gravel sings at noon").await.ok();
        assert!(is_right(&op, "ada", "wet gravel sings at noon").await);
    }

    async fn a_breached_password_is_refused_and_one_that_cannot_be_looked_up_is_not_taken(setup: Setup) {
        let ranges = std::env::temp_dir().join(format!("lk-ranges-{}", latchkey::platform::random::token(&OsRandom)));
        std::fs::create_dir(&ranges).unwrap();
        let config = format!("[password]\nbreached_directory = \"{}\"", ranges.display());
        let op = setup.config(&config).start();
        op.person("ada").await;
        let (breached, unknown, fresh) =
            ("wet gravel sings at noon", "dry pebbles hum at dusk", "cold shingle roars at dawn");
        for (password, count) in [(breached, 7), (fresh, 0)] {
            let digest: String = sha1::Sha1::digest(password).iter().map(|byte| format!("{byte:02X}")).collect();
            let line = format!("{}:{count}\r\n", &digest[5..]);
            std::fs::write(ranges.join(format!("{}.txt", &digest[..5])), line).unwrap();
        }
        assert!(chosen(&op, "ada", breached).await.body.contains("attackers try it first"));
        assert_eq!(chosen(&op, "ada", unknown).await.status, 503);
        assert!(is_right(&op, "ada", PASSWORD).await, "nothing was changed");
        chosen(&op, "ada", fresh).await.ok();
        assert!(is_right(&op, "ada", fresh).await);
        std::fs::remove_dir_all(ranges).unwrap();
    }
}
