//! Mail: whether the server accepts it, and how old the queued messages are.

use super::{Finding, Site, count, span};
use crate::platform::clock::Time;
use crate::platform::crypto::MasterKeys;
use crate::platform::mail::Mailer;
use crate::platform::outbox::store::{self, Waiting};
use std::sync::Arc;
use std::time::Duration;

/// Seconds. A server looks every two seconds, and retries after a delay.
const SLOW: Duration = Duration::from_secs(5 * 60);
const STUCK: Duration = Duration::from_secs(60 * 60);

/// Connects to the mail server, starts TLS and signs in, or writes into the folder.
pub(in crate::cli) async fn way_out(site: &Site) -> Vec<Finding> {
    let mail = &site.config.mail;
    let name = match (&mail.smtp, &mail.folder) {
        (Some(server), _) => format!("the mail server {}:{}", server.host, server.port),
        (None, Some(folder)) => format!("`mail.folder` {}", folder.display()),
        (None, None) => {
            return vec![Finding::warn(
                "mail is not configured: nobody can recover a password, verify an address or be notified of a change",
                "set `mail.smtp` and `mail.from`",
            )];
        }
    };
    // Nothing is sealed or opened here, so any key will do.
    let masters = MasterKeys::parse(MasterKeys::generate(site.random.as_ref()).expose());
    let mailer = masters
        .map_err(|error| error.to_string())
        .and_then(|masters| Mailer::new(mail, Arc::new(masters), Arc::clone(&site.random)));
    let probed = match mailer {
        Ok(mailer) => mailer.probe().await,
        Err(cause) => Err(cause),
    };
    let hello = mail.hello.as_deref().filter(|_| mail.smtp.is_some());
    match probed {
        Ok(()) => {
            let greeted = hello.map(|hello| format!(" to {hello}")).unwrap_or_default();
            let signed = if mail.username.is_some() { " and accepts the password" } else { "" };
            vec![Finding::ok(format!("{name} answers{greeted}{signed}"))]
        }
        Err(cause) => vec![Finding::fail(
            format!("{name} does not accept mail: {cause}"),
            "check `mail.smtp`, `mail.username`, its password, `mail.ca_file` and `mail.hello`; queued emails are sent once it works",
        )],
    }
}

/// What is queued in the outbox.
pub(in crate::cli) async fn waiting(site: &Site) -> Option<Finding> {
    let waiting = site.read(store::waiting).await.ok()??;
    Some(judge(&waiting, site.now()))
}

fn judge(waiting: &Waiting, now: Time) -> Finding {
    let age = now.since(Time::from_millis(waiting.oldest));
    let number = count(usize::try_from(waiting.count).unwrap_or_default(), "message waits", "messages wait");
    let error = waiting.last_error.as_ref().map(|error| format!("; its last error: {error}")).unwrap_or_default();
    let what = format!("{number} to be sent, the oldest ({}) for {}{error}", waiting.kind, span(age));
    let fix = "is a server running? latchkey outbox list shows each message and its error";
    match age {
        age if age > STUCK => Finding::fail(what, fix),
        age if age > SLOW => Finding::warn(what, fix),
        _ => Finding::ok(what),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Level;
    use super::*;

    #[test]
    fn what_waits_long_is_told_with_its_age_and_its_error() {
        let waiting =
            Waiting { count: 2, kind: "mail".into(), oldest: 0, last_error: Some("550 no such mailbox".into()) };
        let at = |seconds| judge(&waiting, Time::from_seconds(seconds));
        assert_eq!([at(1), at(400), at(7200)].map(|finding| finding.level), [Level::Ok, Level::Warn, Level::Fail]);
        let told = at(7200).what;
        assert!(told.contains("2 messages") && told.contains("2 hours") && told.contains("550"), "{told}");
    }
}
