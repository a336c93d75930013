//! Rules by which groups divide their earnings.

use super::error::PayoutError;
use super::events::{self, PayoutEvent};
use super::store;
use crate::cooperatives::GroupPermit;
use crate::db::Tx;
use crate::kernel::Instant;
use crate::supply::ContributionKind;

/// The rule of groups that have not set one: by pieces, ten percent to the fund.
pub const DEFAULT_RULE: EarningRule = EarningRule { basis: ContributionKind::Pieces, fund_percent: 10 };

/// Rule by which a group divides its earnings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EarningRule {
    /// The basis of the members' work.
    pub basis: ContributionKind,
    /// The percentage of each payout for the group's fund.
    pub fund_percent: i32,
}

impl EarningRule {
    /// The percentage, within 0 to 100.
    pub(super) fn fund_percent(self) -> u8 {
        u8::try_from(self.fund_percent.clamp(0, 100)).unwrap_or(0)
    }
}

/// Sets the rule for future payouts.
pub fn set_rule(tx: &mut Tx<'_>, now: Instant, permit: &GroupPermit, rule: EarningRule) -> Result<(), PayoutError> {
    store::set_rule(tx, now, permit, rule)?;
    let EarningRule { basis, fund_percent } = rule;
    let event = PayoutEvent::RuleSet { group: permit.group, basis, fund_percent }.about(permit.group);
    events::record(tx, now, &event.by(permit.account).in_cooperative(permit.cooperative))?;
    Ok(())
}
