-- What the OpenID Connect profiles need. The other engine's twin is the same.

ALTER TABLE clients ADD COLUMN registration_token_hash TEXT;       -- RFC 7592: who may read and change a self-registration
ALTER TABLE clients ADD COLUMN used_at BIGINT;                     -- first use of a self-registration; unused ones expire
ALTER TABLE client_secrets ADD COLUMN sealed TEXT;                 -- under the master key, where the text itself is needed (HMAC)
ALTER TABLE consents ADD COLUMN claims TEXT NOT NULL DEFAULT '[]'; -- JSON array: claims asked for by name (OpenID Connect Core §5.5)

CREATE TABLE pairwise_subjects (           -- OpenID Connect Core §8.1; kept for ever, as sub in people
    sub TEXT NOT NULL PRIMARY KEY,
    person_id TEXT NOT NULL REFERENCES people (id),
    sector TEXT NOT NULL,                  -- host of sector_identifier_uri or of the redirect URIs
    created_at BIGINT NOT NULL,
    UNIQUE (person_id, sector)
);

CREATE TABLE initial_access_tokens (       -- RFC 7591 §3
    id TEXT NOT NULL PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE,
    note TEXT NOT NULL,
    uses_left BIGINT,                      -- NULL: any number
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    revoked_at BIGINT
);

ALTER TABLE outbox ADD COLUMN client_id TEXT;
ALTER TABLE outbox ADD COLUMN claimed_until BIGINT NOT NULL DEFAULT 0; -- one server at a time delivers it
ALTER TABLE outbox ADD COLUMN outcome TEXT;                            -- delivered, refused, expired
ALTER TABLE outbox ADD COLUMN last_error TEXT;
CREATE INDEX outbox_created ON outbox (created_at);

CREATE TABLE jwks_fetches (                -- who has seen which keys, by address prefix
    network TEXT NOT NULL PRIMARY KEY,
    fetched_at BIGINT NOT NULL
);
CREATE TABLE client_networks (             -- where a client's server was last seen
    client_id TEXT NOT NULL PRIMARY KEY,
    network TEXT NOT NULL,
    seen_at BIGINT NOT NULL
);
