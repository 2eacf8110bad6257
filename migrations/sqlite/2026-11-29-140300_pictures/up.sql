-- Pictures that people uploaded and logos of applications: served from here, so that nobody else learns who looks at a page.
CREATE TABLE person_pictures (
    person_id TEXT NOT NULL PRIMARY KEY REFERENCES people (id),
    name TEXT NOT NULL UNIQUE,               -- random: what the URL ends with
    media_type TEXT NOT NULL,                -- image/jpeg, image/png
    content BLOB NOT NULL,                   -- encoded again from what was uploaded
    created_at BIGINT NOT NULL
);
CREATE TABLE client_logos (
    client_id TEXT NOT NULL PRIMARY KEY REFERENCES clients (id),
    name TEXT NOT NULL UNIQUE,
    source TEXT,                             -- the logo_uri that it was fetched from; NULL where an operator uploaded it
    media_type TEXT NOT NULL,
    content BLOB NOT NULL,
    created_at BIGINT NOT NULL
);
-- Logos of the applications that operators registered before are fetched once, too.
INSERT INTO outbox (id, kind, payload, attempts, next_attempt_at, created_at, client_id, claimed_until)
SELECT 'logo-' || id, 'client_logo', '{}', 0, 0, CAST(strftime('%s', 'now') AS INTEGER) * 1000, id, 0
FROM clients WHERE origin = 'operator' AND metadata LIKE '%"logo_uri":"http%';
