-- Gateway charges: one row for each payment, with a reference that is unique at the gateway.
CREATE TABLE gateway_charges (
    id UUID PRIMARY KEY,
    cooperative_id UUID NOT NULL REFERENCES cooperatives,
    payment_id UUID NOT NULL REFERENCES payments,
    gateway TEXT NOT NULL,
    reference TEXT NOT NULL,
    amount BIGINT NOT NULL CHECK (amount > 0 AND amount <= 1000000000000),
    status TEXT NOT NULL CHECK (status IN ('queued', 'pending', 'expired', 'cancelled', 'denied', 'failed', 'paid', 'partly_refunded', 'refunded', 'charged_back')),
    tries INTEGER NOT NULL DEFAULT 0,
    transaction_id TEXT,
    qr_text TEXT,
    qr_url TEXT,
    paid_amount BIGINT CHECK (paid_amount >= 0 AND paid_amount <= 1000000000000),
    needs_review TEXT CHECK (needs_review IN ('wrong_amount', 'payment_closed', 'unclear_refund', 'unknown_status')),
    reviewed_by UUID REFERENCES accounts,
    reviewed_at TIMESTAMP,
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    heard_at TIMESTAMP NOT NULL
);
CREATE UNIQUE INDEX gateway_charges_payment_id_key ON gateway_charges (payment_id);
CREATE UNIQUE INDEX gateway_charges_gateway_reference_key ON gateway_charges (gateway, reference);
CREATE INDEX gateway_charges_cooperative_id_index ON gateway_charges (cooperative_id, created_at, id);
CREATE INDEX gateway_charges_needs_review_index ON gateway_charges (cooperative_id, created_at, id) WHERE needs_review IS NOT NULL;
CREATE INDEX gateway_charges_heard_at_index ON gateway_charges (heard_at) WHERE status IN ('queued', 'pending');
CREATE INDEX gateway_charges_reviewed_by_index ON gateway_charges (reviewed_by) WHERE reviewed_by IS NOT NULL;

-- Notifications of gateways, as received; a repeated notification is the same row.
CREATE TABLE gateway_notifications (
    id UUID PRIMARY KEY,
    gateway TEXT NOT NULL,
    event_key TEXT NOT NULL,
    reference TEXT NOT NULL,
    body TEXT NOT NULL,
    news TEXT NOT NULL,
    heard_at TIMESTAMP NOT NULL,
    applied_at TIMESTAMP
);
CREATE UNIQUE INDEX gateway_notifications_gateway_event_key_key ON gateway_notifications (gateway, event_key);
