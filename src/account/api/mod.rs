//! `/api/account/v1`: the account of the person whose access token it is. The same actions as the console's, for
//! programs: problem+json (RFC 9457), and no change without `If-Match` (RFC 9110 §13.1.1).

pub mod addresses;
pub mod appearance;
pub mod authenticator;
mod bearer;
pub mod browsers;
pub mod departure;
pub mod documentation;
pub mod endpoint;
pub mod passkeys;
pub mod password;
pub mod recovery_codes;
pub mod schema;
pub mod view;

use crate::op::feature::Feature;
use crate::platform::config::FeatureName;

/// The account API.
pub fn feature() -> Feature {
    Feature {
        specs: &["RFC 9457", "RFC 9470"],
        routes: vec![endpoint::routes],
        metadata: endpoint::metadata,
        ..Feature::new(FeatureName::AccountApi)
    }
}
