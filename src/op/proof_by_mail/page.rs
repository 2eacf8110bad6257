//! What the pages of a proof by mail have in common.

use super::Request;
use crate::op::authorize::interaction::Bound;
use crate::op::page::PageRequest;
use crate::platform::http::edge::Visit;
use crate::platform::throttle::Throttled;
use crate::protocol::error::{ErrorCode, OAuthError};

/// What was asked for, from this browser.
pub fn request(page: &PageRequest<'_>, bound: &Bound, typed: &str, visit: Visit) -> Request {
    Request {
        typed: typed.to_owned(),
        interaction: bound.id.clone(),
        language: page.texts.lang(),
        from: visit.client.address(),
        device: page.known_device().map(|device| device.as_str().to_owned()),
    }
}

/// That a letter can't be asked for now, as a page says it.
pub fn too_many(throttled: Throttled) -> OAuthError {
    match throttled {
        Throttled::RetryAfter(_) => {
            ErrorCode::TemporarilyUnavailable.because("too many messages were asked for from this address").status(429)
        }
        Throttled::Unavailable(unavailable) => unavailable.into(),
    }
}

/// Back to the sign-in that was interrupted, where this is the browser that began it.
pub async fn sign_in_url(request: &PageRequest<'_>, interaction: Option<&str>) -> String {
    if let Some(id) = interaction
        && request.interaction(id).await.is_ok()
    {
        return request.op.path(&format!("/login/{id}"));
    }
    request.op.path("/login")
}
