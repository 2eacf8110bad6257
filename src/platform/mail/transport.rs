//! Where emails go: a mail server, or a folder.

use crate::platform::config::{Mail, SmtpSecurity, SmtpServer};
use crate::platform::outbox::Delivery;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A server that takes longer for an email is tried again later, well within the outbox's lease.
const PATIENCE: Duration = Duration::from_secs(15);

#[derive(Clone)]
pub(super) enum Transport {
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
    Folder(PathBuf),
}

impl Transport {
    pub(super) fn of(config: &Mail) -> Result<Option<Self>, String> {
        match (&config.smtp, &config.folder) {
            (Some(server), _) => smtp(server, config).map(|smtp| Some(Self::Smtp(smtp))),
            (None, Some(folder)) => Ok(Some(Self::Folder(folder.clone()))),
            (None, None) => Ok(None),
        }
    }

    pub(super) async fn send(&self, id: &str, message: Message) -> Delivery {
        match self {
            Self::Smtp(smtp) => match tokio::time::timeout(PATIENCE, smtp.send(message)).await {
                Err(_) => Delivery::Failed(format!("the mail server did not answer within {} s", PATIENCE.as_secs())),
                Ok(Ok(_)) => Delivery::Delivered,
                // RFC 5321 §4.2.1: 5yz is the server's last word; but one about us (530 to 535) is for the operator.
                Ok(Err(error)) if error.is_permanent() && !is_about_us(&error) => Delivery::Refused(told(&error)),
                Ok(Err(error)) => Delivery::Failed(told(&error)),
            },
            Self::Folder(folder) => match write(folder, id, &message.formatted()) {
                Ok(()) => Delivery::Delivered,
                Err(error) => Delivery::Failed(format!("mail.folder: {}: {error}", folder.display())),
            },
        }
    }

    /// Does all that comes before a message: connects, starts TLS, signs in (RFC 5321 §4.1.1, RFC 3207, RFC 4954).
    pub(super) async fn probe(&self) -> Result<(), String> {
        match self {
            Self::Smtp(smtp) => match tokio::time::timeout(PATIENCE, smtp.test_connection()).await {
                Err(_) => Err(format!("it did not answer within {} s", PATIENCE.as_secs())),
                Ok(Err(error)) => Err(told(&error)),
                Ok(Ok(false)) => Err("it closed the connection".to_owned()),
                Ok(Ok(true)) => Ok(()),
            },
            Self::Folder(folder) => {
                let probe = write(folder, ".probe", b"").and_then(|()| std::fs::remove_file(folder.join(".probe.eml")));
                probe.map_err(|error| format!("{}: {error}", folder.display()))
            }
        }
    }
}

fn smtp(server: &SmtpServer, config: &Mail) -> Result<AsyncSmtpTransport<Tokio1Executor>, String> {
    let tls = || trusted(&server.host, config.ca_file.as_deref());
    let security = match server.security {
        SmtpSecurity::Tls => Tls::Wrapper(tls()?),
        SmtpSecurity::StartTls => Tls::Required(tls()?),
        SmtpSecurity::Plain => Tls::None,
    };
    // The builder is dangerous for who sets no TLS; it is set in the next line.
    let builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&server.host);
    let builder = builder.port(server.port).tls(security).timeout(Some(PATIENCE)).hello_name(hello(config));
    let Some(username) = &config.username else { return Ok(builder.build()) };
    Ok(builder.credentials(Credentials::new(username.clone(), password(config)?)).build())
}

/// Relays refuse names that they cannot look up.
fn hello(config: &Mail) -> ClientId {
    match config.hello.as_deref().map(url::Host::parse) {
        Some(Ok(url::Host::Domain(name))) => ClientId::Domain(name),
        Some(Ok(url::Host::Ipv4(address))) => ClientId::Ipv4(address),
        Some(Ok(url::Host::Ipv6(address))) => ClientId::Ipv6(address),
        _ => ClientId::default(),
    }
}

/// What the machine trusts, and the certificates of `mail.ca_file`.
fn trusted(host: &str, ca_file: Option<&Path>) -> Result<TlsParameters, String> {
    let mut builder = TlsParameters::builder(host.to_owned());
    if let Some(path) = ca_file {
        let failed = |error: &dyn std::fmt::Display| format!("mail.ca_file: {}: {error}", path.display());
        let pem = std::fs::read(path).map_err(|error| failed(&error))?;
        let certificate = Certificate::from_pem(&pem).map_err(|error| failed(&error))?;
        builder = builder.add_root_certificate(certificate);
    }
    builder.build().map_err(|error| format!("mail.smtp: {error}"))
}

fn password(config: &Mail) -> Result<String, String> {
    match (&config.password, &config.password_file) {
        (Some(password), _) => Ok(password.expose().clone()),
        (None, Some(path)) => {
            let text = std::fs::read_to_string(path);
            text.map(|text| text.trim_end().to_owned())
                .map_err(|error| format!("mail.password_file: {}: {error}", path.display()))
        }
        (None, None) => Ok(String::new()),
    }
}

fn is_about_us(error: &lettre::transport::smtp::Error) -> bool {
    error.status().is_some_and(|code| matches!(u16::from(code), 500..=504 | 530..=539))
}

fn told(error: &lettre::transport::smtp::Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    text
}

/// Under another name first, so that nobody reads half an email.
fn write(folder: &Path, id: &str, letter: &[u8]) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let half = folder.join(format!("{id}.part"));
    crate::platform::private_file::create(&half)?;
    std::fs::write(&half, letter)?;
    std::fs::rename(half, folder.join(format!("{id}.eml")))
}
