//! How far ahead standing orders claim.

use serde::Deserialize;

use crate::orders;

/// How far ahead standing orders claim, and how long before the cut-off they are confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// How many days ahead standing orders for daily goods claim; never fewer than one more than the product is open to
    /// everyone.
    pub standing_days: u32,
    /// Hours before the cut-off by which an order that asks first is confirmed.
    pub confirm_hours: u32,
    /// Hours before that in which the buyer is reminded.
    pub remind_hours: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Settings { standing_days: 14, confirm_hours: 24, remind_hours: 24 }
    }
}

/// All that decides how standing orders come round: the deadlines of orders, and how far ahead they claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// The deadlines of orders.
    pub orders: orders::Settings,
    /// How far ahead standing orders claim.
    pub market: Settings,
}
