//! F-26: other programs open a running store's files: `sqlite3` for a backup or a look, a command, a second process.
//! While a server holds its locks none of them is the last to leave, so none of them removes the write-ahead log that
//! the server writes to.

use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{alone, sqlite::integrity};
use crate::history::Rules;
use crate::load::Load;
use crate::party::Party;
use crate::person::Person;
use crate::stage::{self, Route, Store, TRUSTED};
use crate::support::Latchkey;

fn stores(server: &Latchkey) -> [PathBuf; 2] {
    ["latchkey.sqlite", "latchkey.sqlite.ephemeral"].map(|name| server.folder().join(name))
}

fn beside(file: &Path, suffix: &str) -> PathBuf {
    PathBuf::from(format!("{}{suffix}", file.display()))
}

fn inode(file: &Path) -> u64 {
    std::fs::metadata(file).unwrap_or_else(|error| panic!("{}: {error}", file.display())).ino()
}

/// The server's locks on a file (`proc(5)`).
fn locks(server: &Latchkey, file: &Path) -> usize {
    let (process, inode) = (format!(" {} ", server.pid()), format!(":{} ", inode(file)));
    let locks = std::fs::read_to_string("/proc/locks").unwrap();
    locks.lines().filter(|line| line.contains("POSIX") && line.contains(&process) && line.contains(&inode)).count()
}

fn sqlite3(file: &Path, command: &str) -> String {
    let output =
        Command::new("sqlite3").arg(file).args([".timeout 5000", command]).output().expect("sqlite3 is installed");
    assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn f_26_what_others_do_beside_a_running_store_takes_nothing_from_it() {
    let _alone = alone();
    let mut servers = [stage::start(stage::on(Store::Sqlite))];
    let route = Route::to(&servers);
    let load = Load::start(&route, 4);
    let files = stores(&servers[0]);
    let logs: Vec<u64> = files.iter().map(|file| inode(&beside(file, "-wal"))).collect();
    for round in 0..4 {
        for (file, log) in files.iter().zip(&logs) {
            let copy = servers[0].folder().join(format!("copy-{round}"));
            sqlite3(file, &format!(".backup {}", copy.display()));
            assert_eq!(integrity(&copy.display().to_string()), "ok", "the copy");
            std::fs::remove_file(copy).unwrap();
            assert!(sqlite3(file, ".dump").contains("COMMIT"), "the dump");
            // With a write of its own, which makes it want to tidy up when it leaves.
            sqlite3(file, "CREATE TABLE IF NOT EXISTS theirs (n); INSERT INTO theirs VALUES (1)");
            assert!(locks(&servers[0], file) > 0, "round {round}: no lock on {}", file.display());
            assert!(
                locks(&servers[0], &beside(file, "-shm")) > 0,
                "round {round}: no lock on the index of {}",
                file.display()
            );
            assert_eq!(inode(&beside(file, "-wal")), *log, "round {round}: the log of {} was replaced", file.display());
        }
        load.goes_on();
    }
    // A command is heard: before, it wrote into another log than the server's.
    let (mut sofia, party) = (Person::named(&route, "sofia"), Party::new(&route, TRUSTED));
    let held = party.redeem(&party.authorize(&mut sofia).unwrap()).expect_done("redemption");
    servers[0].run(&["user", "disable", "sofia"]);
    assert!(
        !party.introspect(&held.access).expect_done("introspection"),
        "the server did not hear that she is disabled"
    );
    // What was acknowledged before is there after a restart, although nothing was checkpointed by the server's end.
    let kept = party.redeem(&party.authorize(&mut Person::new(&route)).unwrap()).expect_done("redemption");
    servers[0].kill9();
    servers[0].restart();
    assert!(party.introspect(&kept.access).expect_done("introspection"), "I4: lost in a restart");
    load.stop_and_judge(Rules::STRICT);
    for file in files {
        assert_eq!(integrity(&file.display().to_string()), "ok", "{}", file.display());
    }
}
