//! The OpenID Provider: a folder per endpoint of the metadata document.

pub mod logout;
