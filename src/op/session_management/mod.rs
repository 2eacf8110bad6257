//! OpenID Connect Session Management 1.0: the page that applications frame to ask whether the session has changed. The
//! values that it compares are made by `op/session_state.rs`.

pub mod page;
