//! Batches: dated, limited supplies of one product, what is available of them, and claims on it.
//!
//! Selling is always [`claim`]ing a quantity of a batch. Goods on the shelf are a batch that is made, a pre-order is
//! one of a batch that is not made yet, and a product that is made to order promises a batch for each of its days,
//! which comes into being with its first claim. Overselling is impossible: a claim is one conditional `UPDATE` of
//! one row, and a `CHECK` stands behind it. [`Stock`] tells beforehand what a claim would do, and by the same
//! rules [`availability`] and the public list of a day ([`listing_on`]) tell what can be had. On a day on which its
//! group is shut ([`close_day`]) that is nothing. What would be left otherwise can be sold for less ([`lower_price`]): the
//! rule stands on the batch, and the price is frozen on the line.
//!
//! The slice knows quantities only. Who has lines on a batch shrinks them by [`allocate`] and then sets the figures:
//! [`set_production`], [`set_discard`], [`put_back`], [`release`]. What could not be had is remembered by [`refuse`].

mod allocate;
mod amend;
mod api;
mod availability;
mod batch;
mod claim;
mod close_day;
mod closed_days;
mod contribute;
mod decide;
mod discount;
mod figures;
mod listing;
mod open;
mod packs;
mod plan;
#[cfg(test)]
mod plan_tests;
mod reason;
mod reschedule;
mod set_discount;
mod stock;
mod store;
mod tasks;
mod terms;
mod transition;
mod unmet_demand;

pub use allocate::{Wish, allocate};
pub use amend::{AmendError, Amendment, amend};
pub use api::{BatchView, DiscountView, routes};
pub use availability::{Available, DayAhead, LONGEST_WINDOW, availability, days_ahead};
pub use batch::{Batch, BatchAction, BatchKind, BatchStatus, TRANSITIONS};
pub use claim::{ClaimError, Claimed, claim, release};
pub use close_day::{CLOSED_AHEAD, CloseDayError, close_day, open_day};
pub use closed_days::{ClosedDay, ClosedDays};
pub use contribute::{ContributeError, Contributing, Contribution, ContributionKind, contribute};
pub use decide::{Collected, Decision, decide};
pub use discount::{Discount, DiscountKind};
pub use figures::{Discard, FiguresError, discard_returned, lock, put_back, set_discard, set_production, take_out};
pub use listing::listing_on;
pub use open::{OpenError, Opening, check_packs, open, open_promised};
pub use packs::{allocate_in_packs, packs};
pub use plan::{ClaimWish, Plan, Source, Supply, next_day, plan, supplies_on, whole_steps};
pub use reason::{Reason, Unavailable};
pub use reschedule::reschedule;
pub use set_discount::{DiscountError, Lowering, lower_price, lower_price_of_day, restore_price};
pub use stock::Stock;
pub use store::{batch as find, live_batches, terms_of};
pub use tasks::{due_for_decision, periodic_tasks};
pub use terms::Terms;
pub use transition::{Step, TransitionError, drop_unwanted, extend, transition};
pub use unmet_demand::{DemandSource, Refused, UnmetDemand, export, forget, refuse};
