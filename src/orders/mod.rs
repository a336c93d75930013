//! Orders: quoted, placed, fulfilled, cancelled; one transaction each.
//!
//! An order has one part a group, a *fulfilment*, and what becomes of it stands in one table,
//! [`TRANSITIONS`]. The order's own status, its totals and its payment state are derived from its parts and from
//! what was paid, never set. A hand-over writes sale facts, from which all reports are made.

mod fulfilment;
mod number;
mod order;
mod settings;
mod status;
mod store;

use crate::web::Routes;

pub use fulfilment::{Action, FulfilmentStatus, GoodsAfter, TRANSITIONS, Transition, Who};
pub use order::{
    Channel, Claim, ClaimedLine, Contact, DeliveryKind, Fulfilment, Line, Note, Order, Part, Recipient, WholeOrder,
};
pub use settings::Settings;
pub use status::{OrderStatus, Owed, PaymentState};
pub use store::{SaleFact, SaleKind};

/// The routes of this slice.
pub fn routes() -> Routes {
    Routes::default()
}
