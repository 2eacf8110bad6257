//! What every engine must do alike.

use super::fixture::{Fixture, MINUTE};
use super::*;
use futures_util::future::join_all;
use std::future::Future;

/// Runs `many` tasks that start together, and returns what each gave.
async fn together<T: Send + 'static, F: Future<Output = T> + Send + 'static>(
    fixture: &Fixture,
    many: usize,
    task: impl Fn(Arc<dyn Ephemeral>, usize) -> F,
) -> Vec<T> {
    let barrier = Arc::new(tokio::sync::Barrier::new(many));
    let tasks = (0..many).map(|index| {
        let (barrier, work) = (barrier.clone(), task(fixture.store.clone(), index));
        tokio::spawn(async move {
            barrier.wait().await;
            work.await
        })
    });
    join_all(tasks.collect::<Vec<_>>()).await.into_iter().map(Result::unwrap).collect()
}

pub(super) async fn a_value_is_read_until_it_expires(fixture: &Fixture) {
    let key = fixture.key("a");
    assert_eq!(fixture.store.get(&key).await.unwrap(), None);
    fixture.store.put(&key, b"one".to_vec(), MINUTE).await.unwrap();
    fixture.store.put(&key, b"two".to_vec(), MINUTE).await.unwrap();
    fixture.clock.advance(MINUTE - Duration::from_millis(1));
    assert_eq!(fixture.store.get(&key).await.unwrap(), Some(b"two".to_vec()));
    fixture.clock.advance(Duration::from_millis(1));
    assert_eq!(fixture.store.get(&key).await.unwrap(), None);
}

pub(super) async fn a_value_is_taken_once(fixture: &Fixture) {
    let key = fixture.key("a");
    fixture.store.put(&key, b"v".to_vec(), MINUTE).await.unwrap();
    assert_eq!(fixture.store.take(&key).await.unwrap(), Some(b"v".to_vec()));
    assert_eq!(fixture.store.take(&key).await.unwrap(), None);
    assert!(!fixture.store.delete(&key).await.unwrap());
    fixture.store.put(&key, b"v".to_vec(), MINUTE).await.unwrap();
    assert!(fixture.store.delete(&key).await.unwrap());
    fixture.store.ping().await.unwrap();
}

pub(super) async fn of_two_hundred_takers_exactly_one_wins(fixture: &Fixture) {
    for round in 0..5 {
        let key = fixture.key(&format!("round {round}"));
        fixture.store.put(&key, b"v".to_vec(), MINUTE).await.unwrap();
        let taken = together(fixture, 200, |store, _| async move { store.take(&key).await.unwrap() }).await;
        assert_eq!(taken.into_iter().flatten().count(), 1);
    }
}

pub(super) async fn only_the_first_puts_if_absent(fixture: &Fixture) {
    let key = fixture.key("a");
    let put = |store: Arc<dyn Ephemeral>, index: usize| async move {
        store.put_if_absent(&key, index.to_string().into_bytes(), MINUTE).await.unwrap()
    };
    let won = together(fixture, 100, put).await;
    let winners: Vec<_> = (0..100).filter(|index| won[*index]).collect();
    assert_eq!(winners.len(), 1);
    assert_eq!(fixture.store.get(&key).await.unwrap(), Some(winners[0].to_string().into_bytes()));
}

pub(super) async fn an_expired_value_is_absent_to_every_step(fixture: &Fixture) {
    let key = fixture.key("a");
    let write = || fixture.store.put(&key, b"7".to_vec(), MINUTE);
    write().await.unwrap();
    fixture.clock.advance(MINUTE);
    assert_eq!(fixture.store.take(&key).await.unwrap(), None);
    write().await.unwrap();
    fixture.clock.advance(MINUTE);
    assert!(!fixture.store.compare_and_swap(&key, b"7", b"8".to_vec(), MINUTE).await.unwrap());
    assert_eq!(fixture.store.increment(&key, MINUTE).await.unwrap(), 1);
    write().await.unwrap();
    fixture.clock.advance(MINUTE);
    assert!(fixture.store.put_if_absent(&key, b"new".to_vec(), MINUTE).await.unwrap());
    assert_eq!(fixture.store.get(&key).await.unwrap(), Some(b"new".to_vec()));
}

