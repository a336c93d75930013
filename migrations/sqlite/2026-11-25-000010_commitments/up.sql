-- Conditions of a batch: whole packs, minimum deposits and a second cut-off; and when it was made.
ALTER TABLE batches ADD COLUMN pack_size INTEGER CHECK (pack_size > 0);
ALTER TABLE batches ADD COLUMN minimum_deposits INTEGER NOT NULL DEFAULT 0 CHECK (minimum_deposits >= 0 AND minimum_deposits <= 1000000000000);
ALTER TABLE batches ADD COLUMN extend_to TEXT;
ALTER TABLE batches ADD COLUMN deposit_percent INTEGER CHECK (deposit_percent BETWEEN 0 AND 100);
ALTER TABLE batches ADD COLUMN made_at TEXT;
-- Why a line has less than the ordered quantity.
ALTER TABLE order_lines ADD COLUMN reason TEXT CHECK (reason IN ('shortage', 'whole_packs', 'discarded', 'minimum_not_reached', 'called_off'));
