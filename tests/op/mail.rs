//! Emails: sealed while they wait, sent once, tried again while the server is away.

use crate::support::mailbox::{LATER, Mailbox, NEVER, TAKEN};
use crate::support::stores::masters;
use crate::support::tls_mailbox::{Begins, TlsMailbox};
use crate::support::{Setup, TestOp, minutes};
use latchkey::app;
use latchkey::pages::letter::{About, Letter};
use latchkey::platform::config::{Mail, SmtpSecurity, SmtpServer};
use latchkey::platform::db::{Connection, schema::outbox};
use latchkey::platform::mail::{Mailer, Post};
use latchkey::platform::outbox::Delivery;
use latchkey::platform::outbox::store::{self, Listed};
use latchkey::platform::random::OsRandom;
use std::path::PathBuf;
use std::sync::Arc;

async fn write(op: &TestOp) {
    let link = "https://id.example.com/recovery/link/very-secret".to_owned();
    let letter = op.op.letter(&Letter {
        to: "ada@example.com".into(),
        name: Some("Ada Lovelace".into()),
        locales: Some("en".into()),
        about: About::Recovery { code: "12345678".into(), link },
    });
    let now = op.now();
    op.write(move |tx| letter.post(tx, now)).await;
}

async fn messages(op: &TestOp) -> Vec<Listed> {
    op.op.db.read(|connection| store::list(connection, true, 10)).await.unwrap()
}

fn payloads(connection: &mut Connection) -> diesel::QueryResult<Vec<String>> {
    use diesel::prelude::*;
    outbox::table.select(outbox::payload).load(connection)
}

fn mailer(server: &TlsMailbox, security: SmtpSecurity, ca_file: Option<PathBuf>) -> Mailer {
    let (host, port) = (server.address.ip().to_string(), server.address.port());
    let smtp = Some(SmtpServer { host, port, security });
    let config = Mail { smtp, ca_file, from: "no-reply@id.example.com".into(), ..Mail::default() };
    Mailer::new(&config, masters(), Arc::new(OsRandom)).unwrap()
}

fn post() -> Post {
    Post {
        id: "0190".into(),
        to: "ada@example.com".into(),
        subject: "Hello".into(),
        text: "text".into(),
        html: "<p>text</p>".into(),
        language: "en".into(),
    }
}

#[tokio::test]
async fn rfc3207_rfc8314_letters_leave_by_tls_to_a_server_that_is_who_it_says() {
    for (begins, security) in [(Begins::WithTls, SmtpSecurity::Tls), (Begins::WithStartTls, SmtpSecurity::StartTls)] {
        let server = TlsMailbox::open(begins);
        let sent = mailer(&server, security, Some(server.ca_file())).send(&post()).await;
        assert_eq!(sent, Delivery::Delivered, "{begins:?}");
        assert_eq!(mailer(&server, security, Some(server.ca_file())).probe().await, Ok(()), "{begins:?}");
        let letters = server.letters();
        assert!(letters.len() == 1 && letters[0].1 && letters[0].0.contains("Subject: Hello"), "{letters:?}");
        // One that nobody vouches for gets nothing, and is tried again when that is fixed.
        let untrusted = mailer(&server, security, None).send(&post()).await;
        assert!(matches!(untrusted, Delivery::Failed(_)), "{untrusted:?}");
        assert!(mailer(&server, security, None).probe().await.is_err(), "the doctor sees it too");
        assert_eq!(server.letters().len(), 1);
    }
}

#[tokio::test]
async fn a_server_that_offers_no_starttls_gets_no_letter() {
    let server = TlsMailbox::open(Begins::Plain);
    let sent = mailer(&server, SmtpSecurity::StartTls, Some(server.ca_file())).send(&post()).await;
    assert!(!matches!(sent, Delivery::Delivered), "{sent:?}");
    assert_eq!(server.letters(), []);
}

