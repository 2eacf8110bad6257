//! What every endpoint shares: faces, assets, cookies, limits, headers.

pub mod api;
pub mod assets;
pub mod certificate;
pub mod client_ip;
pub mod cookies;
pub mod cors;
pub mod edge;
pub mod error_page;
pub mod faces;
mod focus;
pub mod form;
pub mod headers;
pub mod health;
pub mod host;
pub mod json;
pub mod limits;
pub mod origin;
pub mod page;
pub mod parts;
pub mod presented;
pub mod preview;
pub mod query;
pub mod trace;
pub mod upload;
