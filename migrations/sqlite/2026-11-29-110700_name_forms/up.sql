-- What a user name looks like (UTS 39, skeleton), so that nobody takes one that reads like another's. Empty where nobody
-- has computed it yet, for addresses, and for the later of two names that an operator gave although they look alike.
ALTER TABLE identifiers ADD COLUMN skeleton TEXT;
CREATE UNIQUE INDEX identifiers_skeleton ON identifiers (skeleton);
