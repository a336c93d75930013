//! Settings of standing orders.

use serde::Deserialize;

use crate::orders;

/// How far ahead standing orders claim, and when they must be confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Days ahead for which standing orders claim daily goods; at least one more than the product is open to everyone.
    pub standing_days: u32,
    /// Hours before the cut-off at which the confirmation is due.
    pub confirm_hours: u32,
    /// Hours before that at which the buyer is reminded.
    pub remind_hours: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Settings { standing_days: 14, confirm_hours: 24, remind_hours: 24 }
    }
}

/// The settings needed to claim and place standing orders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// Settings of orders.
    pub orders: orders::Settings,
    /// How far ahead standing orders claim.
    pub settings: Settings,
}
