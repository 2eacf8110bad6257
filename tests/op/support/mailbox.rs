//! A mail server on loopback: speaks SMTP, keeps what arrives, and can be told to refuse or to be down.

use super::TestOp;
use latchkey::app;
use latchkey::platform::mail::{Received, read};
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex};

/// What a server does with a message.
pub const TAKEN: u16 = 250;
pub const LATER: u16 = 451;
pub const NEVER: u16 = 550;

/// A message as it came over the wire.
#[derive(Clone, Debug)]
pub struct Mail {
    pub recipient: String,
    pub raw: String,
    pub letter: Received,
}

impl Mail {
    /// The eight digits.
    pub fn code(&self) -> String {
        let line = self.letter.text.lines().map(str::trim).find(|line| is_code(line));
        line.unwrap_or_else(|| panic!("no code: {}", self.letter.text)).replace(' ', "")
    }

    /// The first URL.
    pub fn link(&self) -> String {
        let words = self.letter.text.split_whitespace();
        words.map(str::to_owned).find(|word| word.starts_with("http")).unwrap_or_else(|| panic!("{}", self.letter.text))
    }
}

fn is_code(line: &str) -> bool {
    line.len() == 9 && line.chars().all(|c| c.is_ascii_digit() || c == ' ')
}

/// The server.
pub struct Mailbox {
    address: SocketAddr,
    mails: Arc<Mutex<Vec<Mail>>>,
    answer: Arc<AtomicU16>,
}

impl Mailbox {
    pub fn open() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let (mails, answer) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicU16::new(TAKEN)));
        let (kept, told) = (Arc::clone(&mails), Arc::clone(&answer));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (kept, told) = (Arc::clone(&kept), Arc::clone(&told));
                std::thread::spawn(move || serve(&stream, &kept, &told));
            }
        });
        Self { address, mails, answer }
    }

    /// Configuration of a provider that sends here.
    pub fn config(&self) -> String {
        format!("[mail]\nsmtp = \"smtp://{}\"\nfrom = \"Latchkey <no-reply@id.example.com>\"", self.address)
    }

    /// What becomes of the next messages.
    pub fn answers(&self, code: u16) {
        self.answer.store(code, Ordering::SeqCst);
    }

    /// Everything that was taken, after the outbox was emptied.
    pub async fn read(&self, op: &TestOp) -> Vec<Mail> {
        for _ in 0..10 {
            if app::deliver_due(&op.op).await.unwrap() == 0 {
                break;
            }
        }
        self.mails.lock().unwrap().clone()
    }

    /// The newest message.
    pub async fn newest(&self, op: &TestOp) -> Mail {
        self.read(op).await.pop().expect("a message")
    }
}

fn serve(stream: &TcpStream, mails: &Mutex<Vec<Mail>>, answer: &AtomicU16) {
    let (mut lines, mut out) = (BufReader::new(stream).lines(), stream);
    let mut say = |text: &str| out.write_all(format!("{text}\r\n").as_bytes()).is_ok();
    let mut recipient = String::new();
    if !say("220 mailbox.example ESMTP") {
        return;
    }
    while let Some(Ok(line)) = lines.next() {
        let verb = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
        let done = match verb.as_str() {
            "EHLO" => say("250-mailbox.example\r\n250 8BITMIME"),
            "RCPT" => {
                recipient = line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
                say(&format!("{} to", answer.load(Ordering::SeqCst)))
            }
            "DATA" => {
                let go = say("354 go on");
                let data: Vec<String> = lines.by_ref().map_while(Result::ok).take_while(|line| line != ".").collect();
                let raw = data.iter().map(|line| line.strip_prefix('.').unwrap_or(line)).collect::<Vec<_>>().join("\n");
                let letter = read(&raw);
                mails.lock().unwrap().push(Mail { recipient: recipient.clone(), raw, letter });
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
