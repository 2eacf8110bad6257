//! What ends a session leaves word to the applications that took part, whoever ends it.

use super::installation::{Installation, both_engines};
use latchkey::model::session::{self, BrowserSession};
use latchkey::platform::clock::{Clock as _, SystemClock, Time};
use latchkey::protocol::scope::Scope;
use latchkey::tokens::family::{self, Authorized, Family};
use serde_json::json;
use std::time::Duration;

/// The person is signed in at `shop`, which wants logout tokens.
async fn signed_in(site: &Installation, person: &str, id: &str) {
    let now = SystemClock.now();
    let end = now + Duration::from_secs(600);
    let session = BrowserSession { id: id.into(), person_id: person.into(), authentications: vec![], expires_at: end };
    let family = family(person, id, now, end);
    let device = session::store::Device { user_agent: "a browser".into(), network: "192.0.2.0/24".into() };
    let work = move |tx: &mut latchkey::platform::db::Connection| {
        session::store::insert(tx, &session, 0, &device, now)?;
        family::store::insert(tx, &family)
    };
    site.db().write(work).await.unwrap();
}

fn family(person: &str, session: &str, now: Time, end: Time) -> Family {
    let scope = Scope::parse("openid").unwrap();
    Family {
        id: format!("family-of-{session}"),
        client_id: "shop".into(),
        person_id: person.into(),
        person_epoch: 0,
        session_id: Some(session.into()),
        offline: false,
        authorized: Authorized { scope, auth_time: now, ..Authorized::default() },
        secret: "secret".into(),
        generation: 0,
        rotated_at: now,
        idle_until: end,
        expires_at: end,
        revoked: false,
        binding: None,
    }
}

#[tokio::test]
async fn backchannel_2_3_commands_that_end_sessions_leave_word_to_the_applications() {
    for site in both_engines() {
        site.run(&["migrate"]);
        let shop = json!([{
            "client_id": "shop", "redirect_uris": ["https://shop.example/cb"],
            "backchannel_logout_uri": "https://shop.example/out",
        }]);
        std::fs::write(site.file("shop.json"), shop.to_string()).unwrap();
        site.run(&["client", "import", site.file("shop.json").to_str().unwrap()]);
        assert!(site.output(&["outbox", "list"], "").out.contains("Nothing is queued"));
        let person = site.json(&["user", "create", "ada", "--no-password"])["id"].as_str().unwrap().to_owned();
        let commands: [(&[&str], &str); 4] = [
            (&["session", "end", "--user", "ada"], ""),
            (&["user", "set-password", "ada", "--password-stdin"], "a long enough pass phrase\n"),
            (&["user", "disable", "ada"], ""),
            (&["user", "delete", "ada", "--yes"], ""),
        ];
        for (number, (command, input)) in commands.into_iter().enumerate() {
            signed_in(&site, &person, &format!("s{number}")).await;
            let said = site.output(command, input);
            assert_eq!(said.code, 0, "{said:?}");
            let waiting = site.json(&["outbox", "list"]);
            assert_eq!(waiting.as_array().unwrap().len(), number + 1, "{command:?}: {waiting}");
            assert_eq!((&waiting[0]["client_id"], &waiting[0]["state"]), (&json!("shop"), &json!("waiting")));
        }
        let table = site.output(&["outbox", "list"], "").out;
        assert!(table.contains("backchannel_logout") && table.contains("NEXT TRY"), "{table}");
    }
}
