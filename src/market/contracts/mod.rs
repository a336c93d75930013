//! Contracts with steady buyers: a school, the village office, a warung.
//!
//! The board draws up what is agreed (`draw_up`): products at a price, the weekdays, a period, how much may be open. The
//! buyer accepts (`step`) and then orders under it, once (`call_off`) or by a standing order that names it: at the agreed
//! prices, without a deposit, as far as the limit goes (`credit`). What is handed over in a month is asked for in one
//! invoice (`issue`), what comes back later is taken off the next, and what the buyer pays (`pay`) is spread over the orders
//! of an invoice, the oldest first. How an invoice stands is derived from its orders each time.

mod api;
mod call_off;
mod chores;
mod contract;
mod credit;
mod draw_up;
mod error;
mod invoice;
mod issue;
mod pay;
mod person;
mod step;
mod store;
mod told;
mod viewer;

pub use api::routes;
pub use call_off::{CallingOff, call_off};
pub use chores::chores;
pub use contract::{Contract, ContractAction, ContractLine, ContractStatus, TRANSITIONS, Transition, Who};
pub use credit::{InForce, in_force, of_buyer};
pub use draw_up::{Buyer, Drawing, draw_up};
pub use error::ContractError;
pub use invoice::{Invoice, InvoiceLine, InvoiceState};
pub use issue::{issue_due, issue_next};
pub use pay::{open_of, pay};
pub use person::{export, forget};
pub use step::step;
pub use store::{contract as find, invoice as find_invoice, lines_of};
