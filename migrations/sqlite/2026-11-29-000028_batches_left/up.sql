-- What can be bought of a product: its batches with something left, however old they are, and those of today and later.
-- Without these indexes every batch that was ever made of it is read.
DROP INDEX batches_product_id_status_index;
CREATE INDEX batches_product_id_ready_on_index ON batches (product_id, ready_on);
CREATE INDEX batches_left_index ON batches (product_id) WHERE made > claimed + discarded;
