DROP TABLE event_feed;
DROP INDEX events_unplaced;
DROP INDEX events_position;
ALTER TABLE events DROP COLUMN position;
