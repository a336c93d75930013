//! How a group divides what it earns.

use super::error::CapitalError;
use super::store;
use crate::cooperatives::GroupPermit;
use crate::db::Tx;
use crate::events::{self, Event};
use crate::kernel::Instant;
use crate::supply::ContributionKind;

/// How a group divides what it earns, as long as it has not said otherwise: by pieces, and a tenth to its fund.
pub const DEFAULT: EarningRule = EarningRule { basis: ContributionKind::Pieces, fund_percent: 10 };

/// How a group divides what it earns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EarningRule {
    /// By what its members' work counts.
    pub basis: ContributionKind,
    /// What of each payout goes to the group's fund, in percent.
    pub fund_percent: i32,
}

impl EarningRule {
    /// The same as a number that percentages are taken by.
    pub(super) fn fund_percent(self) -> u8 {
        u8::try_from(self.fund_percent.clamp(0, 100)).unwrap_or(0)
    }
}

/// Says how a group divides what it earns from now on.
pub fn set_rule(tx: &mut Tx<'_>, now: Instant, permit: &GroupPermit, rule: EarningRule) -> Result<(), CapitalError> {
    store::set_rule(tx, now, permit, rule)?;
    let event = Event::new("earning_rule.set", permit.group)
        .by(permit.account)
        .in_cooperative(permit.cooperative)
        .with("group", permit.group)
        .with("basis", rule.basis)
        .with("fund_percent", rule.fund_percent);
    events::record(tx, now, &event)?;
    Ok(())
}
