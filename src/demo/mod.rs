//! The demo relying party of `latchkey dev`, on public endpoints only.

pub mod view;
