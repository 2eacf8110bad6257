//! The mail server, and what the provider sent to it.

use super::TestOp;
pub use crate::outside::smtp::{LATER, NEVER, TAKEN};
use crate::outside::smtp::{Message, SmtpServer, code_in, link_in};
use latchkey::app;
use latchkey::platform::mail::{Received, read};

/// A message as it came over the wire.
#[derive(Clone, Debug)]
pub struct Mail {
    pub recipient: String,
    pub raw: String,
    pub letter: Received,
}

impl Mail {
    fn of(Message { recipient, raw }: Message) -> Self {
        let letter = read(&raw);
        Self { recipient, raw, letter }
    }

    /// The eight digits.
    pub fn code(&self) -> String {
        code_in(&self.letter.text)
    }

    /// The first URL.
    pub fn link(&self) -> String {
        link_in(&self.letter.text)
    }
}

/// The server.
pub struct Mailbox {
    server: SmtpServer,
}

impl Mailbox {
    pub fn open() -> Self {
        Self { server: SmtpServer::open() }
    }

    /// Configuration of a provider that sends here.
    pub fn config(&self) -> String {
        format!("[mail]\nsmtp = \"{}\"\nfrom = \"Latchkey <no-reply@id.example.com>\"", self.server.url())
    }

    /// What becomes of the next messages.
    pub fn answers(&self, code: u16) {
        self.server.answers(code);
    }

    /// What the provider called itself, at each connection.
    pub fn greetings(&self) -> Vec<String> {
        self.server.greetings()
    }

    /// Everything that was taken, after the outbox was emptied.
    pub async fn read(&self, op: &TestOp) -> Vec<Mail> {
        for _ in 0..10 {
            if app::deliver_due(&op.op).await.unwrap() == 0 {
                break;
            }
        }
        self.server.messages().into_iter().map(Mail::of).collect()
    }

    /// The newest message.
    pub async fn newest(&self, op: &TestOp) -> Mail {
        self.read(op).await.pop().expect("a message")
    }
}
