//! `latchkey recover`. What it does to tokens and sessions is shown by running servers: `tests/live/faults/restore.rs`.

use crate::installation::{Installation, both_engines};
use diesel::prelude::*;
use latchkey::platform::db::schema::{changes, events, people};

fn epochs(site: &Installation) -> (i64, i64, i64) {
    let db = site.db();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let read = db.read(|connection| {
        Ok((
            people::table.select(people::epoch).first(connection)?,
            changes::table.find("clients").select(changes::counter).first(connection)?,
            events::table.filter(events::kind.eq("store.recovered")).count().get_result(connection)?,
        ))
    });
    runtime.block_on(read).unwrap()
}

#[test]
fn i3_each_recovery_raises_every_epoch_beyond_the_clock_and_itself() {
    for site in both_engines() {
        site.json(&["migrate"]);
        site.run(&["user", "create", "ada", "--no-password", "--email", "ada@example.org"]);
        let before = epochs(&site);
        let would = site.json(&["recover", "--dry-run"]);
        assert_eq!((would["dry_run"].as_bool(), would["ended"]["people"].as_i64()), (Some(true), Some(1)), "{would}");
        assert_eq!(epochs(&site), before, "a dry run changed something");
        let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs();
        let said = site.output(&["recover"], "");
        assert_eq!(said.code, 0, "{said:?}");
        assert!(said.out.contains("1 person") && said.err.contains("repeat what"), "{said:?}");
        let once = epochs(&site);
        assert!(once.0 >= i64::try_from(now).unwrap() && once.1 >= i64::try_from(now).unwrap(), "{once:?}");
        site.run(&["recover"]);
        let twice = epochs(&site);
        assert!(twice.0 > once.0 && twice.1 > once.1, "{once:?} {twice:?}");
        assert_eq!((once.2, twice.2), (1, 2), "one event each");
        assert_eq!(site.output(&["recover", "--keep", "sessions"], "").code, 2);
    }
}

#[test]
fn a_witness_that_is_another_providers_or_nobody_is_not_heard() {
    let (site, other) = (Installation::migrated(), Installation::migrated());
    let foreign = site.output(&["recover", "--from", &other.url], "");
    assert!(foreign.code == 1 && foreign.err.contains("another provider"), "{foreign:?}");
    let none = site.file("no.sqlite");
    let said = site.output(&["recover", "--from", &format!("sqlite://{}", none.display())], "");
    assert!(said.code == 1 && said.err.contains("the file does not exist") && !none.exists(), "{said:?}");
}
