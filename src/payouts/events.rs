//! Events of payouts, and of what members spent and earn.

use crate::events::events;
use crate::kernel::Rupiah;
use crate::kernel::ids::{GroupId, PayoutId, ReceiptId};
use crate::supply::ContributionKind;

events! {
    /// What happened to payouts, receipts and the rule of earnings.
    PayoutEvent {
        "payout.paid" => Paid(PayoutPayload),
        "payout.reversed" => Reversed(PayoutPayload),
        "receipt.noted" => ReceiptNoted(ReceiptPayload),
        "receipt.voided" => ReceiptVoided(ReceiptPayload),
        "earning_rule.set" => RuleSet { group: GroupId, basis: ContributionKind, fund_percent: i32 },
    }
    PayoutPayload { payout: PayoutId, group: GroupId, earned: Rupiah, paid: Rupiah }
    ReceiptPayload { receipt: ReceiptId, group: GroupId, amount: Rupiah }
}
