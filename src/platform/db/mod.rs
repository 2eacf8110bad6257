//! The durable store: Diesel on SQLite or PostgreSQL.
