//! What every endpoint shares: faces, cookies, limits, headers.

pub mod api;
pub mod certificate;
pub mod cookies;
pub mod cors;
pub mod edge;
pub mod faces;
pub mod form;
pub mod headers;
pub mod health;
pub mod host;
pub mod json;
pub mod limits;
pub mod origin;
pub mod presented;
pub mod query;
pub mod upload;
