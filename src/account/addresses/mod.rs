//! `/account/addresses`: the e-mail addresses of a person, and what the links in letters about them lead to.

pub mod page;
pub mod view;
