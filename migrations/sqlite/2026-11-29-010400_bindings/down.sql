ALTER TABLE token_families DROP COLUMN binding;
