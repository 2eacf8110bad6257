//! TLS, the headers of every answer, and the clock.

use super::provider::is_safe;
use super::{Finding, PATIENCE, Probe, Provider, span, trust};
use crate::platform::clock::{Clock as _, SystemClock};
use openssl::ssl::{SslConnector, SslMethod, SslVerifyMode, SslVersion};
use rustls::pki_types::ServerName;
use rustls::{ClientConnection, ProtocolVersion};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use url::{Host, Url};

const HTTPS: Probe = Probe::new(
    "transport.https",
    "OIDC Core §16.17; RFC 6749 §3.1",
    "serve by https: passwords, codes and tokens travel here",
);
const TLS: Probe = Probe::new("transport.tls", "RFC 9325 §3.1.1", "offer TLS 1.2 and 1.3");
const OLD_TLS: Probe = Probe::new("transport.old_tls", "RFC 8996", "turn off TLS 1.0 and 1.1 where TLS is terminated");
const HSTS: Probe =
    Probe::new("transport.hsts", "RFC 6797 §6.1", "send Strict-Transport-Security: max-age=63072000 with every answer");
const SNIFF: Probe =
    Probe::new("transport.nosniff", "Fetch §3.6", "send X-Content-Type-Options: nosniff with every answer");
const CLOCK: Probe = Probe::new(
    "transport.clock",
    "RFC 7519 §4.1.4",
    "synchronise both machines with the same time servers: otherwise tokens are valid too early or too late",
);

/// Seconds (half a year). Shorter ones expire before the next visit.
const LASTING: u64 = 15_768_000;
/// The clock skew that relying parties commonly tolerate.
const APART: Duration = Duration::from_secs(30);

pub(super) async fn look(provider: &Provider) -> Vec<Finding> {
    let issuer = &provider.issuer;
    let secure = issuer.starts_with("https://");
    let mut found = vec![match (secure, is_safe(issuer)) {
        (true, _) => HTTPS.ok("https"),
        (false, true) => HTTPS.ok("plain http, on loopback"),
        (false, false) => HTTPS.fail("plain http outside loopback"),
    }];
    found.extend(handshakes(provider, secure).await);
    let url = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
    let answer = provider.get(&url).await;
    found.push(if secure {
        HSTS.of(&answer, |probe, seen| hsts(probe, seen.header("strict-transport-security")))
    } else {
        HSTS.skip("plain http")
    });
    found.push(SNIFF.of(&answer, |probe, seen| match seen.header("x-content-type-options") {
        "nosniff" => probe.ok("nosniff"),
        _ => probe.warn("X-Content-Type-Options is not nosniff"),
    }));
    found.push(CLOCK.of(&answer, |probe, seen| {
        let Some(theirs) = seen.date() else { return probe.warn("the answer has no Date") };
        let ours = SystemClock.now();
        let apart = theirs.since(ours).max(ours.since(theirs));
        match apart > APART {
            true => probe.fail(format!("differs from this machine's by {}", span(apart))),
            false => probe.ok("agrees with this machine's"),
        }
    }));
    found
}

fn hsts(probe: Probe, header: &str) -> Finding {
    let age = header
        .split(';')
        .find_map(|word| word.trim().to_ascii_lowercase().strip_prefix("max-age=")?.trim_matches('"').parse().ok());
    match age {
        None => probe.warn("no Strict-Transport-Security"),
        Some(age) if age < LASTING => probe.warn(format!("for {} only", span(Duration::from_secs(age)))),
        Some(age) => probe.ok(format!("for {}", span(Duration::from_secs(age)))),
    }
}

