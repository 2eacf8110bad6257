//! The provider as others see it: reached at its issuer, through any proxy.

use super::{Finding, Outside, Seen, Site, stores};
use crate::op::refusal::Refusals;
use crate::platform::clock::Time;
use crate::platform::config::Origin;
use crate::platform::http::edge::{FORWARDED_HEADER, NOT_THROUGH_PROXY};
use crate::platform::paths::Location;
use serde_json::Value;
use std::path::Path;

pub(in crate::cli) async fn look(site: &Site) -> Vec<Finding> {
    let issuer = &site.config.issuer;
    // Whatever listens at the default address is not this installation. The settings report that the issuer is missing.
    if site.config.origin("issuer") == Origin::Default {
        return Vec::new();
    }
    let url = issuer.endpoint(Location::OpenIdConfiguration);
    let extra_ca_file = site.config.egress.extra_ca_file.as_deref();
    match fetch(&url, extra_ca_file).await {
        Ok(seen) if seen.status == 403 => vec![forbidden(site, &url, &seen).await],
        Ok(seen) => {
            let mut found = judge(issuer.as_str(), &url, &seen, site.now());
            if !site.config.proxy.trusted.is_empty() && seen.status == 200 {
                found.extend(forwards(&issuer.endpoint(Location::Health), extra_ca_file).await);
            }
            found
        }
        Err(cause) => vec![Finding::fail(
            format!("{url} cannot be fetched from this machine: {cause}"),
            "is the server running (latchkey serve)? then check DNS, the proxy, the certificate and the firewall",
        )],
    }
}

/// A 403 of our own names the reason; one from a proxy does not.
async fn forbidden(site: &Site, url: &str, seen: &Seen) -> Finding {
    let told = serde_json::from_slice::<Value>(&seen.body).ok();
    let told = told.as_ref().and_then(|body| body.get("error_description")?.as_str());
    match told {
        Some(told) if told.contains(NOT_THROUGH_PROXY) => {
            let what = match cause(site, told).await {
                Some(cause) => {
                    format!("{url} answers 403: the server does not trust the proxy in front of it: {cause}")
                }
                None => format!("{url} answers 403: the server does not trust the proxy in front of it"),
            };
            Finding::fail(
                what,
                "add the address that the proxy connects from to `proxy.trusted`, and restart the server; or let clients connect only through the proxy",
            )
        }
        Some(told) => {
            Finding::fail(format!("{url} answers 403: {told}"), "latchkey explain shows more about the reference")
        }
        None => Finding::fail(
            format!("{url} answers 403, and the answer is not Latchkey's"),
            "let the proxy forward this path unchanged; it must not redirect, ask for a sign-in or filter",
        ),
    }
}

/// The server's record of a refusal, found by the reference in its text.
async fn cause(site: &Site, told: &str) -> Option<String> {
    let reference = told.rsplit_once('(')?.1.trim_end_matches(')');
    let refusals = Refusals::new(&site.slots().await.ok()?);
    refusals.find(reference).await.ok()??.cause
}

/// Whether the proxy names the client's address. Where it does not, the server marks the answer to a health check.
async fn forwards(url: &str, extra_ca_file: Option<&Path>) -> Option<Finding> {
    let seen = fetch(url, extra_ca_file).await.ok()?;
    if seen.status != 200 {
        return None;
    }
    let forgets = !seen.header(FORWARDED_HEADER).is_empty();
    Some(if forgets {
        Finding::fail(
            "the proxy adds no X-Forwarded-For: all clients count as one address, so one attacker who guesses passwords slows down everybody",
            "nginx: proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; Caddy, Traefik and HAProxy (option forwardfor) have it too",
        )
    } else {
        Finding::ok("the proxy names the client's address (X-Forwarded-For)")
    })
}

fn judge(issuer: &str, url: &str, seen: &Seen, now: Time) -> Vec<Finding> {
    let clock = seen.date().map(|date| stores::compare("the server's clock", date, now));
    let told = serde_json::from_slice::<Value>(&seen.body).ok();
    let told = told.as_ref().and_then(|document| document.get("issuer")?.as_str());
    let finding = match (seen.status, told) {
        (200, Some(told)) if told == issuer => Finding::ok(format!("{url} answers with the issuer {issuer}")),
        (200, Some(told)) => Finding::fail(
            format!(
                "{url} names the issuer {told}, but the configuration {issuer}: applications refuse any difference"
            ),
            "give the servers this configuration, or correct `issuer`",
        ),
        (200, None) => Finding::fail(
            format!("{url} does not answer with a discovery document"),
            "another program listens there: check the proxy's routes",
        ),
        (status @ (502..=504), _) => Finding::fail(
            format!(
                "{url} answers {status}: the proxy cannot reach the server, or the server's stores are unavailable"
            ),
            "look at the logs of latchkey serve and of the proxy",
        ),
        (status, _) => Finding::fail(
            format!("{url} answers {status}"),
            "let the proxy forward this path unchanged; it must not redirect or ask for a sign-in",
        ),
    };
    std::iter::once(finding).chain(clock).collect()
}

async fn fetch(url: &str, extra_ca_file: Option<&Path>) -> Result<Seen, String> {
    Outside::new(extra_ca_file)?.get(url).await
}

#[cfg(test)]
mod tests {
    use super::super::Level;
    use super::*;

    #[test]
    fn the_issuer_is_compared_byte_for_byte() {
        let seen = |body: &str| Seen { status: 200, headers: Default::default(), body: body.as_bytes().to_vec() };
        let level = |body| judge("https://id.example", "u", &seen(body), Time::default()).remove(0).level;
        assert_eq!(level(r#"{"issuer": "https://id.example"}"#), Level::Ok);
        assert_eq!(level(r#"{"issuer": "https://id.example/"}"#), Level::Fail);
        assert_eq!(level("<html>"), Level::Fail);
    }
}
