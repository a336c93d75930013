-- The part of a refund, or of credit moved to another order, that no money is given for: it was never transferred, because
-- unique codes had been taken off the transfers.
ALTER TABLE payments ADD COLUMN code_returned INTEGER NOT NULL DEFAULT 0 CHECK (code_returned >= 0 AND code_returned < amount);
-- Sums tell transfers apart, not codes; what the treasurer recorded arrived as a sum too.
DROP INDEX payments_unique_code_key;
UPDATE payments SET transfer_amount = amount WHERE direction = 'in' AND method IN ('transfer', 'qris') AND transfer_amount IS NULL;
CREATE INDEX payments_transfer_amount_index ON payments (cooperative_id, transfer_amount) WHERE transfer_amount IS NOT NULL;
