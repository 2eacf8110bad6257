//! HTTP as the actors speak it: no redirect is followed, nothing is kept.

use reqwest::Client;
use std::time::Duration;

/// A client that follows no redirects. Its connections belong to the runtime of the test at hand.
pub fn client() -> Client {
    // The first caller decides, and all name the same one; without any, building a client would panic.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().tls_certs_only([]);
    builder.timeout(Duration::from_secs(60)).build().unwrap()
}
