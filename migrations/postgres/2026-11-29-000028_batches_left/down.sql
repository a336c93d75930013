DROP INDEX batches_left_index;
DROP INDEX batches_product_id_ready_on_index;
CREATE INDEX batches_product_id_status_index ON batches (product_id, status, ready_on);
