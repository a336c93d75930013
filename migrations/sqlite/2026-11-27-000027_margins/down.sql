DROP TRIGGER batches_unit_cost;
DROP TRIGGER sales_worth;
DROP INDEX sales_product_id_index;
CREATE INDEX sales_product_id_index ON sales (product_id, sold_on);
ALTER TABLE sales DROP COLUMN worth;
