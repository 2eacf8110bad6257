DROP INDEX consents_client;
