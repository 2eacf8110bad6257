-- What a person chose of the looks of our pages: a language of ours, and system, light or dark.
ALTER TABLE people ADD COLUMN language TEXT;
ALTER TABLE people ADD COLUMN theme TEXT;
