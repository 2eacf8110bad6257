//! The URIs of a registration that are not redirect URIs: links for people, and what the provider fetches or calls.

use super::check::MOST_URIS;
use super::{ClientMetadata, Invalid};
use crate::web_address::is_strange;
use std::borrow::Cow;
use url::Url;

const LONGEST_URI: usize = 2048;

/// Which schemes will do. No other ever does: `javascript:` and `data:` would run in a browser (RFC 9700 §4.11).
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Schemes {
    /// What a stranger names.
    HttpsAlone,
    /// What an operator vouches for; where it may be fetched from is the egress guard's matter.
    HttpToo,
}

/// Judges every member that is a URI, those with a language tag too. Those in `opened` may be http whatever `schemes` says.
pub(super) fn check(metadata: &ClientMetadata, schemes: Schemes, opened: &[&str]) -> Vec<Invalid> {
    let of = |member: &str| if opened.contains(&member) { Schemes::HttpToo } else { schemes };
    let mut invalid: Vec<Invalid> = links(metadata)
        .into_iter()
        .filter_map(|(member, uri, fragment)| Some((member, uri.as_deref()?, fragment)))
        .filter_map(|(member, uri, fragment)| judge(uri, of(member), fragment).map(|rule| Invalid::new(member, rule)))
        .collect();
    let requests = metadata.request_uris.iter().flatten();
    invalid.extend(requests.clone().filter_map(|uri| {
        // The fragment is a hash of the document (OpenID Connect Registration §2).
        judge(uri, schemes, Fragment::Allowed).map(|rule| Invalid::new("request_uris", format!("{uri:.200} {rule}")))
    }));
    if requests.count() > MOST_URIS {
        invalid.push(Invalid::new("request_uris", format!("has more than {MOST_URIS} URIs")));
    }
    invalid.extend(tagged(metadata, schemes));
    invalid
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Fragment {
    Allowed,
    Refused,
}

type Link<'a> = (&'static str, &'a Option<String>, Fragment);

fn links(metadata: &ClientMetadata) -> [Link<'_>; 9] {
    [
        ("client_uri", &metadata.client_uri, Fragment::Allowed),
        ("logo_uri", &metadata.logo_uri, Fragment::Allowed),
        ("policy_uri", &metadata.policy_uri, Fragment::Allowed),
        ("tos_uri", &metadata.tos_uri, Fragment::Allowed),
        ("jwks_uri", &metadata.jwks_uri, Fragment::Refused),
        ("sector_identifier_uri", &metadata.sector_identifier_uri, Fragment::Refused),
        ("initiate_login_uri", &metadata.initiate_login_uri, Fragment::Refused),
        ("frontchannel_logout_uri", &metadata.frontchannel_logout_uri, Fragment::Refused),
        ("backchannel_logout_uri", &metadata.backchannel_logout_uri, Fragment::Refused),
    ]
}

/// `policy_uri#fr` and the like (OpenID Connect Registration §2.1).
fn tagged(metadata: &ClientMetadata, schemes: Schemes) -> impl Iterator<Item = Invalid> + '_ {
    let uris = metadata.other.iter().filter(|(name, _)| {
        let base = name.split_once('#').map(|(base, _)| base);
        matches!(base, Some("client_uri" | "logo_uri" | "policy_uri" | "tos_uri"))
    });
    uris.filter_map(move |(name, value)| {
        let rule = value.as_str().map_or(Some("must be a string"), |uri| judge(uri, schemes, Fragment::Allowed))?;
        Some(Invalid::new(Cow::Owned(name.clone()), rule))
    })
}