async fn handshakes(provider: &Provider, secure: bool) -> Vec<Finding> {
    let place = Url::parse(&provider.issuer).ok().and_then(|url| Some((host(&url)?, url.port_or_known_default()?)));
    let Some((host, port)) = place.filter(|_| secure) else {
        return vec![TLS.skip("plain http"), OLD_TLS.skip("plain http")];
    };
    let ca_file = provider.ca_file.clone();
    let both =
        tokio::task::spawn_blocking(move || (negotiate(&host, port, ca_file.as_deref()), old_version(&host, port)));
    let Ok((version, old)) = both.await else { return Vec::new() };
    let version = match version {
        Ok(ProtocolVersion::TLSv1_3) => TLS.ok("TLS 1.3"),
        Ok(ProtocolVersion::TLSv1_2) => TLS.ok("TLS 1.2"),
        Ok(other) => TLS.warn(format!("{other:?}")),
        Err(cause) => TLS.fail(cause),
    };
    let old = match old {
        Ok(Some(version)) => OLD_TLS.fail(format!("{version} is accepted")),
        Ok(None) => OLD_TLS.ok("TLS 1.0 and 1.1 are refused"),
        Err(cause) => OLD_TLS.skip(cause),
    };
    vec![version, old]
}

fn host(url: &Url) -> Option<String> {
    Some(match url.host()? {
        Host::Domain(name) => name.to_owned(),
        Host::Ipv4(address) => address.to_string(),
        Host::Ipv6(address) => address.to_string(),
    })
}

fn connect(host: &str, port: u16) -> Result<TcpStream, String> {
    let addresses = (host, port).to_socket_addrs().map_err(|error| error.to_string())?;
    let mut last = "the host name has no address".to_owned();
    for address in addresses {
        match TcpStream::connect_timeout(&address, PATIENCE) {
            Ok(stream) => {
                stream.set_read_timeout(Some(PATIENCE)).map_err(|error| error.to_string())?;
                stream.set_write_timeout(Some(PATIENCE)).map_err(|error| error.to_string())?;
                return Ok(stream);
            }
            Err(error) => last = error.to_string(),
        }
    }
    Err(last)
}

/// The negotiated version; the certificate is verified.
fn negotiate(host: &str, port: u16, ca_file: Option<&Path>) -> Result<ProtocolVersion, String> {
    let name = ServerName::try_from(host.to_owned()).map_err(|error| error.to_string())?;
    let mut stream = connect(host, port)?;
    let mut tls = ClientConnection::new(Arc::new(trust(ca_file)?), name).map_err(|error| error.to_string())?;
    while tls.is_handshaking() {
        tls.complete_io(&mut stream).map_err(|error| error.to_string())?;
    }
    tls.protocol_version().ok_or_else(|| "no version was negotiated".to_owned())
}

/// The version below 1.2 that the server accepts. rustls does not support them; the certificate does not matter here.
fn old_version(host: &str, port: u16) -> Result<Option<&'static str>, String> {
    let text = |error: openssl::error::ErrorStack| error.to_string();
    let mut builder = SslConnector::builder(SslMethod::tls_client()).map_err(text)?;
    builder.set_verify(SslVerifyMode::NONE);
    builder.set_min_proto_version(Some(SslVersion::TLS1)).map_err(text)?;
    builder.set_max_proto_version(Some(SslVersion::TLS1_1)).map_err(text)?;
    builder.set_cipher_list("ALL:@SECLEVEL=0").map_err(text)?;
    let stream = connect(host, port)?;
    Ok(builder.build().connect(host, stream).ok().map(|tls| tls.ssl().version_str()))
}

#[cfg(test)]
mod tests {
    use super::super::finding::Level;
    use super::*;

    #[test]
    fn rfc6797_6_1_a_short_promise_is_told_of() {
        let level = |header| hsts(HSTS, header).level;
        assert_eq!(level("max-age=63072000; includeSubDomains"), Level::Ok);
        assert_eq!(level("includeSubDomains; Max-Age=\"63072000\""), Level::Ok);
        assert_eq!(level("max-age=300"), Level::Warn);
        assert_eq!(level(""), Level::Warn);
    }
}