pub(super) async fn a_swap_needs_the_expected_value(fixture: &Fixture) {
    let key = fixture.key("a");
    assert!(!fixture.store.compare_and_swap(&key, b"", b"x".to_vec(), MINUTE).await.unwrap());
    fixture.store.put(&key, b"old".to_vec(), MINUTE).await.unwrap();
    assert!(!fixture.store.compare_and_swap(&key, b"ol", b"new".to_vec(), MINUTE).await.unwrap());
    assert!(fixture.store.compare_and_swap(&key, b"old", b"new".to_vec(), 2 * MINUTE).await.unwrap());
    fixture.clock.advance(MINUTE);
    assert_eq!(fixture.store.get(&key).await.unwrap(), Some(b"new".to_vec()), "a swap renews the expiry");
}

pub(super) async fn of_many_swappers_exactly_one_wins_each_round(fixture: &Fixture) {
    let key = fixture.key("a");
    fixture.store.put(&key, b"0".to_vec(), MINUTE).await.unwrap();
    for round in 0..5 {
        let swap = |store: Arc<dyn Ephemeral>, _| async move {
            let (old, new) = (round.to_string(), (round + 1).to_string());
            store.compare_and_swap(&key, old.as_bytes(), new.into_bytes(), MINUTE).await.unwrap()
        };
        assert_eq!(together(fixture, 100, swap).await.into_iter().filter(|won| *won).count(), 1);
    }
}

pub(super) async fn counts_of_many_add_up(fixture: &Fixture) {
    let key = fixture.key("a");
    let mut counts =
        together(fixture, 200, |store, _| async move { store.increment(&key, MINUTE).await.unwrap() }).await;
    counts.sort_unstable();
    assert_eq!(counts, (1..=200).collect::<Vec<_>>());
}

pub(super) async fn a_count_expires_at_the_time_of_its_first(fixture: &Fixture) {
    let key = fixture.key("a");
    assert_eq!(fixture.store.increment(&key, MINUTE).await.unwrap(), 1);
    fixture.clock.advance(MINUTE / 2);
    assert_eq!(fixture.store.increment(&key, MINUTE).await.unwrap(), 2);
    fixture.clock.advance(MINUTE / 2);
    assert_eq!(fixture.store.increment(&key, MINUTE).await.unwrap(), 1);
}

pub(super) async fn a_value_of_one_kind_is_not_found_as_another(fixture: &Fixture) {
    let slots = fixture.slots();
    slots.slot::<String>(Namespace::Interaction).put("id", &"v".into(), MINUTE).await.unwrap();
    assert_eq!(slots.slot::<String>(Namespace::AuthorizationCode).take("id").await.unwrap(), None);
    assert_eq!(slots.slot::<String>(Namespace::Session).find("id").await.unwrap(), None);
    assert!(slots.slot::<String>(Namespace::Interaction).find("id").await.unwrap().is_some());
}

pub(super) async fn bytes_of_any_kind_and_size_come_back_whole(fixture: &Fixture) {
    let key = fixture.key("a");
    for value in [vec![], vec![0, 255, 10, 13, 0], vec![0x80; 100_000]] {
        fixture.store.put(&key, value.clone(), MINUTE).await.unwrap();
        assert_eq!(fixture.store.get(&key).await.unwrap().as_ref(), Some(&value));
        assert!(fixture.store.compare_and_swap(&key, &value, b"swapped".to_vec(), MINUTE).await.unwrap());
    }
}

pub(super) async fn typed_slots_put_find_replace_and_take(fixture: &Fixture) {
    let slot = fixture.slots().slot::<Vec<u32>>(Namespace::Session);
    slot.put("id", &vec![1], MINUTE).await.unwrap();
    let read = slot.find_versioned("id").await.unwrap().unwrap();
    assert!(slot.replace("id", &read, &vec![1, 2], MINUTE).await.unwrap());
    assert!(!slot.replace("id", &read, &vec![1, 3], MINUTE).await.unwrap(), "what was read is no longer there");
    assert!(!slot.put_if_absent("id", &vec![9], MINUTE).await.unwrap());
    assert_eq!(slot.take("id").await.unwrap(), Some(vec![1, 2]));
    assert_eq!(slot.find("id").await.unwrap(), None);
}

pub(super) async fn an_unreadable_value_reads_as_absent(fixture: &Fixture) {
    fixture.slots().slot::<String>(Namespace::Session).put("id", &"text".into(), MINUTE).await.unwrap();
    assert_eq!(fixture.slots().slot::<u32>(Namespace::Session).find("id").await.unwrap(), None);
}

pub(super) async fn the_store_keeps_its_name(fixture: &Fixture) {
    let name = fixture.store.store_id().await.unwrap();
    assert_eq!(fixture.store.store_id().await.unwrap(), name);
    assert_eq!(fixture.open_again().await.store_id().await.unwrap(), name);
    assert_eq!(name.len(), 43);
}
