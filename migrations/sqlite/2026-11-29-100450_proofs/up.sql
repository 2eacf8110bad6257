-- Codes that were asked for in a browser that the person had signed in with before. Their tries are their own; those of
-- every other browser share what a stranger may guess at one account.
ALTER TABLE one_time ADD COLUMN is_known BOOLEAN NOT NULL DEFAULT FALSE;
