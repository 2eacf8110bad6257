//! `events`.

use super::installation::{Installation, both_engines};
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader};

fn kinds(events: &Value) -> Vec<&str> {
    events.as_array().unwrap().iter().map(|event| event["kind"].as_str().unwrap()).collect()
}

#[test]
fn what_happened_is_read_on_from_where_one_stopped() {
    for site in both_engines() {
        site.run(&["migrate"]);
        assert_eq!(site.json(&["events", "tail"]), json!([]));
        let ada = site.json(&["user", "create", "ada", "--no-password"])["id"].clone();
        site.run(&["user", "disable", "ada"]);
        site.run(&["client", "create", "--id", "shop", "--redirect-uri", "https://shop.example/cb"]);
        let all = site.json(&["events", "tail"]);
        assert_eq!(kinds(&all), ["user.created", "user.disabled", "client.created"]);
        assert_eq!(all[1]["actor"], "operator");
        assert_eq!((&all[1]["person_id"], &all[2]["client_id"]), (&ada, &json!("shop")));
        assert_eq!(all[1]["request_id"], json!(null), "a command is no request");
        let position = |at: usize| all[at]["position"].as_i64().unwrap();
        assert_eq!((position(1) - position(0), position(2) - position(1)), (1, 1));
        assert_eq!(
            kinds(&site.json(&["events", "tail", "--after", &position(0).to_string(), "--limit", "1"])),
            ["user.disabled"]
        );
        assert_eq!(kinds(&site.json(&["events", "tail", "--user", "ada"])), ["user.created", "user.disabled"]);
        assert_eq!(kinds(&site.json(&["events", "tail", "--limit", "1"])), ["client.created"]);
        let last = position(2).to_string();
        assert_eq!(site.json(&["events", "tail", "--after", &last]), json!([]));
        assert!(site.run(&["events", "tail"]).contains("POSITION"));
        follows(&site, &last);
    }
}

fn follows(site: &Installation, last: &str) {
    let mut follower = site.spawn(&["events", "tail", "--after", last, "--follow", "--json"]);
    site.run(&["user", "enable", "ada"]);
    let mut line = String::new();
    BufReader::new(follower.stdout.take().unwrap()).read_line(&mut line).unwrap();
    follower.kill().unwrap();
    follower.wait().unwrap();
    let event: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(event["kind"], "user.enabled");
}
