//! Passwords as their callers see them.

use super::*;
use crate::platform::random::OsRandom;

fn cheap() -> Cost {
    Cost::new(64, 1).unwrap()
}

fn passwords(cost: Cost) -> Passwords {
    Passwords::with_workers(cost, Arc::new(OsRandom), 1, 4).unwrap()
}

fn secret(text: &str) -> Secret<String> {
    Secret::new(text.to_owned())
}

#[tokio::test]
async fn the_right_password_is_told_from_a_wrong_one() {
    let passwords = passwords(Cost::STANDARD);
    let phc = passwords.hash(&secret("correct horse")).await.unwrap();
    assert!(phc.expose().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", phc.expose());
    let verify = async |typed: &str| passwords.verify(&secret(typed), phc.expose()).await.unwrap();
    assert_eq!(verify("correct horse").await, Verified { ok: true, needs_rehash: false });
    for typed in ["correct hors", "correct horse ", "Correct horse", "", "a\0b", &"x".repeat(2000)] {
        assert!(!verify(typed).await.ok, "{typed}");
    }
    assert_ne!(passwords.hash(&secret("correct horse")).await.unwrap(), phc);
}

#[tokio::test]
async fn aut_02_the_whole_password_counts() {
    let passwords = passwords(cheap());
    let long = "x".repeat(LONGEST);
    let phc = passwords.hash(&secret(&long)).await.unwrap();
    assert!(passwords.verify(&secret(&long), phc.expose()).await.unwrap().ok);
    assert!(!passwords.verify(&secret(&long[1..]), phc.expose()).await.unwrap().ok);
    assert_eq!(passwords.hash(&secret("")).await, Err(PasswordError::Unacceptable));
}

#[tokio::test]
async fn a_hash_of_the_reference_implementation_verifies_and_wants_renewal() {
    // From the reference implementation's own test (RFC 9106 authors' repository): m = 2^16, t = 2, p = 1.
    let phc = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
    let passwords = passwords(Cost::STANDARD);
    let verified = passwords.verify(&secret("password"), phc).await.unwrap();
    assert_eq!(verified, Verified { ok: true, needs_rehash: true });
}

#[tokio::test]
async fn hashes_of_several_costs_share_the_memory() {
    let passwords = passwords(cheap());
    let phc = passwords.hash(&secret("password")).await.unwrap();
    let larger = "$argon2id$v=19$m=256,t=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
    assert!(!passwords.verify(&secret("password"), larger).await.unwrap().ok);
    assert!(passwords.verify(&secret("password"), phc.expose()).await.unwrap().ok);
}

#[test]
fn stored_hashes_of_absurd_cost_are_refused() {
    let tail = "$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
    for good in ["$argon2id$v=19$m=19456,t=2,p=1", "$argon2i$v=19$m=4096,t=3,p=1", "$argon2id$v=19$m=65536,t=3,p=4"] {
        assert!(Cost::of_import(&format!("{good}{tail}")).is_ok(), "{good}");
    }
    for bad in [
        "$argon2id$v=19$m=4294967295,t=2,p=1",
        "$argon2id$v=19$m=131073,t=1,p=1",
        "$argon2id$v=19$m=131072,t=16,p=1",
        "$argon2id$v=19$m=64,t=17,p=1",
        "$argon2id$v=19$m=19456,t=0,p=1",
        "$argon2id$v=19$m=19456,t=2,p=9",
        "$argon2id$v=19$m=19456,t=2",
        "$argon2id$v=18$m=19456,t=2,p=1",
        "$scrypt$ln=16,r=8,p=1",
    ] {
        assert!(Cost::of_import(&format!("{bad}{tail}")).is_err(), "{bad}");
    }
    for bad in [
        "",
        "secret",
        "$argon2id$v=19$m=64,t=1,p=1",
        "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ",
        "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$AAAAAAAAAAAAAAA",
        "$2b$12$abcdefghijklmnopqrstuuabcdefghijklmnopqrstuuabcdefghijklm",
    ] {
        assert!(Cost::of_import(bad).is_err(), "{bad}");
    }
    assert_eq!((Cost::new(7, 1), Cost::new(64, 0), Cost::new(u32::MAX, u32::MAX)), (None, None, None));
}

#[tokio::test]
async fn a_hash_that_came_with_an_import_verifies_and_wants_renewal() {
    let passwords = passwords(cheap());
    let verify = async |typed: &str, kept: &str| passwords.verify(&secret(typed), kept).await.unwrap();
    let kept = "$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1";
    assert_eq!(verify("Hello world!", kept).await, Verified { ok: true, needs_rehash: true });
    for wrong in ["hello world!", "", "a\0b"] {
        assert_eq!(verify(wrong, kept).await, Verified { ok: false, needs_rehash: true });
    }
    let planted = passwords.verify(&secret("x"), "$2b$31$abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui").await;
    assert!(matches!(planted, Err(PasswordError::UnusableHash(_))));
}

#[tokio::test]
async fn a_hash_of_another_system_is_of_what_was_typed_there() {
    let passwords = passwords(cheap());
    // Decomposed and composed: the other system kept what its keyboard sent.
    for typed in ["Zu\u{308}rich", "Z\u{fc}rich"] {
        let hash = bcrypt::hash(typed, 4).unwrap();
        assert!(passwords.verify(&secret(typed), &hash).await.unwrap().ok);
    }
    let composed = bcrypt::hash("Z\u{fc}rich", 4).unwrap();
    assert!(passwords.verify(&secret("Zu\u{308}rich"), &composed).await.unwrap().ok);
}

#[tokio::test]
async fn a_full_queue_refuses_at_once() {
    let passwords = passwords(Cost::STANDARD);
    let typed = secret("password");
    let answers = futures_util::future::join_all((0..40).map(|_| passwords.verify_unknown(&typed))).await;
    let busy = answers.iter().filter(|answer| matches!(answer, Err(PasswordError::Busy { .. }))).count();
    assert!((20..=36).contains(&busy), "{busy}");
    assert!(answers.iter().all(|answer| matches!(answer, Ok(()) | Err(PasswordError::Busy { .. }))));
    assert_eq!(passwords.verify_unknown(&typed).await, Ok(()));
}

#[tokio::test]
async fn sixty_four_browsers_at_once_are_all_served() {
    let passwords = Passwords::start(cheap(), Arc::new(OsRandom)).unwrap();
    let typed = secret("password");
    let answers = futures_util::future::join_all((0..64).map(|_| passwords.verify_unknown(&typed))).await;
    assert!(answers.iter().all(|answer| *answer == Ok(())));
}

#[tokio::test]
async fn a_caller_who_goes_away_breaks_nothing() {
    let passwords = passwords(Cost::STANDARD);
    let typed = secret("password");
    for _ in 0..3 {
        let waiting = passwords.verify_unknown(&typed);
        assert!(tokio::time::timeout(Duration::from_millis(1), waiting).await.is_err());
    }
    assert_eq!(passwords.verify_unknown(&typed).await, Ok(()));
}

#[tokio::test]
async fn a_panic_is_told_to_its_caller_only() {
    let pool = Pool::start(1, Bound::places(4)).unwrap();
    assert_eq!(pool.run(|_| -> () { panic!("on purpose") }).await, Err(Refused::Stopped));
    assert_eq!(pool.run(|_| 1).await, Ok(1));
}

#[tokio::test]
async fn memory_is_wiped_when_nobody_waits() {
    let pool = Pool::start(1, Bound::places(4)).unwrap();
    // By the first back end, whichever others there are.
    let fill = |memory: &mut Memory| memory.fill_blocks(&cheap().fresh(&[1; 16]));
    let clean = |memory: &mut Memory| memory.is_clean();
    let filled = pool.run(move |memory| {
        fill(memory);
        !clean(memory)
    });
    assert!(filled.await.unwrap());
    let mut wiped = false;
    let mut tries = 0..50;
    while !wiped && tries.next().is_some() {
        tokio::time::sleep(Duration::from_millis(100)).await;
        wiped = pool.run(clean).await.unwrap();
    }
    assert!(wiped);
}
