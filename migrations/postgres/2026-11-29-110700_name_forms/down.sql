DROP INDEX identifiers_skeleton;
ALTER TABLE identifiers DROP COLUMN skeleton;
