//! Orders: quotes, placing, fulfilment, cancelling; each use case is one transaction.
//!
//! An order has one fulfilment for each group, a *fulfilment*; [`TRANSITIONS`] is its state machine. The order's status,
//! totals and payment state are derived from its fulfilments and payments, never set directly. A hand-over writes sale facts,
//! the source of all sales reports.

mod access;
mod api;
mod basket;
mod cancel;
mod claim_guest_order;
mod consigned;
mod contact;
mod decide;
mod delivery;
mod error;
pub(crate) mod events;
mod fulfilment;
mod note;
mod number;
mod order;
mod payment_totals;
mod place;
mod postings;
mod privacy;
mod produce;
mod quick_sale;
mod quote;
mod repeat;
mod reschedule;
mod settings;
mod shrink;
mod status;
mod store;
mod tasks;
mod totals;
pub mod track;
mod transition;
mod unmet_demand;

pub use access::Viewer;
pub use api::{OrderView, QuoteView, record_unmet, routes};
pub use basket::{AgreedTerms, Basket, BasketLine};
pub use cancel::{CancelError, cancel};
pub use claim_guest_order::claim_guest_order;
pub use consigned::{ConsignedLine, ConsignedSale, discard_consigned, sell_consigned, undo_consigned};
pub use contact::{OrderContact, Recipient, check_contact};
pub use decide::{DecisionOutcome, cancel_batch, decide, preview_decision};
pub use delivery::{DeliveryChoice, DeliveryFee, DeliveryKind, DeliveryTerms};
pub use error::{PlaceOrderError, place_problem};
pub use fulfilment::{
    Claim, Fulfilment, FulfilmentAction, FulfilmentActor, FulfilmentStatus, FulfilmentWithLines, GoodsDisposition,
    LineReason, LineWithClaims, OrderLine, TRANSITIONS, Transition,
};
pub use note::{Note, write_note};
pub use order::{Channel, NewOrder, Order, OrderWithFulfilments};
pub use payment_totals::set_paid_total;
pub use place::place;
pub use privacy::{export_notes, export_orders, find_contact, forget};
pub use produce::{BatchChangeError, BatchOutcome, discard, produce};
pub use quick_sale::{QuickSaleError, quick_sale};
pub use quote::{Quote, QuoteError, QuotedLine, quote};
pub use reschedule::reschedule;
pub use settings::Settings;
pub use shrink::{Allocation, ShrinkError};
pub use status::{OrderStatus, PaymentFigures, PaymentState};
pub use store::{
    SaleFact, SaleKind, Seller, find_order as find, find_with_fulfilments, lock_order as lock_for_payment,
};
pub use tasks::{expire, periodic_tasks};
pub use track::tracking_secret as track_secret;
pub use transition::{FulfilmentError, TransitionRequest, apply, decline_as_board};
pub use unmet_demand::record_unmet_demand;
