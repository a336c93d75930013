//! Consignment: goods that outlets sell for the groups, which stay the groups' until they are sold.
//!
//! The board notes [`Outlet`]s and their terms: a cut of the price, or a price that they owe for a unit and add to. An officer
//! brings goods of a batch there (`deliver`), which claims them, and later counts what is left (`count`): what is neither
//! there nor given back nor damaged is sold. Delivered is always sold, returned, damaged and on hand. What a count finds
//! sold becomes an order of the outlet, handed over at once; so books, payouts and reports know nothing special of it,
//! and the outlet pays like any buyer (`pay` spreads what it pays over its orders). A count that was wrong is taken back
//! (`reverse`). How much is locked up at outlets, and for how long, tells `ageing`; what was brought and counted is a slip for both sides to sign (`paper`).

mod ageing;
mod api;
mod count;
mod deliver;
mod error;
mod goods;
mod outlet;
mod pay;
mod print;
mod reverse;
mod store;
mod viewer;

pub use ageing::{Age, Ageing, Locked};
pub use api::routes;
pub use count::{Counted, Counting, count};
pub use deliver::{Delivery, deliver};
pub use error::ConsignmentError;
pub use goods::{Consignment, CountLine, OutletCount};
pub use outlet::{Outlet, OutletTerms, add_outlet, change_outlet};
pub use pay::{owed, pay};
pub use reverse::reverse;
