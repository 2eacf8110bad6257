//! Where an application's server hears of logouts: HTTP on loopback.

use wiremock::matchers::method;
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

/// Configuration under which the provider may fetch from here.
pub const LOOPBACK: &str = "egress.allow_addresses = [\"127.0.0.0/8\"]";

/// A server that remembers what it was sent.
pub struct Receiver {
    server: MockServer,
}

impl Receiver {
    /// One that answers everything with this status.
    pub async fn answering(status: u16) -> Self {
        let receiver = Self { server: MockServer::start().await };
        receiver.answer(ResponseTemplate::new(status)).await;
        receiver
    }

    /// From now on it answers so.
    pub async fn answer(&self, response: ResponseTemplate) {
        self.server.reset().await;
        Mock::given(method("POST")).respond_with(response).mount(&self.server).await;
    }

    pub fn uri(&self, path: &str) -> String {
        format!("{}{path}", self.server.uri())
    }

    /// What came since it last changed its answer.
    pub async fn requests(&self) -> Vec<Request> {
        self.server.received_requests().await.unwrap()
    }

    /// The logout tokens that came.
    pub async fn logout_tokens(&self) -> Vec<String> {
        let token = |request: &Request| {
            let pairs: Vec<(String, String)> = url::form_urlencoded::parse(&request.body).into_owned().collect();
            assert_eq!(pairs.len(), 1, "{pairs:?}");
            assert_eq!(pairs[0].0, "logout_token");
            pairs[0].1.clone()
        };
        self.requests().await.iter().map(token).collect()
    }
}
