-- Times are UTC milliseconds, ids and enumerations text, documents JSON as text. The PostgreSQL twin has the same tables.

CREATE TABLE people (
    id TEXT NOT NULL PRIMARY KEY,
    sub TEXT NOT NULL UNIQUE,                -- random, never reused: a deleted person's row stays as a tombstone
    status TEXT NOT NULL,                    -- active, disabled, deleted
    epoch BIGINT NOT NULL,                   -- raised to revoke everything issued before
    version BIGINT NOT NULL,                 -- ETag, If-Match
    claims TEXT NOT NULL,                    -- standard claims (OpenID Connect Core §5.1)
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE identifiers (
    kind TEXT NOT NULL,                      -- username, email
    folded TEXT NOT NULL,                    -- PRECIS UsernameCaseMapped, or the address in lower case
    value TEXT NOT NULL,
    person_id TEXT NOT NULL REFERENCES people (id),
    verified_at BIGINT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (kind, folded)
);
CREATE INDEX identifiers_person ON identifiers (person_id);

CREATE TABLE credentials (
    id TEXT NOT NULL PRIMARY KEY,
    person_id TEXT NOT NULL REFERENCES people (id),
    kind TEXT NOT NULL,                      -- password
    data TEXT NOT NULL,                      -- by kind: a PHC string
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    last_used_at BIGINT
);
CREATE INDEX credentials_person ON credentials (person_id, kind);

CREATE TABLE clients (
    id TEXT NOT NULL PRIMARY KEY,
    origin TEXT NOT NULL,                    -- operator, dynamic
    enabled BOOLEAN NOT NULL,
    version BIGINT NOT NULL,
    metadata TEXT NOT NULL,                  -- RFC 7591 §2 and our own fields
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE client_secrets (
    id TEXT NOT NULL PRIMARY KEY,
    client_id TEXT NOT NULL REFERENCES clients (id),
    hash TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT
);
CREATE INDEX client_secrets_client ON client_secrets (client_id);

CREATE TABLE consents (
    id TEXT NOT NULL PRIMARY KEY,
    person_id TEXT NOT NULL REFERENCES people (id),
    client_id TEXT NOT NULL,
    scope TEXT NOT NULL,                     -- space separated, in the order it was first allowed
    resources TEXT NOT NULL,                 -- JSON array of resource identifiers
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (person_id, client_id)
);

CREATE TABLE sessions (
    id TEXT NOT NULL PRIMARY KEY,
    person_id TEXT NOT NULL REFERENCES people (id),
    person_epoch BIGINT NOT NULL,
    authentications TEXT NOT NULL,           -- JSON array of {method, at}
    user_agent TEXT NOT NULL,
    network TEXT NOT NULL,                   -- address prefix, for display only
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at BIGINT,
    end_reason TEXT
);
CREATE INDEX sessions_person ON sessions (person_id);
CREATE INDEX sessions_expires ON sessions (expires_at);

CREATE TABLE token_families (
    id TEXT NOT NULL PRIMARY KEY,
    client_id TEXT NOT NULL,
    person_id TEXT NOT NULL REFERENCES people (id),
    person_epoch BIGINT NOT NULL,
    session_id TEXT,
    authorization_data TEXT NOT NULL,        -- JSON: scope, resources, auth_time, acr, amr
    offline BOOLEAN NOT NULL,                -- outlives the session (offline_access)
    secret TEXT NOT NULL,                    -- with the pepper and the generation it derives the refresh token
    generation BIGINT NOT NULL,              -- 0: no refresh token was issued
    rotated_at BIGINT NOT NULL,
    idle_until BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT,
    revoke_reason TEXT
);
CREATE INDEX token_families_person ON token_families (person_id);
CREATE INDEX token_families_session ON token_families (session_id);
CREATE INDEX token_families_expires ON token_families (expires_at);

CREATE TABLE spent_codes (
    hash TEXT NOT NULL PRIMARY KEY,          -- the judge of single use (RFC 6749 §4.1.2)
    client_id TEXT NOT NULL,
    family_id TEXT NOT NULL,
    redirect_uri TEXT NOT NULL,
    code_challenge TEXT,
    spent_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX spent_codes_expires ON spent_codes (expires_at);

CREATE TABLE spent_assertions (
    hash TEXT NOT NULL PRIMARY KEY,          -- client and jti (RFC 7523 §3)
    expires_at BIGINT NOT NULL
);
CREATE INDEX spent_assertions_expires ON spent_assertions (expires_at);

CREATE TABLE revoked_tokens (
    jti TEXT NOT NULL PRIMARY KEY,
    expires_at BIGINT NOT NULL
);
CREATE INDEX revoked_tokens_expires ON revoked_tokens (expires_at);

CREATE TABLE signing_keys (
    kid TEXT NOT NULL PRIMARY KEY,
    algorithm TEXT NOT NULL,
    state TEXT NOT NULL,                     -- pending, active, retiring, retired
    public_jwk TEXT NOT NULL,
    sealed_private TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    activate_at BIGINT NOT NULL,
    retire_at BIGINT
);

CREATE TABLE server_secrets (
    name TEXT NOT NULL PRIMARY KEY,          -- pepper
    version BIGINT NOT NULL,
    sealed TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE events (
    sequence INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    at BIGINT NOT NULL,
    kind TEXT NOT NULL,
    actor TEXT NOT NULL,                     -- person:…, client:…, operator, system
    person_id TEXT,
    client_id TEXT,
    session_id TEXT,
    detail TEXT NOT NULL,                    -- JSON, no secrets
    reference TEXT
);
CREATE INDEX events_person ON events (person_id, sequence);

CREATE TABLE outbox (
    id TEXT NOT NULL PRIMARY KEY,
    event_sequence BIGINT,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    next_attempt_at BIGINT NOT NULL,
    done_at BIGINT,
    created_at BIGINT NOT NULL
);
CREATE INDEX outbox_due ON outbox (done_at, next_attempt_at);

CREATE TABLE changes (
    topic TEXT NOT NULL PRIMARY KEY,
    counter BIGINT NOT NULL
);
INSERT INTO changes (topic, counter) VALUES ('clients', 0), ('keys', 0), ('epoch', 0);
