DROP TABLE standing_occurrences;
DROP TABLE standing_lines;
DROP TABLE standing_orders;
