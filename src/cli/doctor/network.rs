//! The provider as others see it: reached at its issuer, through whatever stands before it.

use super::{Finding, Outside, Seen, Site, stores};
use crate::platform::clock::Time;
use serde_json::Value;
use std::path::Path;

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
    let clock = seen.date().map(|date| stores::compare("the server's clock", date, now));
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
