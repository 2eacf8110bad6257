//! Reading a file: in a form (RFC 7578), or as the whole body.

use super::limits::{self, BodyError};
use crate::protocol::error::{ErrorCode, OAuthError};
use crate::protocol::params::Params;
use actix_web::HttpRequest;
use actix_web::http::header;
use actix_web::web::{Bytes, Payload};
use futures_util::StreamExt as _;
use std::convert::Infallible;
use std::time::Duration;

/// How long a body with a file may take: a phone sends 5 MiB in less.
const TIME: Duration = Duration::from_secs(60);
/// What a form may hold besides the file, in bytes.
const BESIDES: usize = limits::FORM;
/// A browser reads no answer before it has sent all of a form: so much of what is too large is passed over, in bytes.
const PASSED_OVER: usize = 64 * 1024 * 1024;
const MOST_FIELDS: usize = 20;

/// A form with at most one file.
#[derive(Debug, Default)]
pub struct Sent {
    pub fields: Params,
    /// Empty where none was chosen.
    pub file: Vec<u8>,
}

/// Reads a `multipart/form-data` body whose file has at most `limit` bytes; `None` where it is larger.
///
/// # Errors
/// `invalid_request`, with 408 or 415 where the body is too slow or of another type.
pub async fn form(http: &HttpRequest, mut payload: Payload, limit: usize) -> Result<Option<Sent>, OAuthError> {
    let content_type = http.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let Some(boundary) = content_type.and_then(|text| multer::parse_boundary(text).ok()) else {
        return Err(refused("the body must be multipart/form-data", 415));
    };
    let body = match limits::read(&mut payload, limit.saturating_add(BESIDES), TIME).await {
        Ok(body) => body,
        Err(BodyError::TooLarge(_)) => {
            pass_over(payload).await;
            return Ok(None);
        }
        Err(error) => return Err(unread(error)),
    };
    let sent = parts(body, boundary).await?;
    Ok((sent.file.len() <= limit).then_some(sent))
}

async fn parts(body: Bytes, boundary: String) -> Result<Sent, OAuthError> {
    let stream = futures_util::stream::once(std::future::ready(Ok::<_, Infallible>(body)));
    let mut form = multer::Multipart::new(stream, boundary);
    let (mut fields, mut file) = (Vec::new(), Vec::new());
    let broken = |_| refused("the body is no complete multipart form", 400);
    while let Some(field) = form.next_field().await.map_err(broken)? {
        let name = field.name().unwrap_or_default().to_owned();
        if field.file_name().is_some() {
            file = field.bytes().await.map_err(broken)?.to_vec();
        } else if fields.len() < MOST_FIELDS {
            fields.push((name, field.text().await.map_err(broken)?));
        }
    }
    Ok(Sent { fields: fields.into_iter().collect(), file })
}

async fn pass_over(mut payload: Payload) {
    let passing = async {
        let mut passed = 0_usize;
        while let Some(Ok(chunk)) = payload.next().await {
            passed = passed.saturating_add(chunk.len());
            if passed > PASSED_OVER {
                return;
            }
        }
    };
    // That the time is over is another way to be done.
    let _ = tokio::time::timeout(TIME, passing).await;
}

/// Reads a body that is one file of at most `limit` bytes.
///
/// # Errors
/// `invalid_request`, with 413 or 408 where it is too large or too slow.
pub async fn whole(mut payload: Payload, limit: usize) -> Result<Vec<u8>, OAuthError> {
    match limits::read(&mut payload, limit, TIME).await {
        Ok(body) => Ok(body.into()),
        Err(error) => {
            if matches!(error, BodyError::TooLarge(_)) {
                pass_over(payload).await;
            }
            Err(unread(error))
        }
    }
}

fn unread(error: BodyError) -> OAuthError {
    refused(&error.to_string(), error.status().as_u16())
}

fn refused(why: &str, status: u16) -> OAuthError {
    ErrorCode::InvalidRequest.because(why).status(status)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::error::Face;

    async fn read(body: &[u8]) -> Result<Sent, OAuthError> {
        parts(Bytes::copy_from_slice(body), "edge".to_owned()).await
    }

    #[tokio::test]
    async fn rfc7578_4_a_form_has_fields_and_one_file_of_any_bytes() {
        let sent = read(
            b"--edge\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\ntoken\r\n\
              --edge\r\nContent-Disposition: form-data; name=\"picture\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n\
              \x89\0\xff\r\n\r\n--edge--\r\n",
        );
        let sent = sent.await.unwrap();
        assert_eq!((sent.fields.find("csrf"), sent.file.as_slice()), (Some("token"), b"\x89\0\xff\r\n".as_slice()));
    }

    #[tokio::test]
    async fn a_form_that_breaks_off_is_refused() {
        for body in [&b""[..], b"--edge", b"--edge\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb", b"a=b"] {
            assert_eq!(read(body).await.unwrap_err().status_at(Face::Page), 400, "{}", String::from_utf8_lossy(body));
        }
    }
}
