ALTER TABLE one_time DROP COLUMN is_known;
