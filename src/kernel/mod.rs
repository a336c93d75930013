//! Pure values that every slice shares: ids, money, quantities, time, phones, exact splitting.
//!
//! Nothing here does I/O and nothing here knows a database; newtypes carry their column mapping,
//! written once and generic over the backend.

mod clock;
mod entropy;
mod filling;
mod folding;
mod hexadecimal;
pub mod ids;
mod instant;
mod json;
mod language;
mod money;
mod phone;
mod quantity;
mod split;
pub mod spoken;
pub(crate) mod text_enum;
mod wall_time;
mod weekdays;
mod zone;

pub use clock::Clock;
pub use entropy::Entropy;
pub use filling::filling;
pub use folding::fold;
pub use hexadecimal::hex;
pub use instant::Instant;
pub use json::Json;
pub use language::Language;
pub use money::{AmountError, Rupiah};
pub use phone::{Phone, PhoneError};
pub use quantity::{Quantity, QuantityError};
pub(crate) use split::divide_rounding;
pub use split::{split, split_evenly};
pub use wall_time::WallTime;
pub use weekdays::Weekdays;
pub use zone::Zone;

pub use chrono::{Duration, NaiveDate as Day};
