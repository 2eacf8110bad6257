//! Sealing at rest, keyed hashes, master keys.
