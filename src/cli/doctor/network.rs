//! The provider as others see it: reached at its issuer, through whatever stands before it.

use super::{Finding, Site, stores};
use crate::platform::clock::Time;
use reqwest::redirect::Policy;
use rustls::crypto::ring;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use serde_json::Value;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(5);
const LARGEST: usize = 1024 * 1024;

/// What came back from discovery.
struct Seen {
    status: u16,
    date: Option<Time>,
    body: Vec<u8>,
}

pub(in crate::cli) async fn look(site: &Site) -> Vec<Finding> {
    let issuer = &site.config.issuer;
    let url = issuer.endpoint("/.well-known/openid-configuration");
    match fetch(&url, site.config.egress.extra_ca_file.as_deref()).await {
        Ok(seen) => judge(issuer.as_str(), &url, &seen, site.now()),
        Err(cause) => vec![Finding::fail(
            format!("{url} cannot be fetched from this machine: {cause}"),
            "is the server running (latchkey serve)? then check DNS, the proxy, the certificate and the firewall",
        )],
    }
}

fn judge(issuer: &str, url: &str, seen: &Seen, now: Time) -> Vec<Finding> {
    let clock = seen.date.map(|date| stores::compare("the server's clock", date, now));
    let told = serde_json::from_slice::<Value>(&seen.body).ok();
    let told = told.as_ref().and_then(|document| document.get("issuer")?.as_str());
    let finding = match (seen.status, told) {
        (200, Some(told)) if told == issuer => Finding::ok(format!("{url} answers with the issuer {issuer}")),
        (200, Some(told)) => Finding::fail(
            format!(
                "{url} names the issuer {told}, and the configuration {issuer}: applications refuse a single differing character"
            ),
            "give the servers this configuration, or correct `issuer`",
        ),
        (200, None) => Finding::fail(
            format!("{url} answers with something else than discovery"),
            "another program answers there: check the proxy's routes",
        ),
        (status @ (502..=504), _) => Finding::fail(
            format!("{url} answers {status}: a proxy finds no server behind it, or the server's stores are away"),
            "look at the log of latchkey serve and at the proxy",
        ),
        (status, _) => Finding::fail(
            format!("{url} answers {status}"),
            "let the proxy pass this path on as it is; it must not redirect or sign in",
        ),
    };
    std::iter::once(finding).chain(clock).collect()
}

#[allow(
    clippy::disallowed_methods,
    reason = "the operator's own address, which may be private, on the operator's word"
)]
async fn fetch(url: &str, extra_ca_file: Option<&Path>) -> Result<Seen, String> {
    let client = reqwest::Client::builder()
        .tls_backend_preconfigured(trust(extra_ca_file)?)
        .redirect(Policy::none())
        .no_proxy()
        .timeout(PATIENCE)
        .user_agent("latchkey")
        .build();
    let client = client.map_err(|error| root_cause(&error))?;
    let mut response = client.get(url).send().await.map_err(|error| root_cause(&error))?;
    let date = response.headers().get(reqwest::header::DATE).and_then(|date| date.to_str().ok()).and_then(parse_date);
    let (status, mut body) = (response.status().as_u16(), Vec::new());
    while let Some(chunk) = response.chunk().await.map_err(|error| root_cause(&error))? {
        body.extend_from_slice(&chunk);
        if body.len() > LARGEST {
            return Err("the answer has no end".to_owned());
        }
    }
    Ok(Seen { status, date, body })
}

fn trust(extra_ca_file: Option<&Path>) -> Result<ClientConfig, String> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if let Some(pem) = extra_ca_file.and_then(|file| std::fs::read(file).ok()) {
        roots.add_parsable_certificates(CertificateDer::pem_slice_iter(&pem).flatten());
    }
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let builder = builder.with_safe_default_protocol_versions().map_err(|error| error.to_string())?;
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}

fn root_cause(error: &reqwest::Error) -> String {
    let cause = std::iter::successors(std::error::Error::source(error), |cause| cause.source()).last();
    cause.map_or_else(|| error.to_string(), ToString::to_string)
}

/// RFC 9110 §5.6.7, the form that is sent.
fn parse_date(text: &str) -> Option<Time> {
    let format = time::macros::format_description!(
        "[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT"
    );
    let date = time::PrimitiveDateTime::parse(text, format).ok()?;
    Some(Time::from_seconds(date.assume_utc().unix_timestamp()))
}

#[cfg(test)]
mod tests {
    use super::super::Level;
    use super::*;

    #[test]
    fn an_http_date_is_read() {
        assert_eq!(parse_date("Sun, 06 Nov 1994 08:49:37 GMT"), Some(Time::from_seconds(784_111_777)));
        assert_eq!(parse_date("yesterday"), None);
    }

    #[test]
    fn the_issuer_is_compared_byte_for_byte() {
        let seen = |body: &str| Seen { status: 200, date: None, body: body.as_bytes().to_vec() };
        let level = |body| judge("https://id.example", "u", &seen(body), Time::default()).remove(0).level;
        assert_eq!(level(r#"{"issuer": "https://id.example"}"#), Level::Ok);
        assert_eq!(level(r#"{"issuer": "https://id.example/"}"#), Level::Fail);
        assert_eq!(level("<html>"), Level::Fail);
    }
}
