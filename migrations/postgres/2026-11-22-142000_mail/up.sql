-- Codes and links that people get by mail, each good for one use.
CREATE TABLE one_time (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,                      -- recovery, sign_up, invitation
    subject TEXT NOT NULL,                   -- whom it is for: a person's id, or the hash of an address
    link_hash TEXT NOT NULL UNIQUE,
    code_hash TEXT,                          -- of the code and the interaction that asked for it
    binding TEXT,                            -- that interaction
    payload TEXT NOT NULL,                   -- JSON, no secrets
    tries BIGINT NOT NULL,                   -- of codes
    created_at BIGINT NOT NULL,
    code_expires_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,              -- of the link
    used_at BIGINT                           -- used, or replaced by a newer one
);
CREATE INDEX one_time_subject ON one_time (kind, subject);
CREATE INDEX one_time_binding ON one_time (binding);
CREATE INDEX one_time_expires ON one_time (expires_at);
