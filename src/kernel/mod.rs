//! Shared value types: ids, money, quantities, time, phone numbers, exact allocation.
//!
//! No I/O and no database here; newtypes have their column mapping, written once and generic over the backend.

mod clock;
mod closed_list;
mod entropy;
pub mod format;
mod hex;
pub mod ids;
mod instant;
mod json;
mod language;
mod money;
mod phone;
mod quantity;
mod schemas;
mod search_text;
mod split;
mod template_value;
pub(crate) mod text_enum;
pub(crate) mod text_value;
mod wall_time;
mod weekdays;
mod zone;

pub use clock::Clock;
pub use closed_list::deserialize_word;
pub use entropy::Entropy;
pub use hex::hex;
pub use instant::Instant;
pub use json::Json;
pub use language::Language;
pub use money::{AmountError, Rupiah};
pub use phone::{Phone, PhoneError};
pub use quantity::{Quantity, QuantityError};
pub use schemas::{SignedRupiah, SignedRupiahSchema, Version, VersionSchema};
pub use search_text::normalize_for_search;
pub(crate) use split::divide_rounding;
pub use split::{split, split_evenly};
pub use template_value::template_value;
pub use wall_time::WallTime;
pub use weekdays::Weekdays;
pub use zone::Zone;

pub use chrono::{Duration, NaiveDate as Day};
