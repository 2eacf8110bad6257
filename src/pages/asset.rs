//! A file as browsers get it.

use actix_web::HttpResponse;
use actix_web::http::header::{self, HeaderMap};
use actix_web::web::Bytes;
use sha2::{Digest as _, Sha256};
use std::fmt;
use std::io::Write as _;

const SVG_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'";

/// A file as it is served.
pub struct Asset {
    media_type: &'static str,
    etag: String,
    pub(super) plain: Bytes,
    /// Only where it is smaller.
    pub(super) gzip: Option<Bytes>,
}

impl fmt::Debug for Asset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.media_type, self.etag)
    }
}

impl Asset {
    /// The file and its hashed path.
    pub fn new(name: &str, content: Vec<u8>) -> (String, Self) {
        let hash: String = Sha256::digest(&content).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        let (stem, extension) = name.rsplit_once('.').unwrap_or((name, "bin"));
        let path = format!("{stem}.{hash}.{extension}");
        let asset = Self {
            media_type: media_type(extension),
            etag: format!("\"{hash}\""),
            gzip: gzip(&content).filter(|packed| packed.len() < content.len()).map(Bytes::from),
            plain: Bytes::from(content),
        };
        (path, asset)
    }

    pub fn content(&self) -> &[u8] {
        &self.plain
    }

    pub(super) fn answer(&self, asked: &HeaderMap) -> HttpResponse {
        let mut answer = HttpResponse::Ok();
        answer
            .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
            .insert_header((header::ETAG, self.etag.as_str()))
            .insert_header((header::VARY, "accept-encoding"));
        if is_listed(asked, &header::IF_NONE_MATCH, &self.etag) {
            return answer.status(actix_web::http::StatusCode::NOT_MODIFIED).finish();
        }
        answer.content_type(self.media_type);
        if self.media_type == "image/svg+xml" {
            // Opened by itself, a drawing is a document: it may be coloured, and nothing else.
            answer.insert_header((header::CONTENT_SECURITY_POLICY, SVG_POLICY));
        }
        match &self.gzip {
            Some(gzip) if is_listed(asked, &header::ACCEPT_ENCODING, "gzip") => {
                answer.insert_header((header::CONTENT_ENCODING, "gzip")).body(gzip.clone())
            }
            _ => answer.body(self.plain.clone()),
        }
    }
}

/// Whether a comma separated header names `value`, and not with a weight of zero.
fn is_listed(headers: &HeaderMap, name: &header::HeaderName, value: &str) -> bool {
    headers.get_all(name).filter_map(|line| line.to_str().ok()).flat_map(|line| line.split(',')).any(|item| {
        let (token, weight) = item.split_once(';').unwrap_or((item, ""));
        let refused = weight.trim().strip_prefix("q=").is_some_and(|q| q.trim_matches(['0', '.']).is_empty());
        token.trim().trim_start_matches("W/").eq_ignore_ascii_case(value) && !refused
    })
}

fn gzip(content: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(content).ok()?;
    encoder.finish().ok()
}

/// The media type of an extension.
pub fn media_type(extension: &str) -> &'static str {
    match extension {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        _ => "application/octet-stream",
    }
}
