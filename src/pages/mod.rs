//! Floor 3: what pages and emails share: looks, shell, parts, files, error pages, forms of a profile, samples. Knows people
//! and what an operator calls things; nothing of protocols.

pub mod asset;
pub mod assets;
pub mod error_page;
mod focus;
pub mod letter;
pub mod looks;
pub mod page;
pub mod parts;
pub mod pickers;
pub mod preview;
pub mod profile_form;
