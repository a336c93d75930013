//! Orders: quoted, placed, fulfilled, cancelled; one transaction each.
//!
//! An order has one part a group, a *fulfilment*, and what becomes of it stands in one table,
//! [`TRANSITIONS`]. The order's own status, its totals and its payment state are derived from its parts and from
//! what was paid, never set. A hand-over writes sale facts, from which all reports are made.

mod api;
mod basket;
mod cancel;
mod claim_guest_order;
mod consigned;
mod decide;
mod fulfilment;
mod note;
mod number;
mod order;
mod paid;
mod place;
mod postings;
mod privacy;
mod problems;
mod produce;
mod quick_sale;
mod quote;
mod repeat;
mod reschedule;
mod settings;
mod settle;
mod shrink;
mod status;
mod store;
mod tasks;
pub mod track;
mod transition;
mod unmet_demand;
mod viewer;

pub use api::{OrderView, QuoteView, remember, routes};
pub use basket::{Agreement, Basket, BasketLine, DeliveryWish, check_contact};
pub use cancel::{CancelError, cancel};
pub use claim_guest_order::adopt;
pub use consigned::{ConsignedLine, ConsignedSale, discard_consigned, sell_consigned, undo_consigned};
pub use decide::{Decided, cancel_batch, decide, foresee};
pub use fulfilment::{Action, FulfilmentStatus, GoodsAfter, TRANSITIONS, Transition, Who};
pub use note::write_note;
pub use order::{
    Channel, Claim, ClaimedLine, Contact, DeliveryKind, Fulfilment, Line, LineReason, Note, Order, Part, Recipient,
    WholeOrder,
};
pub use paid::{find, find_for_payment, find_whole, set_paid_total};
pub use place::{NewOrder, PlaceOrderError, place};
pub use privacy::{contact_of, export_notes, export_orders, forget};
pub use produce::{Outcome, ProduceError, discard, produce};
pub use quick_sale::{QuickSaleError, quick_sale};
pub use quote::{Quote, QuoteError, QuotedLine, quote};
pub use reschedule::reschedule;
pub use settings::Settings;
pub use shrink::Allocation;
pub use status::{OrderStatus, Owed, PaymentState};
pub use store::{SaleFact, SaleKind, Seller};
pub use tasks::{expire, periodic_tasks};
pub use track::secret as track_secret;
pub use transition::{TransitionError, TransitionRequest, apply, decline_for_group};
pub use unmet_demand::remember_refused;
pub use viewer::{CannotCancel, Viewer};
