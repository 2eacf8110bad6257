//! The responses of HTTP APIs: objects with an ETag, problems (RFC 9457), and no change without `If-Match`
//! (RFC 9110 §13.1.1).

mod answer;
mod problem;
mod seen;

use crate::platform::paths::Location;
use actix_web::web::{self, ServiceConfig};

pub use answer::{Answer, Stop, done, object, preflight};
pub use problem::Problem;
pub use seen::{Seen, quoted, seen, tag, versioned};

/// Answers what no API has with a problem. To be mounted after every API.
pub fn unknown(config: &mut ServiceConfig) {
    let unknown = async || Problem::new(404, "not_found", "no API endpoint has this path").answer("");
    config.service(web::scope(&Location::Api.to_string()).default_service(web::to(unknown)));
}
