//! One sign-out that many applications are told of: from the person's click to the last receipt.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::bare::{Costs, Operation};
use crate::http::Connection;
use crate::scenarios::Worker;
use crate::stage::{Stage, Store, web};

/// Applications that take logout tokens, all at one address.
struct Receiver {
    address: String,
    received: Arc<AtomicUsize>,
}

impl Receiver {
    fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address = listener.local_addr().expect("it is bound").to_string();
        let received = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&received);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let count = Arc::clone(&count);
                std::thread::spawn(move || answer(stream, &count));
            }
        });
        Self { address, received }
    }
}

fn answer(mut stream: std::net::TcpStream, count: &AtomicUsize) {
    let mut text = Vec::new();
    let mut chunk = [0; 4096];
    while let Ok(length) = stream.read(&mut chunk) {
        text.extend_from_slice(&chunk[..length]);
        if length == 0 || is_whole(&text) {
            break;
        }
    }
    if is_whole(&text) {
        count.fetch_add(1, Ordering::Relaxed);
    }
    let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
}

fn is_whole(text: &[u8]) -> bool {
    let text = String::from_utf8_lossy(text);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.to_lowercase().lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
    body.len() >= length.unwrap_or(0) && body.contains("logout_token=")
}

/// Signs a person in at `clients` applications, then out, and prints what the telling cost.
pub fn run(stage: &Stage, store: Store, clients: usize, costs: &Costs) {
    let receiver = Receiver::open();
    let name = |number: usize| format!("bench-told-{number}");
    let list: serde_json::Value = (0..clients)
        .map(|number| {
            let mut client = web(&name(number));
            client["backchannel_logout_uri"] = json!(format!("http://{}/{number}", receiver.address));
            client["grant_types"] = json!(["authorization_code"]);
            client
        })
        .collect();
    stage.import("client", &list);
    let mut worker = Worker::new(stage, 0);
    for number in 0..clients {
        worker.take_part(&name(number)).unwrap_or_else(|why| panic!("{number}: {why}"));
    }
    let (before, start) = (stage.used(), Instant::now());
    worker.sign_out(&mut Connection::open(&stage.authority()).expect("the server is ready"));
    let answered = start.elapsed();
    while receiver.received.load(Ordering::Relaxed) < clients && start.elapsed() < Duration::from_secs(120) {
        std::thread::sleep(Duration::from_millis(5));
    }
    let (told, wall, after) = (receiver.received.load(Ordering::Relaxed), start.elapsed(), stage.used());
    assert_eq!(told, clients, "each application is told");
    let each = |used: Duration| used.as_secs_f64() * 1000.0 / f64::from(u32::try_from(clients).unwrap_or(u32::MAX));
    let (server, database) =
        (each(after.server.saturating_sub(before.server)), each(after.database.saturating_sub(before.database)));
    let bare = costs[&Operation::SignRs256];
    println!(
        "\nSign-out told to {clients} applications, {}: the person waits {:.0} ms, the last receipt is there after {:.0} ms; \
         each costs {server:.3} ms of the server and {database:.3} ms of the database, beside {bare:.3} ms of bare signature: {:.1}.\n",
        store.name(),
        answered.as_secs_f64() * 1000.0,
        wall.as_secs_f64() * 1000.0,
        (server + database) / bare,
    );
}