/// The rule that a URI breaks.
fn judge(uri: &str, schemes: Schemes, fragment: Fragment) -> Option<&'static str> {
    let scheme = match schemes {
        Schemes::HttpsAlone => "must be an https URL",
        Schemes::HttpToo => "must be an https or http URL",
    };
    if uri.len() > LONGEST_URI {
        return Some("is longer than 2048 characters");
    }
    if uri.contains(is_strange) {
        return Some("has a character that is not allowed in a URI");
    }
    let Ok(url) = Url::parse(uri) else { return Some(scheme) };
    match url.scheme() {
        "https" => {}
        "http" if schemes == Schemes::HttpToo => {}
        _ => return Some(scheme),
    }
    if url.host_str().is_none_or(str::is_empty) {
        return Some(scheme);
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Some("contains a user name or password");
    }
    (fragment == Fragment::Refused && uri.contains('#')).then_some("has a fragment")
}

/// The host of a URI; empty where it has none.
pub(super) fn host(uri: &str) -> String {
    Url::parse(uri).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn broken(member: &str, uri: &str, schemes: Schemes) -> Vec<String> {
        let metadata: ClientMetadata = serde_json::from_value(json!({member: uri})).unwrap();
        check(&metadata, schemes, &[]).into_iter().map(|invalid| invalid.to_string()).collect()
    }

    #[test]
    fn rdr_08_no_uri_member_takes_a_scheme_that_a_browser_would_execute() {
        let members = [
            "client_uri",
            "logo_uri",
            "policy_uri",
            "tos_uri",
            "jwks_uri",
            "sector_identifier_uri",
            "initiate_login_uri",
            "frontchannel_logout_uri",
            "backchannel_logout_uri",
            "policy_uri#fr",
            "logo_uri#ja-Jpan-JP",
        ];
        for member in members {
            for uri in
                ["javascript:alert(1)", "data:text/html,x", "JaVaScript://https/%0aalert(1)", "file:///x", "/x", ""]
            {
                for schemes in [Schemes::HttpsAlone, Schemes::HttpToo] {
                    let broken = broken(member, uri, schemes);
                    assert_eq!(broken.len(), 1, "{member} {uri}");
                    assert!(broken[0].starts_with(member), "{broken:?}");
                }
            }
            assert!(broken(member, "https://rp.example/x?y", Schemes::HttpsAlone).is_empty(), "{member}");
        }
    }

    #[test]
    fn what_a_client_names_by_itself_is_https() {
        assert_eq!(broken("backchannel_logout_uri", "http://rp.example/out", Schemes::HttpsAlone).len(), 1);
        assert!(broken("backchannel_logout_uri", "http://rp.example/out", Schemes::HttpToo).is_empty());
        let metadata = json!({"jwks_uri": "http://10.0.0.7/jwks", "backchannel_logout_uri": "http://10.0.0.7/out"});
        let metadata: ClientMetadata = serde_json::from_value(metadata).unwrap();
        let invalid = check(&metadata, Schemes::HttpsAlone, &["jwks_uri"]);
        assert!(invalid.len() == 1 && invalid[0].member == "backchannel_logout_uri", "{invalid:?}");
    }

    #[test]
    fn a_fragment_stands_in_links_and_request_uris_only() {
        assert_eq!(broken("jwks_uri", "https://rp.example/k#x", Schemes::HttpsAlone), ["jwks_uri has a fragment"]);
        assert!(broken("tos_uri", "https://rp.example/terms#money", Schemes::HttpsAlone).is_empty());
        let metadata = |uri: &str| serde_json::from_value(json!({"request_uris": [uri]})).unwrap();
        assert!(check(&metadata("https://rp.example/r.jwt#hash"), Schemes::HttpsAlone, &[]).is_empty());
        assert_eq!(check(&metadata("http://rp.example/r.jwt"), Schemes::HttpsAlone, &[]).len(), 1);
    }

    #[test]
    fn credentials_spaces_and_endless_uris_are_refused() {
        let long = format!("https://rp.example/{}", "x".repeat(2048));
        for uri in ["https://a:b@rp.example/", "https://rp.example/a b", "https://rp.example/\u{e9}", &long] {
            assert_eq!(broken("client_uri", uri, Schemes::HttpToo).len(), 1, "{uri}");
        }
    }
}
