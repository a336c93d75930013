//! Over-the-counter sale: order, acceptance and hand-over in one call.

use super::error::PlaceOrderError;
use super::fulfilment::FulfilmentAction;
use super::order::{NewOrder, OrderWithFulfilments};
use super::place::place;
use super::settings::Settings;
use super::store;
use super::totals::update_totals;
use super::transition::{FulfilmentError, TransitionRequest, apply_action};
use crate::cooperatives::GroupPermit;
use crate::db::{self, Tx};
use crate::kernel::Instant;
use crate::web::{FieldErrors, Problem, Rule, verb_errors};

verb_errors! {
    /// Why nothing was sold.
    pub enum QuickSaleError {
        /// A line names another group's product; reported as unknown.
        NotOwn(errors: FieldErrors) => { Problem::invalid(errors) },
    }
    + Place(PlaceOrderError), Fulfil(FulfilmentError), Db(db::Error)
}

/// Places an order of the group's own goods, over the counter ([`AgreedTerms::over_the_counter`](super::AgreedTerms)), and
/// hands it over. The goods are needed today, so a group that is closed today must reopen first.
pub fn quick_sale(
    tx: &mut Tx<'_>,
    now: Instant,
    settings: &Settings,
    permit: &GroupPermit,
    new_order: &NewOrder,
) -> Result<OrderWithFulfilments, QuickSaleError> {
    let placed = place(tx, now, settings, new_order)?;
    let mut errors = FieldErrors::default();
    for line in placed
        .fulfilments
        .iter()
        .filter(|fulfilment| fulfilment.row.group != permit.group)
        .flat_map(|fulfilment| &fulfilment.lines)
    {
        errors.add(format!("/lines/{}/product", line.row.position), Rule::UnknownReference);
    }
    if !errors.is_empty() {
        return Err(QuickSaleError::NotOwn(errors));
    }
    for action in [FulfilmentAction::Accept, FulfilmentAction::HandOver] {
        let placed =
            store::lock_order(tx, placed.order.id)?.ok_or(diesel::result::Error::NotFound).map_err(db::Error::from)?;
        for fulfilment in &placed.fulfilments {
            apply_action(
                tx,
                now,
                settings,
                &placed,
                fulfilment,
                Some(permit.account),
                &TransitionRequest::new(action),
            )?;
        }
    }
    Ok(update_totals(tx, placed.order.id)?)
}
