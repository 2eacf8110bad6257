DROP INDEX people_delete_at;
ALTER TABLE people DROP COLUMN delete_at;
