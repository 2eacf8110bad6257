//! What every endpoint shares: faces, assets, cookies, limits, headers.

pub mod client_ip;
pub mod cookies;
pub mod edge;
pub mod headers;
pub mod limits;
pub mod trace;
