//! `mail.*`, `signup.*`: emails to people, and whether people may sign up.

use super::reader::Reader;
use super::value::{Raw, Setting, one_of};
use crate::platform::secret::Secret;
use std::net::IpAddr;
use std::path::PathBuf;

/// The server that mail is handed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SmtpServer {
    /// Its name or address.
    pub host: String,
    pub port: u16,
    /// How the way there is protected.
    pub security: SmtpSecurity,
}

/// How the way to a mail server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmtpSecurity {
    /// `smtps://`: TLS from the first byte (RFC 8314 §3.3).
    Tls,
    /// `smtp://`: STARTTLS, or no mail.
    StartTls,
    /// `smtp://` on this machine: the connection cannot be intercepted.
    Plain,
}

impl Setting for SmtpServer {
    fn parse(raw: &Raw) -> Result<Self, String> {
        let rule = "must be `smtp://HOST[:PORT]` (STARTTLS; plain on loopback only) or `smtps://HOST[:PORT]`";
        let url = url::Url::parse(raw.text(rule)?).map_err(|_| rule.to_owned())?;
        let bare = url.username().is_empty() && url.password().is_none() && url.query().is_none();
        let host = url.host_str().filter(|host| bare && !host.is_empty() && matches!(url.path(), "" | "/"));
        let host = host.ok_or(rule)?.trim_start_matches('[').trim_end_matches(']').to_owned();
        let (security, port) = match url.scheme() {
            "smtps" => (SmtpSecurity::Tls, 465),
            "smtp" if is_loopback(&host) => (SmtpSecurity::Plain, 25),
            "smtp" => (SmtpSecurity::StartTls, 587),
            _ => return Err(rule.to_owned()),
        };
        Ok(Self { host, port: url.port().unwrap_or(port), security })
    }
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// `mail.*`
#[derive(Debug, Clone)]
pub struct Mail {
    /// `mail.smtp`
    pub smtp: Option<SmtpServer>,
    /// `mail.ca_file`: certificates (PEM) that the mail server's may be signed by, beside those that the machine trusts.
    pub ca_file: Option<PathBuf>,
    /// `mail.hello`: what this server calls itself to the mail server (RFC 5321 §4.1.1.1); the issuer's host where it is not
    /// set.
    pub hello: Option<String>,
    /// `mail.folder`: emails become files here; only where there is no `mail.smtp`.
    pub folder: Option<PathBuf>,
    /// `mail.from`: who writes.
    pub from: String,
    /// `mail.username`
    pub username: Option<String>,
    /// `mail.password`; counts before the file.
    pub password: Option<Secret<String>>,
    /// `mail.password_file`
    pub password_file: Option<PathBuf>,
}

const NOBODY: &str = "no-reply@localhost";

impl Default for Mail {
    fn default() -> Self {
        Self {
            smtp: None,
            ca_file: None,
            hello: None,
            folder: None,
            from: NOBODY.to_owned(),
            username: None,
            password: None,
            password_file: None,
        }
    }
}

impl Mail {
    /// Whether emails leave at all.
    pub fn is_on(&self) -> bool {
        self.smtp.is_some() || self.folder.is_some()
    }

    /// `host` is the issuer's.
    pub(super) fn read(&mut self, reader: &mut Reader, host: &str) {
        reader.read("mail.smtp", &mut self.smtp);
        reader.read("mail.ca_file", &mut self.ca_file);
        self.hello = Some(host.to_owned());
        reader.read("mail.hello", &mut self.hello);
        let is_host = self.hello.as_deref().is_none_or(|name| url::Host::parse(name).is_ok());
        reader.require(is_host, "mail.hello", "must be a host name such as `id.example.com`, or an address");
        reader.read("mail.folder", &mut self.folder);
        reader.read("mail.from", &mut self.from);
        reader.read("mail.username", &mut self.username);
        reader.read("mail.password", &mut self.password);
        reader.read("mail.password_file", &mut self.password_file);
        let is_mailbox = self.from.parse::<lettre::message::Mailbox>().is_ok();
        reader.require(is_mailbox, "mail.from", "must be an address such as `Example <no-reply@example.org>`");
        let named = self.smtp.is_none() || self.from != NOBODY;
        reader.require(named, "mail.from", "must be set beside `mail.smtp`");
        let secret = self.password.is_some() || self.password_file.is_some();
        reader.require(secret || self.username.is_none(), "mail.username", "needs `mail.password_file`");
    }
}

/// Who may make an account.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SignupMode {
    #[default]
    Off,
    /// Anyone who has an address.
    Open,
    Invite,
}

impl Setting for SignupMode {
    fn parse(raw: &Raw) -> Result<Self, String> {
        one_of(raw, &[("off", Self::Off), ("open", Self::Open), ("invite", Self::Invite)])
    }
}

pub(super) fn read_signup(reader: &mut Reader, mode: &mut SignupMode, mail: &Mail) {
    reader.read("signup.mode", mode);
    let reaches = *mode == SignupMode::Off || mail.is_on();
    reader.require(reaches, "signup.mode", "needs mail, which proves who owns an address (`mail.smtp`)");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(text: &str) -> Option<(String, u16, SmtpSecurity)> {
        let server = SmtpServer::parse(&Raw::Word(text.to_owned())).ok()?;
        Some((server.host, server.port, server.security))
    }

    #[test]
    fn only_this_machine_is_spoken_to_in_plain() {
        let of = |text: &str| server(text).unwrap();
        assert_eq!(of("smtp://mail.example.org"), ("mail.example.org".into(), 587, SmtpSecurity::StartTls));
        assert_eq!(of("smtps://mail.example.org"), ("mail.example.org".into(), 465, SmtpSecurity::Tls));
        assert_eq!(of("smtp://127.0.0.1:2525"), ("127.0.0.1".into(), 2525, SmtpSecurity::Plain));
        assert_eq!(of("smtp://[::1]"), ("::1".into(), 25, SmtpSecurity::Plain));
        for bad in ["mail.example.org", "http://mail.example.org", "smtp://", "smtp://a:b@mail.example.org"] {
            assert_eq!(server(bad), None, "{bad}");
        }
    }
}
