-- The cost of the goods of a sale, in thousandths of a rupiah, because quantities are in thousandths. Stored with the fact,
-- so that reports need not read the claims. NULL while one of their batches has no unit cost; set when that is known.
ALTER TABLE sales ADD COLUMN worth INTEGER;
DROP INDEX sales_product_id_index;
CREATE INDEX sales_product_id_index ON sales (product_id, sold_on, quantity, amount, service, worth);

UPDATE sales SET worth = (
    SELECT CASE WHEN SUM(c.quantity) = sales.quantity THEN SUM(c.quantity * b.unit_cost) WHEN SUM(c.quantity) = -sales.quantity THEN -SUM(c.quantity * b.unit_cost) END
    FROM claims c JOIN batches b ON b.id = c.batch_id WHERE c.line_id = sales.line_id AND c.quantity > 0 HAVING COUNT(*) = COUNT(b.unit_cost)
);

CREATE TRIGGER sales_worth AFTER INSERT ON sales
WHEN EXISTS (SELECT 1 FROM claims c JOIN batches b ON b.id = c.batch_id WHERE c.line_id = new.line_id AND b.unit_cost IS NOT NULL) BEGIN
    UPDATE sales SET worth = (
        SELECT CASE WHEN SUM(c.quantity) = sales.quantity THEN SUM(c.quantity * b.unit_cost) WHEN SUM(c.quantity) = -sales.quantity THEN -SUM(c.quantity * b.unit_cost) END
        FROM claims c JOIN batches b ON b.id = c.batch_id WHERE c.line_id = sales.line_id AND c.quantity > 0 HAVING COUNT(*) = COUNT(b.unit_cost)
    ) WHERE id = new.id;
END;
CREATE TRIGGER batches_unit_cost AFTER UPDATE OF unit_cost ON batches WHEN old.unit_cost IS NOT new.unit_cost BEGIN
    UPDATE sales SET worth = (
        SELECT CASE WHEN SUM(c.quantity) = sales.quantity THEN SUM(c.quantity * b.unit_cost) WHEN SUM(c.quantity) = -sales.quantity THEN -SUM(c.quantity * b.unit_cost) END
        FROM claims c JOIN batches b ON b.id = c.batch_id WHERE c.line_id = sales.line_id AND c.quantity > 0 HAVING COUNT(*) = COUNT(b.unit_cost)
    ) WHERE line_id IN (SELECT line_id FROM claims WHERE batch_id = new.id);
END;
