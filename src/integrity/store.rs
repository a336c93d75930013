//! SQL of the checks. They read tables of all slices, because they compare slices with each other.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};

use super::check::{CheckName, Finding};
use crate::db::schema::cooperatives;
use crate::db::{Conn, Result};
use crate::kernel::ids::{CooperativeId, SqlUuid};

#[derive(QueryableByName)]
struct CheckRow {
    #[diesel(sql_type = BigInt)]
    wrong: i64,
    #[diesel(sql_type = Nullable<Text>)]
    example: Option<String>,
}

/// The query of a check: one row for each violation in the cooperative `$1`, with a name for people.
const fn check_query(check: CheckName) -> &'static str {
    match check {
        CheckName::EntriesBalance => {
            "SELECT e.voucher || '-' || e.month || '-' || CAST(e.number AS TEXT) AS what FROM ledger_entries e \
             LEFT JOIN ledger_postings p ON p.entry_id = e.id WHERE e.cooperative_id = $1 \
             GROUP BY e.id, e.voucher, e.month, e.number HAVING coalesce(sum(p.amount), 1) <> 0 OR count(p.entry_id) < 2"
        }
        CheckName::PostingsBelong => {
            "SELECT e.voucher || '-' || e.month || '-' || CAST(e.number AS TEXT) AS what FROM ledger_postings p \
             JOIN ledger_entries e ON e.id = p.entry_id WHERE p.cooperative_id = $1 \
             AND (e.cooperative_id <> p.cooperative_id OR e.entered_on <> p.entered_on)"
        }
        CheckName::VouchersComplete => {
            "SELECT e.voucher || '-' || e.month AS what FROM ledger_entries e \
             LEFT JOIN ledger_counters c ON c.cooperative_id = e.cooperative_id AND c.month = e.month \
                 AND c.voucher = e.voucher \
             WHERE e.cooperative_id = $1 GROUP BY e.voucher, e.month, c.last \
             HAVING count(*) <> max(e.number) OR min(e.number) <> 1 OR max(e.number) <> coalesce(c.last, 0)"
        }
        CheckName::ClaimsWithinSupply => {
            "SELECT p.name AS what FROM batches b JOIN products p ON p.id = b.product_id \
             WHERE b.cooperative_id = $1 AND b.claimed + b.discarded > coalesce(b.made, b.capacity)"
        }
        // An entry of a payment posts its amount on the buyer's side: as a credit for a payment, as a debit for a
        // refund.
        CheckName::PaymentsPosted => {
            "SELECT o.number AS what FROM payments m JOIN orders o ON o.id = m.order_id \
             LEFT JOIN (SELECT e.source_id, count(DISTINCT e.id) AS entries, sum(p.amount) AS amount FROM ledger_entries e \
                 JOIN ledger_postings p ON p.entry_id = e.id AND p.account IN (1201, 1202, 2101) \
                 WHERE e.cooperative_id = $1 AND e.kind IN ('payment', 'refund') GROUP BY e.source_id) x \
                 ON x.source_id = m.id \
             WHERE m.cooperative_id = $1 AND m.status = 'confirmed' AND m.method <> 'credit' AND (x.entries IS NULL OR x.entries <> 1 OR \
                 x.amount <> CASE m.direction WHEN 'in' THEN -m.amount ELSE m.amount END) \
             UNION ALL SELECT e.voucher || '-' || e.month || '-' || CAST(e.number AS TEXT) FROM ledger_entries e \
             WHERE e.cooperative_id = $1 AND e.kind IN ('payment', 'refund') AND NOT EXISTS \
                 (SELECT 1 FROM payments m WHERE m.id = e.source_id AND (m.status = 'confirmed' OR m.status = 'reversed' \
                     AND EXISTS (SELECT 1 FROM ledger_entries b WHERE b.reverses_id = e.id))) \
             UNION ALL SELECT o.number FROM payments m JOIN orders o ON o.id = m.order_id \
             WHERE m.cooperative_id = $1 AND m.method = 'credit' AND m.direction = 'in' AND 1 <> \
                 (SELECT count(*) FROM ledger_entries e WHERE e.source_id = m.id AND e.kind = 'credit_moved')"
        }
        CheckName::PaymentsAddUp => {
            "SELECT o.number AS what FROM orders o LEFT JOIN (SELECT order_id, \
                 sum(CASE direction WHEN 'in' THEN amount ELSE -amount END) AS paid FROM payments \
                 WHERE cooperative_id = $1 AND status = 'confirmed' GROUP BY order_id) m ON m.order_id = o.id \
             WHERE o.cooperative_id = $1 AND o.paid_total <> coalesce(m.paid, 0)"
        }
        CheckName::CashHeldPosted => {
            "SELECT 'BKM' AS what FROM (SELECT holder, sum(amount) AS amount FROM ( \
                 SELECT held_by AS holder, amount FROM payments WHERE cooperative_id = $1 AND held_by IS NOT NULL \
                 UNION ALL SELECT holder_id, -amount FROM ledger_postings WHERE cooperative_id = $1 AND account = 1102 \
             ) one GROUP BY holder) each WHERE each.amount <> 0"
        }
        CheckName::SalesMatchOrders => {
            "SELECT o.number AS what FROM orders o \
             LEFT JOIN (SELECT order_id, sum(goods_total) AS goods FROM fulfilments \
                 WHERE cooperative_id = $1 AND status = 'handed_over' GROUP BY order_id) f ON f.order_id = o.id \
             LEFT JOIN (SELECT order_id, sum(amount) AS sold FROM sales WHERE cooperative_id = $1 GROUP BY order_id) s \
                 ON s.order_id = o.id \
             WHERE o.cooperative_id = $1 AND (coalesce(f.goods, 0) <> coalesce(s.sold, 0) \
                 OR o.delivered_total <> coalesce(f.goods + o.delivery_fee, 0))"
        }
        CheckName::SalesPosted => {
            "SELECT o.number AS what FROM (SELECT order_id, group_id, sum(sold) AS sold, sum(share) AS share FROM ( \
                 SELECT order_id, group_id, amount AS sold, amount - service AS share FROM sales WHERE cooperative_id = $1 \
                 UNION ALL SELECT order_id, group_id, CASE WHEN account IN (4101, 4102, 4103, 5102) THEN amount ELSE 0 END, \
                     CASE account WHEN 5101 THEN -amount ELSE 0 END FROM ledger_postings \
                 WHERE cooperative_id = $1 AND account IN (4101, 4102, 4103, 5101, 5102) AND order_id IS NOT NULL \
             ) one GROUP BY order_id, group_id) part JOIN orders o ON o.id = part.order_id \
             WHERE part.sold <> 0 OR part.share <> 0"
        }
        // Settled postings are payable, and the payout posts what it settles, and the opposite when it is reversed.
        CheckName::PayoutsAddUp => {
            "SELECT g.name AS what FROM payouts m JOIN groups g ON g.id = m.group_id \
             LEFT JOIN (SELECT i.payout_id, sum(i.amount) AS amount, sum(abs(i.amount + p.amount)) AS off, \
                 count(CASE WHEN i.released THEN 1 END) AS released FROM payout_items i \
                 JOIN ledger_postings p ON p.entry_id = i.entry_id AND p.position = i.position AND p.account = 2102 \
                 GROUP BY i.payout_id) x ON x.payout_id = m.id \
             LEFT JOIN (SELECT payout_id, sum(share) AS share, sum(receipts) AS receipts FROM payout_shares \
                 GROUP BY payout_id) s ON s.payout_id = m.id \
             LEFT JOIN (SELECT e.source_id, sum(CASE e.kind WHEN 'payout' THEN p.amount ELSE 0 END) AS settled, \
                 sum(CASE e.kind WHEN 'payout' THEN 0 ELSE p.amount END) AS taken_back FROM ledger_entries e \
                 JOIN ledger_postings p ON p.entry_id = e.id AND p.account = 2102 \
                 WHERE e.cooperative_id = $1 AND e.kind IN ('payout', 'payout_reversed') GROUP BY e.source_id) b \
                 ON b.source_id = m.id \
             WHERE m.cooperative_id = $1 AND (coalesce(x.amount, 0) <> m.earned OR coalesce(x.off, 0) <> 0 \
                 OR coalesce(s.share, 0) <> m.shared OR coalesce(s.receipts, 0) <> m.receipts \
                 OR coalesce(b.settled, 0) <> m.earned \
                 OR coalesce(b.taken_back, 0) <> CASE m.status WHEN 'reversed' THEN -m.earned ELSE 0 END \
                 OR (m.status = 'paid' AND coalesce(x.released, 0) <> 0)) \
             UNION ALL SELECT e.voucher || '-' || e.month || '-' || CAST(e.number AS TEXT) FROM ledger_entries e \
             WHERE e.cooperative_id = $1 AND e.kind IN ('payout', 'payout_reversed') \
                 AND NOT EXISTS (SELECT 1 FROM payouts m WHERE m.id = e.source_id)"
        }
        // A reversed count has no sold goods, and no damaged goods to pay for.
        CheckName::ConsignmentsAddUp => {
            "SELECT o.name AS what FROM consignments c JOIN outlets o ON o.id = c.outlet_id \
             LEFT JOIN (SELECT l.consignment_id, sum(l.returned) AS returned, \
                 sum(CASE WHEN n.reversed_at IS NULL THEN l.sold ELSE 0 END) AS sold, \
                 sum(CASE WHEN n.reversed_at IS NULL THEN l.damaged ELSE l.damaged + l.sold - l.billed END) AS damaged \
                 FROM outlet_count_lines l JOIN outlet_counts n ON n.id = l.count_id WHERE n.cooperative_id = $1 \
                 GROUP BY l.consignment_id) x ON x.consignment_id = c.id \
             WHERE c.cooperative_id = $1 AND (c.delivered <> c.sold + c.returned + c.damaged + c.on_hand \
                 OR c.sold <> coalesce(x.sold, 0) OR c.returned <> coalesce(x.returned, 0) \
                 OR c.damaged <> coalesce(x.damaged, 0)) \
             UNION ALL SELECT o.number FROM outlet_counts n JOIN orders o ON o.id = n.order_id \
             LEFT JOIN (SELECT count_id, sum(billed) AS billed FROM outlet_count_lines GROUP BY count_id) b \
                 ON b.count_id = n.id \
             LEFT JOIN (SELECT order_id, sum(quantity) AS sold FROM sales WHERE cooperative_id = $1 GROUP BY order_id) s \
                 ON s.order_id = o.id \
             WHERE n.cooperative_id = $1 AND coalesce(s.sold, 0) <> CASE WHEN n.reversed_at IS NULL \
                 THEN coalesce(b.billed, 0) ELSE 0 END \
             UNION ALL SELECT o.number FROM orders o WHERE o.cooperative_id = $1 AND o.outlet_id IS NOT NULL \
                 AND NOT EXISTS (SELECT 1 FROM outlet_counts n WHERE n.order_id = o.id)"
        }
        CheckName::OrdersPosted => {
            "SELECT o.number AS what FROM orders o LEFT JOIN (SELECT order_id, \
                 sum(CASE account WHEN 2101 THEN -amount ELSE 0 END) AS deposit, \
                 sum(CASE account WHEN 2101 THEN 0 ELSE amount END) AS receivable FROM ledger_postings \
                 WHERE cooperative_id = $1 AND account IN (1201, 1202, 2101) GROUP BY order_id) p ON p.order_id = o.id \
             WHERE o.cooperative_id = $1 AND ( \
                 coalesce(p.deposit, 0) <> CASE WHEN o.paid_total > o.delivered_total \
                     THEN o.paid_total - o.delivered_total ELSE 0 END OR \
                 coalesce(p.receivable, 0) <> CASE WHEN o.delivered_total > o.paid_total \
                     THEN o.delivered_total - o.paid_total ELSE 0 END)"
        }
    }
}

/// Runs all checks of a cooperative.
#[expect(clippy::disallowed_methods, reason = "checks read tables of all slices; only constants are formatted")]
pub fn run_checks(conn: &mut Conn, cooperative: CooperativeId) -> Result<Vec<Finding>> {
    let mut findings = Vec::with_capacity(CheckName::ALL.len());
    for check in CheckName::ALL {
        let text = format!("SELECT count(*) AS wrong, min(what) AS example FROM ({}) found", check_query(*check));
        let row: CheckRow = diesel::sql_query(text).bind::<SqlUuid, _>(cooperative).get_result(conn)?;
        findings.push(Finding { check: *check, wrong: row.wrong, example: row.example });
    }
    Ok(findings)
}

/// Lists all cooperatives with their codes.
pub fn list_cooperatives(conn: &mut Conn) -> Result<Vec<(CooperativeId, String)>> {
    Ok(cooperatives::table.order(cooperatives::code.asc()).select((cooperatives::id, cooperatives::code)).load(conn)?)
}
