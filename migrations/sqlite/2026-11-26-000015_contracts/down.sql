DROP INDEX standing_orders_contract_id_index;
ALTER TABLE standing_orders DROP COLUMN contract_id;
DROP TABLE invoice_lines;
DROP TABLE invoices;
DROP TABLE invoice_counters;
DROP TABLE contract_orders;
DROP TABLE contract_lines;
DROP TABLE contracts;
