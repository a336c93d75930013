//! Moves the lines on a rescheduled batch.

use super::events::{self, OrderEvent};
use super::fulfilment::LineWithClaims;
use super::order::OrderWithFulfilments;
use super::settings::Settings;
use super::store;
use crate::db::{self, Tx};
use crate::kernel::Instant;
use crate::kernel::ids::AccountId;
use crate::supply::{Batch, BatchStatus};

/// Moves the lines on a batch, which the caller has locked, to the batch's day. The buyers are notified and may cancel
/// freely until `free_until`.
pub fn reschedule(
    tx: &mut Tx<'_>,
    now: Instant,
    settings: &Settings,
    batch: &Batch,
    free_until: Instant,
    by: Option<AccountId>,
) -> db::Result<()> {
    for order in store::list_orders_on_batch(tx, batch.id)? {
        if let Some(whole) = store::lock_order(tx, order)? {
            move_order(tx, now, settings, batch, &whole, free_until, by)?;
        }
    }
    Ok(())
}

fn move_order(
    tx: &mut Tx<'_>,
    now: Instant,
    settings: &Settings,
    batch: &Batch,
    whole: &OrderWithFulfilments,
    free_until: Instant,
    by: Option<AccountId>,
) -> db::Result<()> {
    let holds = |line: &&LineWithClaims| {
        line.claims.iter().any(|claim| claim.batch == batch.id && claim.quantity.is_positive())
    };
    for fulfilment in whole.fulfilments.iter().filter(|fulfilment| fulfilment.row.status.is_open()) {
        let moved: Vec<_> = fulfilment.lines.iter().filter(holds).collect();
        let Some(first) = moved.first() else { continue };
        for line in &moved {
            store::set_line_day(tx, line.row.id, batch.ready_on)?;
        }
        let others = fulfilment.lines.iter().filter(|line| !holds(line)).map(|line| line.row.ready_on);
        let ready_on = others.fold(batch.ready_on, Ord::max);
        let undecided = batch.cutoff_at.filter(|_| batch.status == BatchStatus::Open);
        let closing = undecided.map(|cutoff| cutoff.after(settings.answer_time()));
        let answer_by = fulfilment.row.answer_by.map(|until| closing.map_or(until, |closing| until.max(closing)));
        store::set_fulfilment_day(tx, fulfilment.row.id, ready_on, answer_by)?;
        let event = OrderEvent::Moved {
            order: whole.order.id,
            group: batch.group_id,
            fulfilment: fulfilment.row.id,
            line: first.row.id,
            product: batch.product_id,
            day_before: first.row.ready_on,
            until: free_until,
        };
        let event = event.about(whole.order.id).by(by).in_group(batch.cooperative_id, batch.group_id);
        events::record(tx, now, &event)?;
    }
    let until = whole.order.cancellable_until.map_or(free_until, |until| until.max(free_until));
    store::set_cancellable(tx, whole.order.id, until)
}
