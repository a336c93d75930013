-- A stored response is erased with the order, account or membership that it is about.
DROP INDEX idempotency_keys_order_id_index;
ALTER TABLE idempotency_keys RENAME COLUMN order_id TO subject_id;
CREATE INDEX idempotency_keys_subject_id_index ON idempotency_keys (subject_id) WHERE subject_id IS NOT NULL;
-- Existing responses with personal data but without a subject.
UPDATE idempotency_keys SET headers = NULL, body = NULL WHERE status IS NOT NULL AND route IN (
    'POST /v1/accounts', 'POST /v1/groups/{id}/members', 'POST /v1/cooperatives/{id}/assignments'
);

-- Wrong guesses in a row at an account are counted until a right one, however long that takes.
ALTER TABLE throttles ADD COLUMN kept INTEGER NOT NULL DEFAULT FALSE CHECK (kept IN (0, 1));
