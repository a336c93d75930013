ALTER TABLE throttles DROP COLUMN kept;
DROP INDEX idempotency_keys_subject_id_index;
ALTER TABLE idempotency_keys RENAME COLUMN subject_id TO order_id;
CREATE INDEX idempotency_keys_order_id_index ON idempotency_keys (order_id) WHERE order_id IS NOT NULL;
