//! Emails about changes of what lets a person in (AUT-18).

use crate::support::mailbox::Mailbox;
use crate::support::people::PASSWORD;
use crate::support::*;

fn begin(setup: Setup) -> (TestOp, Mailbox) {
    let mailbox = Mailbox::open();
    (setup.config(&mailbox.config()).start(), mailbox)
}

on_both_stores! {
    async fn aut_18_a_changed_password_is_told_with_time_place_and_what_to_do(setup: Setup) {
        let (op, mailbox) = begin(setup);
        op.person("ada").await;
        let mut browser = op.browser();
        browser.console("ada", "/account/security/password").await.ok();
        let before = mailbox.read(&op).await.len();
        let fields = [("current", PASSWORD), ("new", "difference engine no 2")];
        browser.send("/account/security/password", &fields).await.ok();
        let mails = mailbox.read(&op).await;
        let mail = mails.last().unwrap();
        assert_eq!((mails.len(), mail.recipient.as_str()), (before + 1, "ada@example.com"));
        let text = &mail.letter.text;
        assert!(text.contains("password of your account was changed") && text.contains("When: 20"), "{text}");
        assert!(text.contains("network 127.0.0.0/24") && mail.link().ends_with("/recovery"), "{text}");
    }
}
