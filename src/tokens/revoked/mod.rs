//! Single access tokens that were revoked before their end (RFC 7009), and assertions that were used (RFC 7523 §3).

pub mod store;
