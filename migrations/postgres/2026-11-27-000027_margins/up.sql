-- The cost of the goods of a sale, in thousandths of a rupiah, because quantities are in thousandths. Stored with the fact,
-- so that reports need not read the claims. NULL while one of their batches has no unit cost; set when that is known.
ALTER TABLE sales ADD COLUMN worth BIGINT;
DROP INDEX sales_product_id_index;
CREATE INDEX sales_product_id_index ON sales (product_id, sold_on, quantity, amount, service, worth);

UPDATE sales SET worth = (
    SELECT CASE WHEN SUM(c.quantity) = sales.quantity THEN SUM(c.quantity * b.unit_cost) WHEN SUM(c.quantity) = -sales.quantity THEN -SUM(c.quantity * b.unit_cost) END
    FROM claims c JOIN batches b ON b.id = c.batch_id WHERE c.line_id = sales.line_id AND c.quantity > 0 HAVING COUNT(*) = COUNT(b.unit_cost)
);

CREATE FUNCTION worth_of_sale(line UUID, sold BIGINT) RETURNS BIGINT LANGUAGE sql STABLE AS
$$ SELECT CASE WHEN SUM(c.quantity) = sold THEN SUM(c.quantity * b.unit_cost) WHEN SUM(c.quantity) = -sold THEN -SUM(c.quantity * b.unit_cost) END
FROM claims c JOIN batches b ON b.id = c.batch_id WHERE c.line_id = line AND c.quantity > 0 HAVING COUNT(*) = COUNT(b.unit_cost) $$;
CREATE FUNCTION sale_has_its_worth() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN NEW.worth := worth_of_sale(NEW.line_id, NEW.quantity); RETURN NEW; END $$;
CREATE TRIGGER sales_worth BEFORE INSERT ON sales FOR EACH ROW EXECUTE FUNCTION sale_has_its_worth();
CREATE FUNCTION sales_follow_their_batch() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN UPDATE sales SET worth = worth_of_sale(line_id, quantity) WHERE line_id IN (SELECT line_id FROM claims WHERE batch_id = NEW.id); RETURN NULL; END $$;
CREATE TRIGGER batches_unit_cost AFTER UPDATE OF unit_cost ON batches FOR EACH ROW
    WHEN (OLD.unit_cost IS DISTINCT FROM NEW.unit_cost) EXECUTE FUNCTION sales_follow_their_batch();
