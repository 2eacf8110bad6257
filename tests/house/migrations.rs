//! F-20: migrations after the first only expand, so that the release before runs on the new schema: while servers are
//! replaced one by one, and after a rollback.

use std::collections::HashSet;

use super::source::root;

/// What contracts all the same: migration, beginning of the statement, and the reason why no running server minds.
const CONTRACTIONS: &[(&str, &str, &str)] = &[(
    "2026-11-29-110700_name_forms",
    "CREATE UNIQUE INDEX IDENTIFIERS_SKELETON",
    "the release before leaves the column empty, and empty ones never collide",
)];

/// Statements of every migration but the first of each engine that would disturb a server of the release before.
pub fn contractions() -> Vec<String> {
    let mut found = Vec::new();
    for engine in ["sqlite", "postgres"] {
        let folder = root().join("migrations").join(engine);
        let mut names: Vec<String> = std::fs::read_dir(&folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        for name in names.iter().skip(1) {
            let sql = std::fs::read_to_string(folder.join(name).join("up.sql")).unwrap();
            for (statement, rule) in judge(&sql) {
                let is_reasoned =
                    |(migration, begin, _): &&(&str, &str, &str)| migration == name && statement.starts_with(begin);
                if !CONTRACTIONS.iter().any(|known| is_reasoned(&known)) {
                    found.push(format!("migrations/{engine}/{name}/up.sql: {rule}: {statement}"));
                }
            }
        }
    }
    found
}

/// The statements of a migration that do more than expand, each with the rule that it breaks.
fn judge(sql: &str) -> Vec<(String, &'static str)> {
    let code: Vec<&str> = sql.lines().map(|line| line.split("--").next().unwrap_or_default()).collect();
    let code = code.join(" ");
    let statements: Vec<String> = code
        .split(';')
        .map(|statement| statement.split_whitespace().collect::<Vec<_>>().join(" ").to_ascii_uppercase())
        .filter(|statement| !statement.is_empty())
        .collect();
    let new: HashSet<&str> = statements
        .iter()
        .filter_map(|statement| statement.strip_prefix("CREATE TABLE ")?.split([' ', '(']).next())
        .collect();
    statements.iter().filter_map(|statement| Some((statement.clone(), broken_rule(statement, &new)?))).collect()
}

fn broken_rule(statement: &str, new: &HashSet<&str>) -> Option<&'static str> {
    let has = |words: &str| format!(" {statement} ").contains(&format!(" {words} "));
    let is_of_new = |after: &str| {
        let name = statement.split_once(after).and_then(|(_, rest)| rest.split([' ', '(']).next());
        name.is_some_and(|name| new.contains(name))
    };
    if has("DROP") {
        Some("the release before still reads it: drop it a release later")
    } else if has("RENAME") {
        Some("the release before knows the old name: add the new one beside it")
    } else if has("ALTER COLUMN") {
        Some("the release before reads and writes the old type: add a column beside it")
    } else if has("ADD COLUMN") && has("NOT NULL") && !has("DEFAULT") {
        Some("the release before does not fill it: let it be empty, or give it a default")
    } else if (has("ADD CONSTRAINT") && !is_of_new("ALTER TABLE ")) || (has("UNIQUE INDEX") && !is_of_new(" ON ")) {
        Some("the release before may break it: it does not know the rule")
    } else if has("DELETE FROM") || has("TRUNCATE") {
        Some("the release before may need these rows")
    } else {
        None
    }
}

#[test]
fn the_rule_tells_an_expansion_from_a_contraction() {
    let good = [
        "ALTER TABLE people ADD COLUMN x TEXT; -- DROP is a word of this comment",
        "ALTER TABLE people ADD COLUMN x TEXT NOT NULL DEFAULT ''",
        "CREATE TABLE y (id TEXT NOT NULL PRIMARY KEY); CREATE UNIQUE INDEX y_id ON y (id)",
        "CREATE INDEX people_x ON people (x) WHERE x IS NOT NULL",
        "INSERT INTO changes (topic, counter) VALUES ('x', 0)",
    ];
    for sql in good {
        assert_eq!(judge(sql), [], "{sql}");
    }
    let bad = [
        "ALTER TABLE people DROP COLUMN claims",
        "DROP TABLE people",
        "ALTER TABLE people RENAME COLUMN claims TO profile",
        "ALTER TABLE people ALTER COLUMN epoch TYPE TEXT",
        "ALTER TABLE people ADD COLUMN x TEXT NOT NULL",
        "CREATE UNIQUE INDEX people_x ON people (x)",
        "ALTER TABLE people ADD CONSTRAINT positive CHECK (epoch > 0)",
        "DELETE FROM consents",
    ];
    for sql in bad {
        assert_eq!(judge(sql).len(), 1, "{sql}");
    }
}
