-- A person who deletes their account is gone at this time, unless they come back before.
ALTER TABLE people ADD COLUMN delete_at BIGINT;
CREATE INDEX people_delete_at ON people (delete_at) WHERE delete_at IS NOT NULL;
