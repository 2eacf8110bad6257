-- What the tokens of a family are bound to (RFC 7800 cnf, as JSON); empty for bearer tokens.
ALTER TABLE token_families ADD COLUMN binding TEXT;
