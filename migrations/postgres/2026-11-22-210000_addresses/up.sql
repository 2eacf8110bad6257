-- Addresses that a person named and has not proved: several people may name one, and nobody signs in by it. A proved
-- one is a row of `identifiers`, unique like every name to sign in with.
CREATE TABLE unproved_addresses (
    person_id TEXT NOT NULL REFERENCES people (id),
    folded TEXT NOT NULL,                    -- in lower case
    value TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (person_id, folded)
);
