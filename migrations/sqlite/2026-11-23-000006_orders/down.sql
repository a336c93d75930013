DROP TABLE sales;
DROP TABLE order_notes;
DROP TABLE claims;
DROP TABLE order_lines;
DROP TABLE fulfilments;
DROP TABLE orders;
DROP TABLE order_counters;
