-- Imports of people that were cut off, and what an import brought. The other engine's twin is the same.

ALTER TABLE credentials ADD COLUMN imported TEXT;  -- SHA-256 of the hash that an import brought: the same again changes nothing

CREATE TABLE imports (                     -- one that is under way or was cut off
    digest TEXT NOT NULL PRIMARY KEY,      -- SHA-256 of the file
    done BIGINT NOT NULL,                  -- so many rows, written with what came of them
    created BIGINT NOT NULL,
    updated BIGINT NOT NULL,
    unchanged BIGINT NOT NULL,
    refused BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
