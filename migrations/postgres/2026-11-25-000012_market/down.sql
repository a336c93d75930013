DROP TABLE market_offerings;
DROP TABLE market_days;
DROP TABLE market_schedules;
