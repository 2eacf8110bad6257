DROP TABLE changes; DROP TABLE outbox; DROP TABLE events; DROP TABLE server_secrets; DROP TABLE signing_keys;
DROP TABLE revoked_tokens; DROP TABLE spent_assertions; DROP TABLE spent_codes; DROP TABLE token_families;
DROP TABLE sessions; DROP TABLE consents; DROP TABLE client_secrets; DROP TABLE clients; DROP TABLE credentials;
DROP TABLE identifiers; DROP TABLE people;
