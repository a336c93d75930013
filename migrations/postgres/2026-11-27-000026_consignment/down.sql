DROP TABLE outlet_count_lines;
DROP TABLE outlet_counts;
DROP INDEX ledger_postings_outlet_id_index;
ALTER TABLE ledger_postings DROP COLUMN outlet_id;
DROP INDEX orders_outlet_id_index;
ALTER TABLE orders DROP COLUMN outlet_id;
DROP TABLE consignments;
DROP TABLE outlets;
