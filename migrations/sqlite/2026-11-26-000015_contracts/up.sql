-- Contracts with regular buyers, the orders under them, and their monthly invoices.
CREATE TABLE contracts (
    id BLOB PRIMARY KEY,
    cooperative_id BLOB NOT NULL REFERENCES cooperatives,
    buyer_id BLOB NOT NULL REFERENCES accounts,
    drawn_by BLOB NOT NULL REFERENCES accounts,
    status TEXT NOT NULL CHECK (status IN ('proposed', 'active', 'declined', 'withdrawn', 'ended')),
    starts_on TEXT NOT NULL,
    ends_on TEXT NOT NULL,
    weekdays INTEGER NOT NULL CHECK (weekdays BETWEEN 1 AND 127),
    credit_limit INTEGER NOT NULL CHECK (credit_limit > 0),
    term_days INTEGER NOT NULL CHECK (term_days BETWEEN 0 AND 90),
    note TEXT,
    invoiced_through TEXT,
    created_at TEXT NOT NULL,
    answered_at TEXT,
    closed_at TEXT,
    version INTEGER NOT NULL DEFAULT 1,
    CHECK (ends_on >= starts_on)
) STRICT;
CREATE INDEX contracts_cooperative_id_index ON contracts (cooperative_id, created_at, id);
CREATE INDEX contracts_buyer_id_index ON contracts (buyer_id, created_at, id);
CREATE INDEX contracts_drawn_by_index ON contracts (drawn_by);
CREATE INDEX contracts_ends_on_index ON contracts (ends_on) WHERE status IN ('proposed', 'active');

CREATE TABLE contract_lines (
    id BLOB PRIMARY KEY,
    cooperative_id BLOB NOT NULL REFERENCES cooperatives,
    contract_id BLOB NOT NULL REFERENCES contracts,
    product_id BLOB NOT NULL REFERENCES products (id),
    position INTEGER NOT NULL,
    unit_price INTEGER NOT NULL CHECK (unit_price > 0)
) STRICT;
CREATE UNIQUE INDEX contract_lines_contract_id_product_id_key ON contract_lines (contract_id, product_id);
CREATE INDEX contract_lines_product_id_index ON contract_lines (product_id);
CREATE INDEX contract_lines_cooperative_id_index ON contract_lines (cooperative_id);

-- Orders placed under a contract.
CREATE TABLE contract_orders (
    order_id BLOB PRIMARY KEY REFERENCES orders,
    cooperative_id BLOB NOT NULL REFERENCES cooperatives,
    contract_id BLOB NOT NULL REFERENCES contracts
) STRICT;
CREATE INDEX contract_orders_contract_id_index ON contract_orders (contract_id);
CREATE INDEX contract_orders_cooperative_id_index ON contract_orders (cooperative_id);

-- The last invoice number of a cooperative and month; taken in the transaction of the invoice, so without gaps.
CREATE TABLE invoice_counters (
    cooperative_id BLOB NOT NULL REFERENCES cooperatives,
    month TEXT NOT NULL,
    last INTEGER NOT NULL,
    PRIMARY KEY (cooperative_id, month)
) STRICT;

CREATE TABLE invoices (
    id BLOB PRIMARY KEY,
    cooperative_id BLOB NOT NULL REFERENCES cooperatives,
    contract_id BLOB NOT NULL REFERENCES contracts,
    number TEXT NOT NULL,
    month TEXT NOT NULL,
    issued_on TEXT NOT NULL,
    due_on TEXT NOT NULL,
    total INTEGER NOT NULL,
    reminded_at TEXT,
    issued_at TEXT NOT NULL,
    CHECK (due_on >= issued_on)
) STRICT;
CREATE UNIQUE INDEX invoices_contract_id_month_key ON invoices (contract_id, month);
CREATE UNIQUE INDEX invoices_cooperative_id_number_key ON invoices (cooperative_id, number);
CREATE INDEX invoices_due_on_index ON invoices (due_on) WHERE reminded_at IS NULL;

-- Lines of an invoice; negative for goods returned after they were invoiced. A line without an order line is a delivery
-- fee.
CREATE TABLE invoice_lines (
    id BLOB PRIMARY KEY,
    cooperative_id BLOB NOT NULL REFERENCES cooperatives,
    invoice_id BLOB NOT NULL REFERENCES invoices,
    order_id BLOB NOT NULL REFERENCES orders,
    line_id BLOB REFERENCES order_lines,
    position INTEGER NOT NULL,
    day TEXT NOT NULL,
    order_number TEXT NOT NULL,
    product_name TEXT,
    unit TEXT,
    quantity INTEGER NOT NULL,
    unit_price INTEGER NOT NULL,
    total INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX invoice_lines_invoice_id_position_key ON invoice_lines (invoice_id, position);
CREATE INDEX invoice_lines_order_id_index ON invoice_lines (order_id);
CREATE INDEX invoice_lines_line_id_index ON invoice_lines (line_id);
CREATE INDEX invoice_lines_cooperative_id_index ON invoice_lines (cooperative_id);

ALTER TABLE standing_orders ADD COLUMN contract_id BLOB REFERENCES contracts;
CREATE INDEX standing_orders_contract_id_index ON standing_orders (contract_id);
