DROP TABLE known_devices;
DROP TABLE recovery_codes;
DROP TABLE authenticators;
