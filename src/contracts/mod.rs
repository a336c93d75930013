//! Contracts with regular buyers, such as a school, the village office or a warung.
//!
//! The board proposes a contract (`propose`): products with prices, weekdays, a period and a credit limit. The buyer
//! accepts (`transition`) and then orders under it, once (`order`) or by a standing order: at the agreed prices,
//! without a deposit, up to the limit (`credit`). Goods handed over in a month are invoiced together (`issue`), later
//! returns are deducted from the next invoice, and the buyer's payments (`pay`) are split over the orders of an
//! invoice, the oldest first. The state of an invoice is always derived from its orders.

mod access;
mod api;
mod contract;
mod credit;
mod error;
pub(crate) mod events;
mod invoice;
mod issue;
mod order;
mod pay;
mod print;
mod privacy;
mod propose;
mod store;
mod tasks;
mod transition;

pub use api::routes;
pub use contract::{Contract, ContractAction, ContractLine, ContractStatus, TRANSITIONS, Transition};
pub use credit::{ActiveContract, find_for_buyer, lock_active};
pub use error::ContractError;
pub use invoice::{Invoice, InvoiceLine, InvoiceState};
pub use issue::{issue_due, issue_next};
pub use order::{ContractOrder, place_order};
pub use pay::{compute_open_amount, record_payment};
pub use privacy::{export, forget};
pub use propose::{Buyer, NewContract, propose};
pub use store::{find_contract, find_invoice, list_lines};
pub use tasks::periodic_tasks;
pub use transition::transition;
