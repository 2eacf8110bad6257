//! Short-lived data behind one small trait: embedded SQLite or Redis.
