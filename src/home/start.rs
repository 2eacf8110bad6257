//! Initiating login from a third party (OpenID Connect Core §4): we are the third party.

/// The address that begins a login at a client: its `initiate_login_uri` with `iss`, and with `target_link_uri` where
/// one is asked for that lies at the same origin. None where the client registered no web address.
pub(super) fn login_initiation(initiate_login_uri: &str, issuer: &str, target: Option<&str>) -> Option<String> {
    let web = |text: &str| url::Url::parse(text).ok().filter(|url| matches!(url.scheme(), "https" | "http"));
    let mut url = web(initiate_login_uri)?;
    // Elsewhere it would make us a way to send people anywhere that the client does not check (§4).
    let target = target.filter(|target| web(target).is_some_and(|target| target.origin() == url.origin()));
    let mut query = url.query_pairs_mut();
    query.append_pair("iss", issuer);
    if let Some(target) = target {
        query.append_pair("target_link_uri", target);
    }
    drop(query);
    Some(url.into())
}

#[cfg(test)]
mod tests {
    use super::login_initiation;

    const OP: &str = "https://op.example";

    #[test]
    fn oidc_core_4_the_issuer_is_added_to_what_the_client_registered() {
        let url = login_initiation("https://rp.example/start?tenant=1", OP, None);
        assert_eq!(url.as_deref(), Some("https://rp.example/start?tenant=1&iss=https%3A%2F%2Fop.example"));
        assert_eq!(login_initiation("javascript:alert(1)", OP, None), None);
    }

    #[test]
    fn oidc_core_4_a_target_is_passed_on_at_the_clients_own_origin_only() {
        let with = |target| login_initiation("https://rp.example/start", OP, Some(target)).unwrap_or_default();
        assert!(with("https://rp.example/inbox").ends_with("&target_link_uri=https%3A%2F%2Frp.example%2Finbox"));
        for other in ["https://evil.example/", "http://rp.example/", "//rp.example/", "javascript:alert(1)"] {
            assert!(!with(other).contains("target_link_uri"), "{other}");
        }
    }
}
