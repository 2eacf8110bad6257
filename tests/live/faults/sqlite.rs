//! F-12: SQLite under SIGKILL, and two processes on one file.

use diesel::prelude::*;
use diesel::sql_types::Text;

use super::{alone, race::race};
use crate::history::Rules;
use crate::load::{Dice, Load};
use crate::party::Party;
use crate::person::Person;
use crate::stage::{self, Route, Store, TRUSTED};
use crate::support::process::Folder;

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = Text)]
    integrity_check: String,
}

#[test]
fn f_12_two_killed_processes_on_one_file_leave_it_whole_and_every_code_single_use() {
    let _alone = alone();
    let folder = Folder::create("sqlite");
    let file = folder.join("shared.sqlite").display().to_string();
    let mut instances = stage::start_two(stage::on(Store::Sqlite).database(&format!("sqlite://{file}")));
    let route = Route::to(&instances);
    let load = Load::start(&route, 4);
    let mut dice = Dice::new();
    for round in 0..8 {
        dice.pause(20, 300);
        instances[round % 2].kill9();
        for file in [&file, &format!("{file}.ephemeral")] {
            assert_eq!(integrity(file), "ok", "{file} after kill {round}");
        }
        load.goes_on();
        instances[round % 2].restart();
    }
    load.stop_and_judge(Rules::STRICT);

    let (mut person, party) = (Person::new(&route), Party::new(&route, TRUSTED));
    for round in 0..30 {
        let code = party.authorize(&mut person).unwrap();
        let won = race(&route, &party.redemption(&code)).into_iter().filter_map(|outcome| outcome.done()).count();
        assert_eq!(won, 1, "round {round}");
    }
    assert_eq!(integrity(&file), "ok");
}

#[test]
fn f_12_commands_and_a_server_write_side_by_side() {
    let instances = [stage::start(stage::on(Store::Sqlite))];
    let load = Load::start(&Route::to(&instances), 3);
    for number in 0..6 {
        let name = format!("person{number}");
        instances[0].run_with_input(&["user", "create", &name, "--password-stdin"], "a long enough pass phrase 77\n");
    }
    load.goes_on();
    load.stop_and_judge(Rules::STRICT);
    let listed = instances[0].run(&["user", "list", "--json"]);
    assert!((0..6).all(|number| listed.contains(&format!("person{number}"))), "{listed}");
}

pub fn integrity(file: &str) -> String {
    let mut connection = SqliteConnection::establish(file).unwrap();
    diesel::sql_query("PRAGMA busy_timeout = 5000").execute(&mut connection).unwrap();
    let found: Vec<Found> = diesel::sql_query("PRAGMA integrity_check").load(&mut connection).unwrap();
    found.iter().map(|row| row.integrity_check.as_str()).collect::<Vec<_>>().join("\n")
}
