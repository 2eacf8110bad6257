ALTER TABLE sessions DROP COLUMN withdrawn_at;
