DROP TABLE refused_demand;
DROP TABLE contributions;
DROP TABLE batches;
