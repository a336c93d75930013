//! Contracts with steady buyers: a school, the village office, a warung.
//!
//! The board draws up what is agreed (`propose`): products at a price, the weekdays, a period, how much may be open. The
//! buyer accepts (`step`) and then orders under it, once (`order`) or by a standing order that names it: at the agreed
//! prices, without a deposit, as far as the limit goes (`credit`). What is handed over in a month is asked for in one
//! invoice (`issue`), what comes back later is taken off the next, and what the buyer pays (`pay`) is spread over the orders
//! of an invoice, the oldest first. How an invoice stands is derived from its orders each time.

mod api;
mod contract;
mod credit;
mod error;
mod events;
mod invoice;
mod issue;
mod order;
mod pay;
mod print;
mod privacy;
mod propose;
mod step;
mod store;
mod tasks;
mod viewer;

pub use api::routes;
pub use contract::{Contract, ContractAction, ContractLine, ContractStatus, TRANSITIONS, Transition, Who};
pub use credit::{InForce, in_force, of_buyer};
pub use error::ContractError;
pub use invoice::{Invoice, InvoiceLine, InvoiceState};
pub use issue::{issue_due, issue_next};
pub use order::{ContractOrder, order};
pub use pay::{open_of, pay};
pub use privacy::{export, forget};
pub use propose::{Buyer, NewContract, propose};
pub use step::step;
pub use store::{contract as find, invoice as find_invoice, lines_of};
pub use tasks::periodic_tasks;
