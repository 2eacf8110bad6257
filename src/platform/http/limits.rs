//! How much, and how long, we listen.

use actix_web::error::PayloadError;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap};
use actix_web::web::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt as _};
use std::time::Duration;

/// Longest path and query, in bytes: 8 KiB.
pub const URL: usize = 8 * 1024;
/// Longest header block, in bytes of names and values: 16 KiB. (The server itself takes 96 headers at most.)
pub const HEAD: usize = 16 * 1024;
/// Longest form, in bytes: 16 KiB.
pub const FORM: usize = 16 * 1024;
/// Longest JSON document, in bytes: 64 KiB.
pub const JSON: usize = 64 * 1024;
/// Longest client registration, in bytes: 32 KiB.
pub const REGISTRATION: usize = 32 * 1024;
/// How long a request head may take, for `HttpServer::client_request_timeout`.
pub const HEAD_TIME: Duration = Duration::from_secs(5);
/// How long a TLS handshake may take: on a slow line it is several trips.
pub const HANDSHAKE_TIME: Duration = Duration::from_secs(10);
/// How long a body may take.
pub const BODY_TIME: Duration = Duration::from_secs(10);

/// Why a body could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BodyError {
    /// 413 (RFC 9110 §15.5.14)
    #[error("the request body is longer than {0} bytes")]
    TooLarge(usize),
    /// 408 (RFC 9110 §15.5.9)
    #[error("the request body was sent too slowly")]
    TooSlow,
    /// 400: the client went away, or its framing is broken.
    #[error("the request body is incomplete")]
    Broken,
}

impl BodyError {
    pub const fn status(self) -> StatusCode {
        match self {
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::Broken => StatusCode::BAD_REQUEST,
        }
    }
}

/// Refuses a body that announces more than `limit` bytes, before any of it is read.
pub fn check_length(headers: &HeaderMap, limit: usize) -> Result<(), BodyError> {
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    let room = u64::try_from(limit).unwrap_or(u64::MAX);
    if announced.is_some_and(|length| length > room) { Err(BodyError::TooLarge(limit)) } else { Ok(()) }
}

/// Reads a whole body of at most `limit` bytes within `deadline`. The answer to an error should close the
/// connection, since the rest of the body still stands in it.
pub async fn read<P>(payload: P, limit: usize, deadline: Duration) -> Result<Bytes, BodyError>
where
    P: Stream<Item = Result<Bytes, PayloadError>> + Unpin,
{
    tokio::time::timeout(deadline, collect(payload, limit)).await.unwrap_or(Err(BodyError::TooSlow))
}

async fn collect<P>(mut payload: P, limit: usize) -> Result<Bytes, BodyError>
where
    P: Stream<Item = Result<Bytes, PayloadError>> + Unpin,
{
    // Most bodies are one chunk, which is handed on without a copy.
    let (mut first, mut body) = (Bytes::new(), BytesMut::new());
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| BodyError::Broken)?;
        if first.len() + body.len() + chunk.len() > limit {
            return Err(BodyError::TooLarge(limit));
        }
        if first.is_empty() && body.is_empty() {
            first = chunk;
        } else {
            body.extend_from_slice(&std::mem::take(&mut first));
            body.extend_from_slice(&chunk);
        }
    }
    Ok(if body.is_empty() { first } else { body.freeze() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::stream;

    type Chunk = Result<Bytes, PayloadError>;

    fn chunks(parts: &[&'static str]) -> impl Stream<Item = Chunk> + Unpin + use<> {
        stream::iter(parts.iter().map(|part| Ok(Bytes::from_static(part.as_bytes()))).collect::<Vec<_>>())
    }

    async fn read_all(parts: &[&'static str], limit: usize) -> Result<Bytes, BodyError> {
        read(chunks(parts), limit, BODY_TIME).await
    }

    #[tokio::test]
    async fn a_body_is_read_whole() {
        for parts in [&[][..], &["abc"], &["a", "", "bc"], &["", "a", "b", "c"]] {
            assert_eq!(read_all(parts, 3).await.unwrap(), parts.concat());
        }
    }

    #[tokio::test]
    async fn a_byte_too_many_is_refused() {
        for parts in [&["abcd"][..], &["abc", "d"], &["a", "b", "c", "d"]] {
            let error = read_all(parts, 3).await.unwrap_err();
            assert_eq!((error, error.status().as_u16()), (BodyError::TooLarge(3), 413));
        }
    }

    #[tokio::test]
    async fn an_endless_body_stops_at_the_limit() {
        let endless = stream::repeat_with(|| Ok::<_, PayloadError>(Bytes::from_static(&[0; 1024])));
        assert_eq!(read(endless, FORM, BODY_TIME).await, Err(BodyError::TooLarge(FORM)));
    }

    #[tokio::test]
    async fn a_body_that_never_ends_is_given_up() {
        let silent = chunks(&["a"]).chain(stream::pending());
        let error = read(silent, 3, Duration::from_millis(20)).await.unwrap_err();
        assert_eq!((error, error.status().as_u16()), (BodyError::TooSlow, 408));
    }

    #[tokio::test]
    async fn a_broken_body_is_the_clients_fault() {
        let broken = stream::iter(vec![Ok(Bytes::from_static(b"a")), Err(PayloadError::Incomplete(None))]);
        let error = read(broken, 3, BODY_TIME).await.unwrap_err();
        assert_eq!((error, error.status().as_u16()), (BodyError::Broken, 400));
    }

    #[test]
    fn an_announced_length_is_judged_before_reading() {
        let announced = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_LENGTH, header::HeaderValue::from_str(text).unwrap());
            check_length(&headers, 3).is_ok()
        };
        assert_eq!(["0", "3", "4", "99999999999999999999"].map(announced), [true, true, false, true]);
        assert!(check_length(&HeaderMap::new(), 3).is_ok());
    }
}
