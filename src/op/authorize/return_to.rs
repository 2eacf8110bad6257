//! Where a response may go. Only [`ReturnTo::resolve`] makes one, and every redirect needs one: an open redirect cannot
//! be written.

use crate::model::client::{Client, Clients, Origin};
use crate::protocol::error::{Cause, ErrorCode, OAuthError};
use crate::protocol::params::Params;
use crate::protocol::response_type::{ResponseMode, ResponseType};
use std::sync::Arc;

const LONGEST_STATE: usize = 4096;

/// A registered redirect URI of a known client, and the `state`.
#[derive(Clone, Debug)]
pub struct ReturnTo {
    redirect_uri: String,
    named: bool,
    state: Option<String>,
    mode: ResponseMode,
    /// Whether the client registered itself.
    is_unknown: bool,
    /// Whether the request wants no page (`prompt=none`).
    is_silent: bool,
}

impl ReturnTo {
    /// Proves client and redirect URI (RFC 6749 §3.1.2.3, §4.1.2.1).
    ///
    /// # Errors
    /// To be shown on our own page: these errors must not redirect.
    pub(super) async fn resolve(clients: &Clients, params: &Params) -> Result<(Self, Arc<Client>), OAuthError> {
        let client_id = params.require("client_id")?;
        let client = clients.find_enabled(client_id).await?.ok_or_else(|| {
            ErrorCode::UnauthorizedClient
                .because("the client_id is unknown, or the client is disabled")
                .clause("RFC 6749 §4.1.2.1")
                .client(client_id)
        })?;
        let state = params.find("state").map(str::to_owned);
        if state.as_ref().is_some_and(|state| state.len() > LONGEST_STATE) {
            return Err(ErrorCode::InvalidRequest
                .because(format!("state is longer than {LONGEST_STATE} bytes"))
                .client(client_id));
        }
        let (redirect_uri, named) = redirect_uri(params, &client)?;
        let (is_unknown, is_silent) = (client.origin == Origin::Dynamic, params.find("prompt") == Some("none"));
        Ok((Self { redirect_uri, named, state, mode: mode(params), is_unknown, is_silent }, client))
    }

    /// The URI, byte for byte as requested.
    pub fn redirect_uri(&self) -> &str {
        &self.redirect_uri
    }

    /// Whether the request named it.
    pub fn is_named(&self) -> bool {
        self.named
    }

    /// The `state` of the request.
    pub fn state(&self) -> Option<&str> {
        self.state.as_deref()
    }

    /// The response mode, also of errors.
    pub fn mode(&self) -> ResponseMode {
        self.mode
    }

    /// Whether an error may be sent there only by a click or in a session: someone may have registered this client
    /// to redirect people from our address (RFC 9700 §4.11.2). What a silent request is told by design goes at once.
    pub fn asks_first(&self, error: ErrorCode) -> bool {
        self.is_unknown && !(self.is_silent && error.is_of_a_silent_request())
    }

    /// The host that a person sees.
    pub fn host(&self) -> String {
        let url = url::Url::parse(&self.redirect_uri).ok();
        url.as_ref().and_then(|url| url.host_str()).map_or_else(|| self.redirect_uri.clone(), str::to_owned)
    }
}

fn redirect_uri(params: &Params, client: &Client) -> Result<(String, bool), OAuthError> {
    let registered = &client.metadata.redirect_uris;
    let refuse = |why: &str, sent: &str| {
        Err(ErrorCode::InvalidRequest
            .because(why)
            .clause("RFC 6749 §3.1.2.3")
            .page(Cause::ReturnAddress)
            .sent(sent, registered.join(" "))
            .client(&client.id))
    };
    match (params.find("redirect_uri"), registered.as_slice()) {
        (Some(uri), _) if client.has_redirect_uri(uri) => Ok((uri.to_owned(), true)),
        (Some(uri), _) => refuse("redirect_uri is not registered for this client", uri),
        // OpenID Connect Core §3.1.2.1 makes it required; OAuth alone lets the only registered one stand for it.
        (None, [only]) if !is_openid(params) => Ok((only.clone(), false)),
        (None, _) => refuse("redirect_uri is missing", ""),
    }
}

/// The response mode of any response: the requested one, where it exists and is allowed for this type; a request
/// with a wrong one gets the default of its type (Multiple Response Types §5).
fn mode(params: &Params) -> ResponseMode {
    let asked = ResponseType::asked(params).unwrap_or_default();
    let named = params.find("response_mode").and_then(ResponseMode::parse);
    named.filter(|mode| mode.may_carry(asked)).unwrap_or_else(|| asked.default_mode())
}

pub(super) fn is_openid(params: &Params) -> bool {
    params.find("scope").is_some_and(|scope| scope.split(' ').any(|token| token == "openid"))
}
