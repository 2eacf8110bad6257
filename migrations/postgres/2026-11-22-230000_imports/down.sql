DROP TABLE imports;
ALTER TABLE credentials DROP COLUMN imported;
