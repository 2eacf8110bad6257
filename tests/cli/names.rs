//! One form of an address, and user names that look alike: at the commands, and for stores that older releases wrote.

use super::installation::{Installation, both_engines};
use diesel::connection::SimpleConnection as _;
use latchkey::platform::db::Connection;
use serde_json::json;

/// Writes names as a release did that knew no forms.
pub(crate) async fn as_before(site: &Installation, sql: &'static str) {
    let db = site.db();
    let write = db.write(move |tx| match tx {
        Connection::Sqlite(tx) => tx.batch_execute(sql),
        Connection::Postgres(tx) => tx.batch_execute(sql),
    });
    write.await.unwrap();
}

pub(crate) fn create(site: &Installation, name: &str, email: &str, verified: bool) {
    let verified = if verified { "true" } else { "false" };
    site.run(&["user", "create", name, "--no-password", "--email", email, "--email-verified", verified]);
}

#[test]
fn an_address_in_another_spelling_belongs_to_who_has_it() {
    for site in both_engines() {
        site.run(&["migrate"]);
        create(&site, "ada", "ada@bücher.example", true);
        for spelled in
            ["ADA@BÜCHER.EXAMPLE", "ada@xn--bcher-kva.example", "ada@bu\u{308}cher.example.", "ada@bücher。example"]
        {
            assert_eq!(site.json(&["user", "show", spelled])["username"], "ada", "{spelled}");
            let said = site.output(&["user", "create", "bob", "--no-password", "--email", spelled], "");
            assert!(said.code == 1 && said.err.contains("belongs to another person"), "{spelled}: {said:?}");
        }
        let said = site.output(
            &["user", "create", "eve", "--no-password", "--email", "=?utf-8?q?a=40b.example?=@evil.example"],
            "",
        );
        assert!(said.code == 1 && said.err.contains("encoded word"), "{said:?}");
    }
}

