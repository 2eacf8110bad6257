//! The choice of language and theme at the foot of pages, for people who are not signed in: two cookies, and back.

pub mod page;
