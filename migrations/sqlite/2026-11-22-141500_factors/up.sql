-- Second factors, and the browsers that a person is known in. The other engine's twin is the same.

CREATE TABLE authenticators (              -- an authenticator app (RFC 6238), one a person
    person_id TEXT NOT NULL PRIMARY KEY REFERENCES people (id),
    id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    sealed TEXT NOT NULL,                  -- the seed, under the master key
    last_step BIGINT NOT NULL,             -- the judge of single use: codes of this time step and before are spent
    created_at BIGINT NOT NULL,
    last_used_at BIGINT
);

CREATE TABLE recovery_codes (
    hash TEXT NOT NULL PRIMARY KEY,        -- of person and code
    person_id TEXT NOT NULL REFERENCES people (id),
    created_at BIGINT NOT NULL,
    used_at BIGINT                         -- the judge of single use
);
CREATE INDEX recovery_codes_person ON recovery_codes (person_id);

CREATE TABLE known_devices (               -- a person in a browser
    id TEXT NOT NULL PRIMARY KEY,
    hash TEXT NOT NULL,                    -- of the browser's cookie
    person_id TEXT NOT NULL REFERENCES people (id),
    person_epoch BIGINT NOT NULL,
    user_agent TEXT NOT NULL,
    network TEXT NOT NULL,                 -- address prefix, for display only
    remembered_until BIGINT,               -- no second factor until then
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    UNIQUE (hash, person_id)
);
CREATE INDEX known_devices_person ON known_devices (person_id);
CREATE INDEX known_devices_seen ON known_devices (seen_at);
