DROP TABLE offers;
DROP TABLE requests;
