-- Passkeys (Web Authentication). The other engine's twin is the same.

CREATE TABLE passkey_users (               -- whom authenticators know a person as: random, and the same for life
    person_id TEXT NOT NULL PRIMARY KEY REFERENCES people (id),
    handle TEXT NOT NULL UNIQUE
);

CREATE TABLE passkeys (
    id TEXT NOT NULL PRIMARY KEY,
    person_id TEXT NOT NULL REFERENCES people (id),
    credential_id TEXT NOT NULL UNIQUE,    -- base64url
    rp_id TEXT NOT NULL,                   -- the name that the key is bound to: it works under no other
    name TEXT NOT NULL,
    aaguid TEXT NOT NULL,                  -- the model, as the authenticator claims
    data TEXT NOT NULL,                    -- the public key, as JSON
    counter BIGINT NOT NULL,               -- of signatures: one that goes back tells of a copy
    backup_eligible BOOLEAN NOT NULL,      -- the key may leave its device
    backup_state BOOLEAN NOT NULL,         -- and has
    transports TEXT NOT NULL,              -- a JSON array of hints
    version BIGINT NOT NULL,               -- counts what the person changes
    created_at BIGINT NOT NULL,
    last_used_at BIGINT
);
CREATE INDEX passkeys_person ON passkeys (person_id);
