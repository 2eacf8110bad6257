//! Passwords: compared whole, whatever their length and spelling, and hashed anew when the cost has changed.

use crate::support::people::{PASSWORD, Person};
use crate::support::{Answer, TestOp};
use latchkey::model::credential;
use latchkey::platform::password::{Cost, Passwords};
use latchkey::platform::random::OsRandom;
use latchkey::platform::secret::Secret;
use std::sync::Arc;

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
}
