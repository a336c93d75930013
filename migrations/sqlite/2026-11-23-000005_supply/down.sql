DROP TABLE refused_demand;
DROP TABLE discards;
DROP TABLE contributions;
DROP TABLE batches;
