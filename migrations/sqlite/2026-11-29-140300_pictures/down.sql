DELETE FROM outbox WHERE kind = 'client_logo';
DROP TABLE client_logos;
DROP TABLE person_pictures;
