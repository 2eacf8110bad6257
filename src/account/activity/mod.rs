//! `/account/activity`: what happened, in the person's words.

pub mod page;
pub mod view;
