-- A place for each event that is given after its commit: a reader who goes by it misses none. The other engine's twin is the same.

ALTER TABLE events ADD COLUMN position BIGINT;                           -- without gaps; empty until somebody reads on
CREATE INDEX events_position ON events (position);
CREATE INDEX events_unplaced ON events (sequence) WHERE position IS NULL;

CREATE TABLE event_feed (                  -- one row: its lock lets one server at a time give places
    id BIGINT NOT NULL PRIMARY KEY,
    last BIGINT NOT NULL                   -- the last place that was given
);
INSERT INTO event_feed (id, last) VALUES (1, 0);
