DROP TABLE unproved_addresses;