on_both_stores! {
    async fn rfc5321_4_1_1_1_relays_are_told_the_issuers_host_or_mail_hello(setup: Setup) {
        let stores = setup.stores();
        for (more, hello) in [("", None), ("\nhello = \"relay.example.net\"", Some("relay.example.net"))] {
            let mailbox = Mailbox::open();
            let op = Setup::new(stores).named().config(&format!("{}{more}", mailbox.config())).start();
            write(&op).await;
            mailbox.newest(&op).await;
            let host = op.op.config.issuer.host().to_owned();
            assert!(host.parse::<std::net::IpAddr>().is_err(), "{host}");
            assert_eq!(mailbox.greetings(), [hello.unwrap_or(&host)]);
        }
    }

    async fn f_23_while_the_mail_server_hangs_answers_are_the_same_and_codes_still_expire(setup: Setup) {
        let server = TlsMailbox::open(Begins::Silent);
        let config = format!("[mail]\nsmtp = \"smtp://{}\"\nfrom = \"no-reply@id.example.com\"", server.address);
        let op = setup.config(&config).start();
        op.person("ada").await;
        let ask = async |name: &str| {
            let mut browser = op.browser();
            browser.open(&op.url("/recovery")).await.ok();
            let page = browser.submit(&[("username", name)]).await;
            let id = browser.path.split('/').nth(2).unwrap().to_owned();
            (page.status, page.body.replace(&id, "").replace(&browser.csrf(), ""))
        };
        let known = ask("ada").await;
        assert_eq!(app::deliver_due(&op.op).await.unwrap(), 1, "what follows the request is done");
        // The email hangs, and whoever asks does not wait for it.
        let unknown = tokio::select! {
            page = ask("nobody") => page,
            done = app::deliver_due(&op.op) => panic!("{done:?}"),
        };
        assert_eq!(known, unknown);
        let waiting: Vec<_> = messages(&op).await.into_iter().filter(|one| one.outcome.is_none()).collect();
        assert!(waiting.iter().any(|one| one.kind == "mail"), "{waiting:?}");
        op.advance(minutes(61));
        let left = op.write(|tx| {
            use diesel::prelude::*;
            use latchkey::platform::db::schema::one_time;
            one_time::table.filter(one_time::used_at.is_null()).select(one_time::expires_at).load::<i64>(tx)
        });
        assert!(left.await.iter().all(|end| *end <= op.now().millis()), "what is written in it is good no more");
    }

    async fn a_letter_reaches_the_mail_server_in_text_and_html(setup: Setup) {
        let mailbox = Mailbox::open();
        let op = setup.config(&mailbox.config()).start();
        write(&op).await;
        let mails = mailbox.read(&op).await;
        let (mail, raw) = (&mails[0], &mails[0].raw);
        assert_eq!((mails.len(), mail.recipient.as_str(), mail.code().as_str()), (1, "ada@example.com", "12345678"));
        assert!(mail.letter.text.contains("Hello Ada Lovelace") && raw.contains("text/html"), "{raw}");
        assert!(raw.contains("Auto-Submitted: auto-generated") && raw.contains("@id.example.com>"), "{raw}");
        assert_eq!(messages(&op).await[0].outcome.as_deref(), Some("delivered"));
    }

    async fn f_23_a_mail_server_that_is_away_is_tried_again(setup: Setup) {
        let mailbox = Mailbox::open();
        let op = setup.config(&mailbox.config()).start();
        mailbox.answers(LATER);
        write(&op).await;
        assert_eq!(mailbox.read(&op).await.len(), 0);
        let message = messages(&op).await.remove(0);
        assert!(message.outcome.is_none() && message.last_error.unwrap().contains("451"));
        mailbox.answers(TAKEN);
        op.advance(minutes(1));
        assert_eq!(mailbox.read(&op).await.len(), 1);
    }

    async fn what_a_mail_server_refuses_for_good_is_not_tried_again(setup: Setup) {
        let mailbox = Mailbox::open();
        let op = setup.config(&mailbox.config()).start();
        mailbox.answers(NEVER);
        write(&op).await;
        mailbox.read(&op).await;
        assert_eq!(messages(&op).await[0].outcome.as_deref(), Some("refused"));
    }

    async fn a_letter_that_waits_shows_neither_code_nor_link_in_the_store(setup: Setup) {
        let mailbox = Mailbox::open();
        let op = setup.config(&mailbox.config()).start();
        write(&op).await;
        let waiting = op.op.db.read(payloads).await.unwrap();
        assert!(!waiting.is_empty() && waiting.iter().all(|text| !text.contains("12345678") && !text.contains("secret")));
        // A restart opens it again.
        let op = op.restart();
        assert_eq!(mailbox.read(&op).await.len(), 1);
    }

    async fn without_mail_a_letter_waits_for_a_server_that_has_it(op: TestOp) {
        write(&op).await;
        assert_eq!(app::deliver_due(&op.op).await.unwrap(), 0);
        assert_eq!(messages(&op).await[0].outcome, None);
    }

    async fn a_folder_takes_letters_as_files(setup: Setup) {
        let folder = std::env::temp_dir().join(format!("latchkey-mail-{}-{:?}", std::process::id(), setup.stores()));
        let op = setup.config(&format!("mail.folder = {:?}", folder.display().to_string())).start();
        write(&op).await;
        assert_eq!(app::deliver_due(&op.op).await.unwrap(), 1);
        let file = std::fs::read_dir(&folder).unwrap().next().unwrap().unwrap().path();
        assert!(file.extension().is_some_and(|end| end == "eml"));
        assert!(std::fs::read_to_string(&file).unwrap().contains("ada@example.com"));
        std::fs::remove_dir_all(folder).unwrap();
    }
}
