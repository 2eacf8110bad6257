//! Mail: sends emails. Their content is in `pages::letter`; that they are never lost is
//! the outbox's.

pub mod address;
mod read;
mod transport;

pub use read::{Received, read};

use crate::platform::config::Mail;
use crate::platform::crypto::{MasterKeys, Sealed};
use crate::platform::outbox::Delivery;
use crate::platform::random::Random;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use std::sync::Arc;
use transport::Transport;

/// The kind of emails in the outbox.
pub const MAIL: &str = "mail";

/// An email as it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Post {
    /// Names this email over all attempts.
    pub id: String,
    pub to: String,
    pub subject: String,
    /// For readers without HTML.
    pub text: String,
    pub html: String,
    /// The language (RFC 3282).
    pub language: String,
}

/// Sends emails, and seals queued ones: a dump of the store must not reset anybody's password.
#[derive(Clone)]
pub struct Mailer {
    transport: Option<Transport>,
    from: Option<Mailbox>,
    masters: Arc<MasterKeys>,
    random: Arc<dyn Random>,
}

impl Mailer {
    /// As configured.
    ///
    /// # Errors
    /// What the operator has to know: a password file that can't be read, TLS that can't be set up.
    pub fn new(config: &Mail, masters: Arc<MasterKeys>, random: Arc<dyn Random>) -> Result<Self, String> {
        Ok(Self { transport: Transport::of(config)?, from: config.from.parse().ok(), masters, random })
    }

    /// Whether emails leave at all.
    pub fn is_on(&self) -> bool {
        self.transport.is_some()
    }

    /// Whether an email could leave now.
    ///
    /// # Errors
    /// What the mail server, or the folder, says.
    pub async fn probe(&self) -> Result<(), String> {
        match &self.transport {
            Some(transport) => transport.probe().await,
            None => Err("mail is not configured".to_owned()),
        }
    }

    /// Seals what waits in the outbox under this id.
    pub fn seal(&self, id: &str, plain: &str) -> String {
        self.masters.seal(&place(id), plain.as_bytes(), self.random.as_ref()).as_str().to_owned()
    }

    /// Opens an email sealed under this id; `None` when it is damaged or has another id.
    pub fn open(&self, id: &str, sealed: &str) -> Option<String> {
        let plain = self.masters.open(&place(id), &Sealed::from_stored(sealed.to_owned())).ok()?;
        String::from_utf8(plain.expose().clone()).ok()
    }

    /// Hands an email over.
    pub async fn send(&self, post: &Post) -> Delivery {
        let (Some(transport), Some(from)) = (&self.transport, &self.from) else {
            return Delivery::Failed("mail is not configured".to_owned());
        };
        match message(post, from) {
            Ok(message) => transport.send(&post.id, message).await,
            Err(why) => Delivery::Refused(why),
        }
    }
}

/// Whether an email can be sent there at all.
pub fn is_address(text: &str) -> bool {
    mailbox(text).is_some()
}

/// The address in the form that mail servers take.
fn mailbox(text: &str) -> Option<lettre::Address> {
    address::form(text).ok()?.envelope.parse().ok()
}

/// What an email is sealed to: its row in the outbox.
pub fn place(id: &str) -> String {
    format!("latchkey|outbox|{id}")
}

fn message(post: &Post, from: &Mailbox) -> Result<lettre::Message, String> {
    let to = mailbox(&post.to).ok_or("cannot send email to the address")?;
    let part = |kind, body: &str| SinglePart::builder().header(kind).body(body.to_owned());
    let body = MultiPart::alternative()
        .singlepart(part(ContentType::TEXT_PLAIN, &post.text))
        .singlepart(part(ContentType::TEXT_HTML, &post.html));
    // The same over all attempts: who gets it twice sees it once.
    let id = format!("<{}@{}>", post.id, from.email.domain());
    let builder = lettre::Message::builder().from(from.clone()).to(Mailbox::new(None, to)).subject(&post.subject);
    let built = builder.message_id(Some(id)).multipart(body);
    let mut message = built.map_err(|error| error.to_string())?;
    for (name, value) in [
        // RFC 3834 §5: no out-of-office answers to a machine.
        (HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated"),
        (HeaderName::new_from_ascii_str("X-Auto-Response-Suppress"), "All"),
        (HeaderName::new_from_ascii_str("Content-Language"), post.language.as_str()),
    ] {
        message.headers_mut().insert_raw(HeaderValue::new(name, value.to_owned()));
    }
    Ok(message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::random::OsRandom;

    fn post() -> Post {
        Post {
            id: "0190".into(),
            to: "ada@example.org".into(),
            subject: "Grüße".into(),
            text: "Hello Ada,\n\nthe code is 1234 5678 — ünlike any other, and this line is longer than seventy-six characters.\n"
                .into(),
            html: "<p>Hello</p>".into(),
            language: "en".into(),
        }
    }

    fn mailer() -> Mailer {
        let masters = MasterKeys::parse(MasterKeys::generate(&OsRandom).expose()).unwrap();
        Mailer::new(&Mail::default(), Arc::new(masters), Arc::new(OsRandom)).unwrap()
    }

    #[test]
    fn a_letter_is_marked_as_a_machines_and_keeps_its_id() {
        let formatted = message(&post(), &"Key <no-reply@example.net>".parse().unwrap()).unwrap().formatted();
        let text = String::from_utf8(formatted).unwrap();
        assert!(text.contains("Auto-Submitted: auto-generated") && text.contains("<0190@example.net>"), "{text}");
        let read = read(&text);
        assert_eq!((read.to.as_str(), read.subject.as_str()), ("ada@example.org", "Grüße"));
        assert!(read.text.contains("1234 5678 — ünlike any other, and this line is longer"), "{}", read.text);
    }

    #[test]
    fn no_line_of_an_address_becomes_a_header() {
        let bad = Post { to: "a@example.org>\r\nBcc: b@example.org".into(), ..post() };
        assert!(message(&bad, &"no-reply@example.net".parse().unwrap()).is_err());
    }

    #[test]
    fn what_waits_is_sealed_to_its_row() {
        let mailer = mailer();
        let sealed = mailer.seal("a", "secret");
        assert!(!sealed.contains("secret"));
        assert_eq!((mailer.open("a", &sealed).as_deref(), mailer.open("b", &sealed)), (Some("secret"), None));
    }
}
