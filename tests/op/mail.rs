//! Letters: sealed while they wait, sent once, tried again while the server is away.

use crate::support::mailbox::{LATER, Mailbox, NEVER, TAKEN};
use crate::support::{Setup, TestOp, minutes};
use latchkey::app;
use latchkey::model::letter::{About, Letter};
use latchkey::platform::db::{Connection, schema::outbox};
use latchkey::platform::outbox::store::{self, Listed};

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

on_both_stores! {
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
