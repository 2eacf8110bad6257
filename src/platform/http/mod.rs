//! What every endpoint shares: faces, assets, cookies, limits, headers.

pub mod assets;
pub mod error_page;
pub mod page;
pub mod parts;
