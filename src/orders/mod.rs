//! Orders: quoted, placed, fulfilled, cancelled; one transaction each.
//!
//! An order has one part a group, a *fulfilment*, and what becomes of it stands in one table,
//! [`TRANSITIONS`]. The order's own status, its totals and its payment state are derived from its parts and from
//! what was paid, never set. A hand-over writes sale facts, from which all reports are made.

mod adopt;
mod api;
mod books;
mod cancel;
mod consigned;
mod decide;
mod expire;
mod fulfil;
mod fulfilment;
mod note;
mod number;
mod order;
mod paid;
mod person;
mod place;
mod problems;
mod produce;
mod quick_sale;
mod quote;
mod refused;
mod repeat;
mod reschedule;
mod settings;
mod settle;
mod shrink;
mod status;
mod store;
pub mod track;
mod viewer;
mod wish;

pub use adopt::adopt;
pub use api::{OrderView, QuoteView, remember, routes};
pub use cancel::{CancelError, cancel};
pub use consigned::{ConsignedLine, ConsignedSale, discard_consigned, sell_consigned, undo_consigned};
pub use decide::{Decided, call_off, decide, foresee};
pub use expire::{chores, expire};
pub use fulfil::{FulfilError, Stepping, fulfil, step_in};
pub use fulfilment::{Action, FulfilmentStatus, GoodsAfter, TRANSITIONS, Transition, Who};
pub use note::write_note;
pub use order::{
    Channel, Claim, ClaimedLine, Contact, DeliveryKind, Fulfilment, Line, LineReason, Note, Order, Part, Recipient,
    WholeOrder,
};
pub use paid::{find, find_for_payment, find_whole, set_paid_total};
pub use person::{contact_of, export_notes, export_orders, forget};
pub use place::{PlaceError, Placing, place};
pub use produce::{Outcome, ProduceError, discard, produce};
pub use quick_sale::{QuickSaleError, quick_sale};
pub use quote::{Quote, QuoteError, QuotedLine, quote};
pub use refused::remember_refused;
pub use reschedule::reschedule;
pub use settings::Settings;
pub use shrink::Allocation;
pub use status::{OrderStatus, Owed, PaymentState};
pub use store::{SaleFact, SaleKind, Seller};
pub use track::secret as track_secret;
pub use viewer::{CannotCancel, Viewer};
pub use wish::{Agreement, DeliveryWish, LineWish, Wish, check_contact};
