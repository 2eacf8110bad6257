//! The log as a collector reads it: JSON, a line a record, whatever was sent; and all of it, also of the last request.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use latchkey::platform::jose::parse_object;
use serde_json::{Map, Value};

use crate::load::Dice;
use crate::stage::{self, Store};
use crate::support::Latchkey;
use crate::wire::Request;

/// What breaks out of a line, a text or a terminal where it isn't escaped.
const HOSTILE: [&str; 12] = [
    "\u{202e}",
    "\u{2028}",
    "\n",
    "\r",
    "\u{1b}[2J",
    "\u{0}",
    "\u{7f}",
    "\u{9b}",
    "\"",
    "\\",
    "{\"level\":\"ERROR\"}",
    "é字",
];

fn serve() -> Latchkey {
    stage::start(stage::on(Store::Sqlite).set("log.format", "json"))
}

/// Stops the server and reads all that it logged.
fn records(mut server: Latchkey) -> Vec<Map<String, Value>> {
    server.sigterm();
    assert!(server.wait().success());
    let log = server.log();
    let read = |line: &str| {
        assert!(!line.chars().any(char::is_control), "{line:?}");
        // It refuses a member that comes twice.
        let record = parse_object(line.as_bytes()).unwrap_or_else(|error| panic!("{error}: {line:?}"));
        for member in ["timestamp", "level", "target"] {
            assert!(record.get(member).is_some_and(Value::is_string), "{member}: {line:?}");
        }
        record
    };
    log.lines().map(read).collect()
}

fn is_access(record: &&Map<String, Value>) -> bool {
    record["target"] == "latchkey::access"
}

/// A request that carries something hostile wherever a request carries anything.
fn hostile(dice: &mut Dice) -> Request {
    let mut text = || (0..=dice.below(4)).map(|_| *dice.of(&HOSTILE)).collect::<String>();
    let values: Vec<String> = (0..6).map(|_| text()).collect();
    let pairs: Vec<(&str, &str)> = ["client_id", "redirect_uri", "scope", "state", "resource", "token"]
        .into_iter()
        .zip(values.iter().map(String::as_str))
        .collect();
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&pairs).finish();
    let path: String = url::form_urlencoded::byte_serialize(values[0].as_bytes()).collect();
    let request = match dice.below(6) {
        0 => Request::get(&format!("/authorize?response_type=code&{query}")),
        1 => Request::get(&format!("/login/{path}")),
        2 => Request::get(&format!("/logout?id_token_hint={path}&post_logout_redirect_uri={path}")),
        3 => Request::post("/token", &[&[("grant_type", "authorization_code"), ("code", "x")], &pairs[..]].concat()),
        4 => Request::post("/introspect", &pairs),
        _ => Request::get(&format!("/userinfo?{query}")),
    };
    // In a header all bytes may stand but those that end it.
    let header: String = values[1].chars().filter(|character| !character.is_control()).collect();
    request.header("User-Agent", &header).basic(&values[2], &values[3])
}

#[test]
fn the_whole_log_is_json_whatever_is_sent_and_every_answer_is_in_it() {
    let server = serve();
    let (port, mut dice) = (stage::port(&server), Dice::with_seed(10));
    let mut answered = 0;
    for _ in 0..300 {
        let answer = hostile(&mut dice).send(port).expect("whatever is sent is answered");
        assert!(answer.status < 500, "{}: {}", answer.status, answer.text());
        answered += 1;
    }
    let records = records(server);
    let routes: BTreeSet<&str> = records.iter().filter(is_access).filter_map(|one| one["route"].as_str()).collect();
    assert!(routes.contains("/token") && routes.contains("/authorize"), "{routes:?}");
    let theirs = |one: &&Map<String, Value>| is_access(one) && one["route"] != "/readyz";
    assert_eq!(records.iter().filter(theirs).count(), answered);
    assert!(records.iter().any(|one| one["target"] == "latchkey::op::refusal"));
    assert!(records.iter().all(|one| one["level"] != "ERROR"));
}

#[test]
fn the_last_answers_before_the_end_are_in_the_log() {
    for _ in 0..3 {
        let server = serve();
        let port = stage::port(&server);
        for _ in 0..20 {
            assert_eq!(Request::get("/jwks").send(port).unwrap().status, 200);
        }
        let records = records(server);
        let told = records.iter().filter(is_access).filter(|one| one["route"] == "/jwks").count();
        assert_eq!(told, 20);
    }
}

#[test]
fn a_peer_that_speaks_no_http_is_no_error() {
    let server = serve();
    let address = ("127.0.0.1", stage::port(&server));
    // The first bytes of a TLS handshake, and other things that are no request line.
    let hello = [0x16, 0x03, 0x01, 0x00, 0x05, 0x01, 0x00, 0x00, 0x01, 0x00];
    let garbage: [&[u8]; 7] = [
        &hello,
        b"\r\n\r\nNOT HTTP\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /jwks HTTP/1.1\r\nhost: a\r\nbad header\r\n\r\n",
        b"POST /token HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
        b"GET /jwks HTTP/1.1\r\nhost: a\r\ncontent-length: -1\r\n\r\n",
        &[0xff; 200],
    ];
    for bytes in garbage {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream.write_all(bytes).unwrap();
        // Whatever it says, it ends: by its answer, or by closing.
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let _ = stream.read_to_end(&mut Vec::new());
    }
    assert_eq!(Request::get("/jwks").send(address.1).unwrap().status, 200);
    let loud: Vec<_> = records(server).into_iter().filter(|one| one["level"] == "ERROR").collect();
    assert!(loud.is_empty(), "{loud:?}");
}
