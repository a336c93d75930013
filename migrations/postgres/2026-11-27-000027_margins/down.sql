DROP TRIGGER batches_unit_cost ON batches;
DROP TRIGGER sales_worth ON sales;
DROP FUNCTION sales_follow_their_batch;
DROP FUNCTION sale_has_its_worth;
DROP FUNCTION worth_of_sale;
DROP INDEX sales_product_id_index;
CREATE INDEX sales_product_id_index ON sales (product_id, sold_on);
ALTER TABLE sales DROP COLUMN worth;
