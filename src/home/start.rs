//! Initiating login from a third party (OpenID Connect Core §4): we are the third party.

use crate::protocol::web_address::WebAddress;

/// The address that begins a login at a client: its `initiate_login_uri` with `iss`, and with `target_link_uri` where
/// one is asked for that lies at the same origin. None where the client registered no web address.
pub(super) fn login_initiation(initiate_login_uri: &str, issuer: &str, target: Option<&str>) -> Option<WebAddress> {
    let address = WebAddress::parse(initiate_login_uri)?;
    // Elsewhere it would make us a way to send people anywhere that the client does not check (§4).
    let target = target.and_then(WebAddress::parse).filter(|target| target.origin() == address.origin());
    let address = address.with_query(&[("iss", issuer)]);
    Some(match target {
        Some(target) => address.with_query(&[("target_link_uri", target.as_str())]),
        None => address,
    })
}

#[cfg(test)]
mod tests {
    use super::login_initiation;

    const OP: &str = "https://op.example";

    #[test]
    fn oidc_core_4_the_issuer_is_added_to_what_the_client_registered() {
        let url = login_initiation("https://rp.example/start?tenant=1", OP, None).map(|url| url.to_string());
        assert_eq!(url.as_deref(), Some("https://rp.example/start?tenant=1&iss=https%3A%2F%2Fop.example"));
        assert_eq!(login_initiation("javascript:alert(1)", OP, None), None);
    }

    #[test]
    fn oidc_core_4_a_target_is_passed_on_at_the_clients_own_origin_only() {
        let with = |target| {
            login_initiation("https://rp.example/start", OP, Some(target))
                .map(|url| url.to_string())
                .unwrap_or_default()
        };
        assert!(with("https://rp.example/inbox").ends_with("&target_link_uri=https%3A%2F%2Frp.example%2Finbox"));
        for other in [
            "https://evil.example/",
            "http://rp.example/",
            "//rp.example/",
            "javascript:alert(1)",
            r"https://rp.example\@evil.example/",
            "https://rp.example@evil.example/",
            "https://x@rp.example/",
            "https://rp.example/\n",
        ] {
            assert!(!with(other).contains("target_link_uri"), "{other}");
        }
        // What another reader could understand otherwise is written out.
        assert!(with("https:rp.example/a/../b").ends_with("&target_link_uri=https%3A%2F%2Frp.example%2Fb"));
    }
}
