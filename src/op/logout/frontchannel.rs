//! OpenID Connect Front-Channel Logout 1.0: the page that says "signed out" loads a frame of each application that took
//! part.

use crate::model::client::Client;
use crate::op::Op;
use crate::op::feature::Feature;
use crate::platform::config::FeatureName;
use crate::protocol::provider_metadata::ProviderMetadata;
use crate::protocol::web_address::WebAddress;

/// The maximum number of frames: browsers cannot load more while the page waits, and its CSP lists each origin.
pub const MOST_FRAMES: usize = 50;

/// What the feature adds to the metadata document (Front-Channel Logout §3).
fn metadata(_: &Op, metadata: &mut ProviderMetadata) {
    metadata.set("frontchannel_logout_supported", true);
    metadata.set("frontchannel_logout_session_supported", true);
}

/// Logout frames of applications.
pub fn feature() -> Feature {
    Feature {
        specs: &["OpenID Connect Front-Channel Logout 1.0"],
        metadata,
        ..Feature::new(FeatureName::FrontchannelLogout)
    }
}

/// A frame of the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    pub url: String,
    /// For the page's policy.
    pub origin: String,
}

/// The frame of a client (Front-Channel Logout §2): its URI with its query, and `iss` and `sid` where it
/// requires them. None for a client without a registered URI.
pub fn frame(client: &Client, issuer: &str, sid: &str) -> Option<Frame> {
    let uri = client.metadata.frontchannel_logout_uri.as_deref()?;
    let address = WebAddress::parse(uri)?;
    let origin = address.origin().ascii_serialization();
    let url = if client.metadata.frontchannel_logout_session_required == Some(true) {
        address.with_query(&[("iss", issuer), ("sid", sid)]).to_string()
    } else {
        address.to_string()
    };
    Some(Frame { url, origin })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::client_metadata::ClientMetadata;

    fn shown(uri: &str, session_required: Option<bool>) -> Option<(String, String)> {
        let metadata = ClientMetadata {
            frontchannel_logout_uri: Some(uri.to_owned()),
            frontchannel_logout_session_required: session_required,
            ..ClientMetadata::default()
        };
        let client = Client {
            id: "rp".into(),
            enabled: true,
            version: 1,
            origin: crate::model::client::Origin::Operator,
            metadata,
            logo: None,
            secrets: vec![],
            keys: None,
        };
        frame(&client, "https://op.example", "s 1").map(|frame| (frame.url, frame.origin))
    }

    #[test]
    fn frontchannel_2_iss_and_sid_go_where_they_are_wanted_and_a_query_stays() {
        let own = |url: &str| Some((url.to_owned(), "https://rp.example".to_owned()));
        assert_eq!(shown("https://rp.example/out", None), own("https://rp.example/out"));
        let wanted = "https://rp.example/out?x=1&iss=https%3A%2F%2Fop.example&sid=s+1";
        assert_eq!(shown("https://rp.example/out?x=1", Some(true)), own(wanted));
        let with_port = shown("https://rp.example:8443/out", Some(false));
        assert_eq!(with_port.map(|(_, origin)| origin).as_deref(), Some("https://rp.example:8443"));
    }

    #[test]
    fn only_web_addresses_are_framed() {
        for uri in [
            "javascript:alert(1)",
            "data:text/html,x",
            "com.example.app:/out",
            "/out",
            r"https://rp.example\@evil.example/",
            "",
        ] {
            assert_eq!(shown(uri, None), None, "{uri}");
        }
    }
}
