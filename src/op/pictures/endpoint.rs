//! The endpoint. Anybody who knows the name may see a picture: applications show them to others.

use crate::model::picture::store;
use crate::op::Op;
use crate::platform::error::Unavailable;
use crate::platform::http::cors;
use crate::platform::paths::Location;
use actix_web::http::header;
use actix_web::web::{self, Data, Path, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};

/// Another picture has another name.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// Opened by itself a picture is a document: it loads nothing, and nothing runs in it.
const POLICY: &str = "default-src 'none'; sandbox; frame-ancestors 'none'";
/// 256 bits in base64 are 43 characters; no name is longer.
const LONGEST_NAME: usize = 64;

pub fn routes(config: &mut ServiceConfig) {
    config.service(web::resource(Location::Picture("{name}").to_string()).route(web::get().to(show)));
}

async fn show(op: Data<Op>, http: HttpRequest, name: Path<String>) -> HttpResponse {
    let kept = match find(&op, name.into_inner()).await {
        Ok(Some(kept)) => kept,
        Ok(None) => return HttpResponse::NotFound().insert_header((header::CACHE_CONTROL, "no-store")).finish(),
        Err(_) => {
            return HttpResponse::ServiceUnavailable()
                .insert_header((header::CACHE_CONTROL, "no-store"))
                .insert_header((header::RETRY_AFTER, "2"))
                .finish();
        }
    };
    let tag = format!("\"{}\"", kept.name);
    let has_it = http.headers().get_all(header::IF_NONE_MATCH).any(|sent| sent.as_bytes() == tag.as_bytes());
    let mut answer = HttpResponse::Ok();
    answer.insert_header((header::CACHE_CONTROL, FOR_EVER)).insert_header((header::ETAG, tag));
    let answer = if has_it {
        answer.status(actix_web::http::StatusCode::NOT_MODIFIED).finish()
    } else {
        answer
            .content_type(kept.media_type)
            .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
            // Pages of applications show it too.
            .insert_header((header::CROSS_ORIGIN_RESOURCE_POLICY, "cross-origin"))
            .body(kept.content)
    };
    cors::open(answer)
}

async fn find(op: &Op, name: String) -> Result<Option<store::Kept>, Unavailable> {
    // PostgreSQL takes no NUL in a text, and no name of ours has one.
    if name.len() > LONGEST_NAME || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte)) {
        return Ok(None);
    }
    op.db.read(move |connection| store::find(connection, &name)).await
}
