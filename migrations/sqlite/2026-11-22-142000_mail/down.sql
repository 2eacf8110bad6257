DROP TABLE one_time;