#[tokio::test]
async fn addresses_of_a_release_before_are_rewritten_and_collisions_resolved() {
    for site in both_engines() {
        site.run(&["migrate"]);
        create(&site, "ada", "ada@one.example", true);
        create(&site, "bob", "bob@two.example", false);
        create(&site, "carol", "carol@three.example", true);
        create(&site, "dora", "carol@xn--bcher-kva.example", false);
        create(&site, "erin", "erin@xn--bcher-kva.example", true);
        create(&site, "finn", "finn@four.example", true);
        as_before(&site, "
            UPDATE identifiers SET folded = 'ada@bücher.example', value = 'Ada@bücher.example' WHERE folded = 'ada@one.example';
            UPDATE identifiers SET folded = 'bob@two.example.', value = 'bob@two.example.' WHERE folded = 'bob@two.example';
            UPDATE identifiers SET folded = 'carol@bücher.example', value = 'carol@bücher.example' WHERE folded = 'carol@three.example';
            UPDATE identifiers SET folded = 'erin@bücher.example', value = 'erin@bücher.example' WHERE folded = 'finn@four.example';
        ").await;
        // Until somebody decides, each is found by the text that is theirs.
        assert_eq!(site.json(&["user", "show", "carol@bücher.example"])["username"], "carol");
        assert_eq!(site.json(&["user", "show", "carol@xn--bcher-kva.example"])["username"], "dora");
        let told = site.json(&["migrate", "--check"]);
        assert_eq!(told["addresses_to_rewrite"], 2, "{told:#}");
        let names: Vec<_> =
            told["address_collisions"].as_array().unwrap().iter().map(|one| one["name"].clone()).collect();
        assert_eq!(names, [json!("carol@xn--bcher-kva.example"), json!("erin@xn--bcher-kva.example")]);
        let said = site.output(&["migrate", "--check"], "");
        assert!(said.code == 0 && said.err.contains("resolve-addresses"), "{said:?}");
        let done = site.json(&["migrate"]);
        assert_eq!((&done["addresses_rewritten"], &done["addresses_to_rewrite"]), (&json!(2), &json!(0)), "{done:#}");
        assert_eq!(done["address_collisions"].as_array().unwrap().len(), 2, "they are told again: {done:#}");
        assert_eq!(site.json(&["migrate", "--check"])["addresses_to_rewrite"], 0);
        assert_eq!(site.json(&["user", "show", "ada@xn--bcher-kva.example"])["username"], "ada");
        assert_eq!(site.json(&["user", "show", "bob@two.example"])["username"], "bob");
        // One of two proved it: that one keeps it. Both did: an operator says who.
        let said = site.output(&["user", "resolve-addresses", "--dry-run"], "");
        assert!(said.code == 1 && said.out.contains("nothing was changed") && said.out.contains("--keep"), "{said:?}");
        let said = site.output(&["user", "resolve-addresses"], "");
        assert!(said.code == 1 && said.out.contains("UNDECIDED"), "{said:?}");
        assert_eq!(site.json(&["user", "show", "carol@xn--bcher-kva.example"])["username"], "carol");
        let told = site.json(&["user", "resolve-addresses", "--keep", "finn"]);
        assert_eq!((&told["undecided"], told["addresses"].as_array().unwrap().len()), (&json!(0), 1), "{told:#}");
        assert_eq!(site.json(&["user", "show", "erin@xn--bcher-kva.example"])["username"], "finn");
        let erin = site.json(&["user", "show", "erin"]);
        assert_eq!((&erin["status"], &erin["claims"]["email_verified"]), (&json!("active"), &json!(null)), "{erin:#}");
        assert_eq!(site.json(&["migrate", "--check"])["address_collisions"], json!([]));
        assert_eq!(site.json(&["user", "resolve-addresses"])["addresses"], json!([]));
    }
}

#[test]
fn uts39_a_user_name_that_looks_like_anothers_is_refused() {
    for site in both_engines() {
        site.run(&["migrate"]);
        site.run(&["user", "create", "alice", "--no-password"]);
        for other in ["\u{430}lice", "al\u{131}ce"] {
            let said = site.output(&["user", "create", other, "--no-password"], "");
            assert!(said.code == 1 && said.err.contains("looks like alice"), "{said:?}");
            let said = site.output(&["user", "update", "alice", "--username", other], "");
            assert_eq!(said.code, 0, "one's own may be written so: {said:?}");
            site.run(&["user", "update", other, "--username", "alice"]);
        }
        let rows = json!([{"username": "bob"}, {"username": "b\u{43e}b"}, {"username": "ali\u{441}e"}, {"username": "burn"}, {"username": "bum"}]);
        let path = site.write("people.json", &rows);
        let told: serde_json::Value =
            serde_json::from_str(&site.output(&["user", "import", &path, "--json"], "").out).unwrap();
        let outcomes: Vec<_> =
            told["rows"].as_array().unwrap().iter().map(|row| row["outcome"].as_str().unwrap()).collect();
        // Names of plain letters are the operator's affair: directories are full of them.
        assert_eq!(outcomes, ["created", "failed", "failed", "created", "created"], "{told:#}");
        // The name is free again with its owner.
        site.run(&["user", "delete", "alice", "--yes"]);
        site.run(&["user", "create", "\u{430}lice", "--no-password"]);
    }
}

#[tokio::test]
async fn names_of_a_release_before_are_compared_too() {
    for site in both_engines() {
        site.run(&["migrate"]);
        for name in ["alice", "bob", "xlice"] {
            site.run(&["user", "create", name, "--no-password"]);
        }
        as_before(
            &site,
            "UPDATE identifiers SET skeleton = NULL;
            UPDATE identifiers SET folded = 'аlice', value = 'аlice' WHERE folded = 'xlice';",
        )
        .await;
        site.run(&["migrate"]);
        let told = site.json(&["migrate", "--check"]);
        assert_eq!(told["look_alike_names"].as_array().unwrap().len(), 1, "{told:#}");
        let said = site.output(&["user", "create", "b\u{43e}b", "--no-password"], "");
        assert!(said.code == 1 && said.err.contains("looks like bob"), "{said:?}");
    }
}
