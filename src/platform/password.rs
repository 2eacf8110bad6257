//! Argon2id in a bounded pool.
