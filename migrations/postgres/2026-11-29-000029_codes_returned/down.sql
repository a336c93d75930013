DROP INDEX payments_transfer_amount_index;
CREATE UNIQUE INDEX payments_unique_code_key ON payments (cooperative_id, unique_code) WHERE status = 'pending' AND unique_code IS NOT NULL;
ALTER TABLE payments DROP COLUMN code_returned;
