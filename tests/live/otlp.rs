//! Traces for a collector, by a binary that was built with the feature `otel`.

use crate::support::Latchkey;
use crate::support::process::PATIENCE;
use serde_json::Value;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};

/// A collector: every body that it is sent, with the path that it was sent to.
fn collector() -> (u16, Receiver<(String, Value)>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let (tell, told) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            while let Some(one) = take(&mut stream) {
                if tell.send(one).is_err()
                    || stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}").is_err()
                {
                    return;
                }
            }
        }
    });
    (port, told)
}

/// One request of a connection.
fn take(stream: &mut TcpStream) -> Option<(String, Value)> {
    let mut seen = Vec::new();
    let mut piece = [0; 4096];
    loop {
        if let Some(end) = seen.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&seen[..end]).to_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
            if seen.len() >= end + 4 + length.parse::<usize>().unwrap() {
                let body = serde_json::from_slice(&seen[end + 4..]).unwrap();
                return Some((head.lines().next().unwrap().to_owned(), body));
            }
        }
        match stream.read(&mut piece) {
            Ok(0) | Err(_) => return None,
            Ok(length) => seen.extend_from_slice(&piece[..length]),
        }
    }
}

/// The spans of requests to a route, until there are so many.
fn spans(told: &Receiver<(String, Value)>, route: &str, count: usize) -> Vec<Value> {
    let mut found = Vec::new();
    while found.len() < count {
        let (line, body) = told.recv_timeout(PATIENCE).expect("spans arrive");
        assert_eq!(line, "post /v1/traces http/1.1");
        let spans = body["resourceSpans"][0]["scopeSpans"][0]["spans"].as_array().unwrap().clone();
        assert!(!body.to_string().contains("very-secret"), "{body}");
        found.extend(spans.into_iter().filter(|span| span["name"].as_str().unwrap().ends_with(route)));
    }
    found
}

fn post(latchkey: &Latchkey, trace: &str) -> String {
    let address = latchkey.base_url().replace("http://", "");
    let address = address.trim_end_matches('/');
    let mut stream = TcpStream::connect(address).unwrap();
    let body = "grant_type=authorization_code&code=very-secret";
    let head = format!(
        "POST /token?very-secret HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ntraceparent: {trace}\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

const TRACE: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

#[test]
fn a_refused_request_is_told_to_the_collector_with_its_reference_and_no_secret() {
    let (port, told) = collector();
    let endpoint = format!("http://127.0.0.1:{port}");
    let latchkey = Latchkey::serve().set("telemetry.otlp_endpoint", endpoint.as_str()).start();
    let answer = post(&latchkey, TRACE);
    let span = spans(&told, "/token", 1).remove(0);
    let attributes = span["attributes"].as_array().unwrap();
    let reference = attributes.iter().find(|one| one["key"] == "latchkey.reference").expect("a reference");
    assert!(answer.contains(reference["value"]["stringValue"].as_str().unwrap()), "{answer}");
    // No proxy is trusted: the trace is ours.
    assert!(span.get("parentSpanId").is_none() && !span["traceId"].as_str().unwrap().starts_with("4bf9"));
}

#[test]
fn the_trace_of_a_trusted_proxy_goes_on() {
    let (port, told) = collector();
    let endpoint = format!("http://127.0.0.1:{port}");
    let latchkey = Latchkey::serve()
        .config("proxy.trusted = [\"127.0.0.0/8\"]")
        .set("telemetry.otlp_endpoint", endpoint.as_str())
        .start();
    post(&latchkey, TRACE);
    let span = spans(&told, "/token", 1).remove(0);
    assert_eq!(span["traceId"], "4bf92f3577b34da6a3ce929d0e0e4736");
    assert_eq!(span["parentSpanId"], "00f067aa0ba902b7");
}
