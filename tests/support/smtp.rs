//! A mail server on loopback: speaks SMTP, keeps what arrives, and can be told to refuse.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// What a server does with a message.
pub const TAKEN: u16 = 250;
pub const LATER: u16 = 451;
pub const NEVER: u16 = 550;

/// A message as it came over the wire, lines ended by `\n`.
#[derive(Clone, Debug)]
pub struct Message {
    pub recipient: String,
    pub raw: String,
}

impl Message {
    /// The text that people read: the first part of a message of several, else the only one.
    pub fn text(&self) -> String {
        let (head, body) = self.raw.split_once("\n\n").unwrap_or((&self.raw, ""));
        let boundary = head.split_once("boundary=\"").and_then(|(_, rest)| rest.split('"').next());
        match boundary.and_then(|boundary| body.split(&format!("--{boundary}")).nth(1)) {
            Some(part) => decoded(part.trim_start()),
            None => decoded(&self.raw),
        }
    }

    /// The eight digits.
    pub fn code(&self) -> String {
        code_in(&self.text())
    }

    /// The first URL.
    pub fn link(&self) -> String {
        link_in(&self.text())
    }
}

/// The eight digits of a letter's text.
pub fn code_in(text: &str) -> String {
    let is_code = |line: &&str| line.len() == 9 && line.chars().all(|c| c.is_ascii_digit() || c == ' ');
    let line = text.lines().map(str::trim).find(is_code);
    line.unwrap_or_else(|| panic!("no code: {text}")).replace(' ', "")
}

/// The first URL of a letter's text.
pub fn link_in(text: &str) -> String {
    let word = text.split_whitespace().find(|word| word.starts_with("http"));
    word.unwrap_or_else(|| panic!("no link: {text}")).to_owned()
}

/// A part without its transfer encoding (RFC 2045 §6).
fn decoded(part: &str) -> String {
    let (head, body) = part.split_once("\n\n").unwrap_or(("", part));
    let head = head.to_ascii_lowercase();
    let bytes = if head.contains("content-transfer-encoding: quoted-printable") {
        quoted_printable(body)
    } else if head.contains("content-transfer-encoding: base64") {
        STANDARD.decode(body.split_whitespace().collect::<String>()).expect("base64")
    } else {
        body.as_bytes().to_vec()
    };
    String::from_utf8(bytes).expect("UTF-8").replace("\r\n", "\n")
}

fn quoted_printable(body: &str) -> Vec<u8> {
    let joined = body.replace("=\n", "");
    let mut pieces = joined.split('=');
    let mut bytes = pieces.next().unwrap_or_default().as_bytes().to_vec();
    for piece in pieces {
        let (digits, rest) = piece.split_at(2);
        bytes.push(u8::from_str_radix(digits, 16).expect("two hexadecimal digits"));
        bytes.extend(rest.as_bytes());
    }
    bytes
}

/// The server. It ends with the process.
#[derive(Clone, Debug)]
pub struct SmtpServer {
    address: SocketAddr,
    messages: Arc<Mutex<Vec<Message>>>,
    greetings: Arc<Mutex<Vec<String>>>,
    answer: Arc<AtomicU16>,
}

impl SmtpServer {
    pub fn open() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let answer = Arc::new(AtomicU16::new(TAKEN));
        let server = Self { address, messages: Arc::default(), greetings: Arc::default(), answer };
        let served = server.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let served = served.clone();
                std::thread::spawn(move || served.converse(&stream));
            }
        });
        server
    }

    /// Where it listens.
    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// What becomes of the next messages.
    pub fn answers(&self, code: u16) {
        self.answer.store(code, Ordering::SeqCst);
    }

    /// Everything that was taken, the oldest first.
    pub fn messages(&self) -> Vec<Message> {
        self.messages.lock().unwrap().clone()
    }

    /// What clients called themselves, the first one first.
    pub fn greetings(&self) -> Vec<String> {
        self.greetings.lock().unwrap().clone()
    }

    fn converse(&self, stream: &TcpStream) {
        let (mut lines, mut out) = (BufReader::new(stream).lines(), stream);
        let mut say = |text: &str| out.write_all(format!("{text}\r\n").as_bytes()).is_ok();
        let mut recipient = String::new();
        if !say("220 mailbox.example ESMTP") {
            return;
        }
        while let Some(Ok(line)) = lines.next() {
            let verb = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
            let done = match verb.as_str() {
                "EHLO" => {
                    self.greetings.lock().unwrap().push(line.split_once(' ').unwrap_or_default().1.to_owned());
                    say("250-mailbox.example\r\n250 8BITMIME")
                }
                "RCPT" => {
                    recipient = line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
                    say(&format!("{} to", self.answer.load(Ordering::SeqCst)))
                }
                "DATA" => {
                    let go = say("354 go on");
                    let data: Vec<String> =
                        lines.by_ref().map_while(Result::ok).take_while(|line| line != ".").collect();
                    let raw = data.iter().map(|line| line.strip_prefix('.').unwrap_or(line));
                    let raw = raw.collect::<Vec<_>>().join("\n");
                    self.messages.lock().unwrap().push(Message { recipient: recipient.clone(), raw });
                    go && say("250 taken")
                }
                "QUIT" => {
                    say("221 bye");
                    return;
                }
                _ => say("250 ok"),
            };
            if !done {
                return;
            }
        }
    }
}
