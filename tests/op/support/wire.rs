//! Bytes on a socket, for requests that no HTTP library would send.

use super::{Answer, TestOp};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use std::future::Future;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// A request, byte for byte.
#[derive(Clone, Debug)]
pub struct Raw {
    pub method: String,
    /// Path and query.
    pub target: Vec<u8>,
    pub headers: Vec<(String, Vec<u8>)>,
    pub body: Vec<u8>,
}

impl Raw {
    pub fn new(method: &str, target: impl Into<Vec<u8>>) -> Self {
        Self { method: method.to_owned(), target: target.into(), headers: Vec::new(), body: Vec::new() }
    }

    pub fn header(mut self, name: &str, value: impl Into<Vec<u8>>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// A form, encoded already.
    pub fn form(self, body: impl Into<Vec<u8>>) -> Self {
        Self { body: body.into(), ..self.header("content-type", "application/x-www-form-urlencoded") }
    }

    fn bytes(&self) -> Vec<u8> {
        let mut bytes =
            [self.method.as_bytes(), b" ", &self.target, b" HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n"]
                .concat();
        for (name, value) in &self.headers {
            bytes.extend([name.as_bytes(), b": ", value, b"\r\n"].concat());
        }
        let chunked = self.headers.iter().any(|(name, _)| name == "transfer-encoding");
        if !chunked && !self.headers.iter().any(|(name, _)| name == "content-length") {
            bytes.extend(format!("content-length: {}\r\n", self.body.len()).bytes());
        }
        [&bytes[..], b"\r\n", &self.body].concat()
    }

    /// Sends it and reads the answer.
    pub async fn send(&self, op: &TestOp) -> Answer {
        send(op, &self.bytes()).await
    }

    /// Sends the head and half of the body, and the rest only after `meanwhile`. The server has read the head by then:
    /// it has answered several other requests.
    pub async fn send_late(&self, op: &TestOp, meanwhile: impl Future<Output = ()>) -> Answer {
        let bytes = self.bytes();
        let (first, rest) = bytes.split_at(bytes.len() - self.body.len() / 2);
        let mut stream = TcpStream::connect(op.address.trim_start_matches("http://")).await.unwrap();
        stream.write_all(first).await.unwrap();
        others_are_served(op).await;
        meanwhile.await;
        let _ = stream.write_all(rest).await;
        read(&mut stream, false).await
    }
}

/// Some requests that have nothing to do with what is under way.
pub async fn others_are_served(op: &TestOp) {
    for _ in 0..8 {
        op.browser().request(reqwest::Method::GET, "/.well-known/openid-configuration", None).await.ok();
    }
}

/// Sends bytes and reads the answer; a connection that closes without one is a failure.
pub async fn send(op: &TestOp, bytes: &[u8]) -> Answer {
    let mut stream = TcpStream::connect(op.address.trim_start_matches("http://")).await.unwrap();
    // A server that has seen enough closes before it has read everything: that is its right.
    let _ = stream.write_all(bytes).await;
    read(&mut stream, bytes.starts_with(b"HEAD ")).await
}

async fn read(stream: &mut TcpStream, is_head: bool) -> Answer {
    let (mut answer, mut buffer) = (Vec::new(), [0; 16_384]);
    while !is_whole(&answer, is_head) {
        match stream.read(&mut buffer).await {
            Ok(0) | Err(_) => break,
            Ok(count) => answer.extend_from_slice(&buffer[..count]),
        }
    }
    parse(&answer)
}

/// Whether head and announced body have come: the server may wait for us to close.
fn is_whole(answer: &[u8], is_head: bool) -> bool {
    let Some(end) = head_end(answer) else { return false };
    let head = String::from_utf8_lossy(&answer[..end]).to_lowercase();
    let length =
        head.split("content-length: ").nth(1).and_then(|rest| rest.split("\r\n").next()?.parse::<usize>().ok());
    is_head || length.is_some_and(|length| answer.len() >= end + 4 + length)
}

fn head_end(answer: &[u8]) -> Option<usize> {
    answer.windows(4).position(|four| four == b"\r\n\r\n")
}

fn parse(answer: &[u8]) -> Answer {
    let end = head_end(answer);
    let end = end.unwrap_or_else(|| panic!("no answer, but {:?}", String::from_utf8_lossy(answer)));
    let head = String::from_utf8_lossy(&answer[..end]).into_owned();
    let mut lines = head.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).and_then(|status| status.parse().ok());
    let mut headers = HeaderMap::new();
    for (name, value) in lines.filter_map(|line| line.split_once(": ")) {
        headers.append(HeaderName::from_bytes(name.as_bytes()).unwrap(), HeaderValue::from_str(value).unwrap());
    }
    let body = String::from_utf8_lossy(&answer[end + 4..]).into_owned();
    Answer { status: status.expect("a status"), headers, body }
}
