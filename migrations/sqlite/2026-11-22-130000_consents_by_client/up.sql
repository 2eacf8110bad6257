-- A client that is deleted takes its consents along, and one that somebody allowed is in use.
CREATE INDEX consents_client ON consents (client_id);
