//! Batches: dated, limited supplies of a product, their availability, and claims on them.
//!
//! Every sale [`claim`]s a quantity of a batch. Goods in stock are a batch that is made, a pre-order is on a batch that is
//! not made yet, and a product that is made to order has a batch for each day, created by its first claim. Overselling is
//! impossible: a claim is one conditional `UPDATE` of one row, backed by a `CHECK` constraint. [`Stock`] predicts what a
//! claim would do; [`list_availability`] and the public list of a day ([`list_available_on`]) follow the same rules. On a
//! closed day ([`close_day`]) nothing is available. Goods that would be left over can be discounted ([`lower_price`]): the
//! discount belongs to the batch, and the price is stored on the order line.
//!
//! This slice does not know order lines. Callers reduce their lines by [`allocate`] and then record the quantities:
//! [`record_production`], [`record_discard`], [`restock`], [`release`]. Requests that could not be met are recorded by
//! [`record_unmet_demand`].

mod allocate;
mod amend;
mod api;
mod availability;
mod batch;
mod claim;
mod close_day;
mod closed_days;

mod decide;
mod discount;
mod error;

pub(crate) mod events;
mod list_available;
mod open;
mod packs;
mod plan;
#[cfg(test)]
mod plan_tests;
mod quantities;
mod reason;
mod record_contribution;
mod reschedule;
mod set_discount;
mod stock;
mod store;
mod tasks;
mod terms;
mod transition;
mod unmet_demand;

pub use allocate::{AllocationRequest, allocate};
pub use amend::{AmendError, Amendment, amend};
pub use api::{BatchView, DiscountView, routes};
pub use availability::{AvailableSupply, DayAvailability, MAX_PERIOD_DAYS, list_availability, list_day_availability};
pub use batch::{Batch, BatchAction, BatchKind, BatchStatus, TRANSITIONS};
pub use claim::{BatchClaim, ClaimError, claim, release};
pub use close_day::{CloseDayError, MAX_DAYS_AHEAD, close_day, reopen_day};
pub use closed_days::{ClosedDay, ClosedDays};

pub use decide::{Collected, Decision, decide};
pub use discount::{Discount, DiscountKind};

pub use list_available::list_available_on;
pub use open::{OpenError, Opening, check_packs, open, open_agreed};
pub use packs::{allocate_in_packs, count_packs};
pub use plan::{ClaimRequest, Plan, Supply, SupplySource, find_next_day, list_supplies, plan, round_down_to_step};
pub use quantities::{
    BatchQuantityError, Discard, claim_made, discard_returned, lock_batch, record_discard, record_production, restock,
};
pub use reason::{Unavailable, UnavailableReason};
pub use record_contribution::{
    Contribution, ContributionError, ContributionKind, NewContribution, record_contribution,
};
pub use reschedule::reschedule;
pub use set_discount::{DiscountError, NewDiscount, lower_day_price, lower_price, restore_price};
pub use stock::Stock;
pub use store::{find_batch as find, list_current_batches, load_terms};
pub use tasks::{list_due_for_decision, periodic_tasks};
pub use terms::Terms;
pub use transition::{BatchTransition, BatchTransitionError, cancel_unclaimed, extend, transition};
pub use unmet_demand::{DemandSource, UnmetDemand, UnmetDemandRecord, export, forget, record_unmet_demand};
