//! Floor 0: the words of the specifications. Pure: no I/O, no actix, no diesel; imports nothing of the crate.

pub mod acr;
pub mod claims;
pub mod claims_request;
pub mod client_metadata;
pub mod confirmation;
pub mod error;
pub mod grant_type;
pub mod params;
pub mod pkce;
pub mod presented;
pub mod prompt;
pub mod provider_metadata;
pub mod redirect_uri;
pub mod request_object;
pub mod resource;
pub mod response_type;
pub mod scope;
pub mod token_response;
pub mod visible;
pub mod web_address;
