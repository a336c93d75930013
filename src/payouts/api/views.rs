//! Response bodies of payouts.

use serde::Serialize;
use utoipa::ToSchema;

use crate::cooperatives::GroupRef;
use crate::kernel::ids::{AccountId, CooperativeId, EntryId, MembershipId, OrderId, PayoutId, ReceiptId};
use crate::kernel::{AmountError, Day, Instant, Quantity, Rupiah, SignedRupiah, Version};
use crate::ledger::EntryKind;
use crate::payouts::divide::MemberShare;
use crate::payouts::payable::{GroupBalance, PayableDetails};
use crate::payouts::payout::{PaidFrom, Payout, PayoutAction, PayoutStatus};
use crate::payouts::receipt::{Receipt, ReceiptStatus};
use crate::payouts::rule::EarningRule;
use crate::supply::ContributionKind;

/// The balance of a group with its cooperative.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PayableView {
    /// The group.
    group: GroupRef,
    /// Earned and not paid; below zero if returns exceed sales since the last payout.
    owed: SignedRupiah,
    /// Ingredient advances not repaid.
    advances: SignedRupiah,
    /// Receipts of its members not repaid.
    receipts: Rupiah,
}

impl From<GroupBalance> for PayableView {
    fn from(balance: GroupBalance) -> Self {
        PayableView {
            group: GroupRef { id: balance.group, name: balance.name },
            owed: balance.owed,
            advances: balance.advances,
            receipts: balance.receipts,
        }
    }
}

/// An entry that is payable to a group, or was settled by a payout.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PayableItem {
    /// The entry of the books.
    entry: EntryId,
    /// The voucher number of the entry.
    #[schema(max_length = 20, example = "BM-2026-11-0007")]
    voucher: String,
    /// The kind of the entry: a sale, a return…
    kind: EntryKind,
    /// The business day.
    day: Day,
    /// The order, if the entry is about one.
    order: Option<OrderId>,
    /// The number of the order.
    #[schema(max_length = 40, example = "CIH-2611-0042")]
    order_number: Option<String>,
    /// The price of the goods; below zero for a return.
    goods: SignedRupiah,
    /// The cooperative's share.
    service: SignedRupiah,
    /// The group's share.
    amount: SignedRupiah,
}

impl From<PayableDetails> for PayableItem {
    fn from(item: PayableDetails) -> Self {
        // Entries without goods, such as an opening or a discard, have no service share.
        let service = if item.goods == Rupiah::ZERO { Ok(Rupiah::ZERO) } else { item.goods.minus(item.posting.amount) };
        PayableItem {
            entry: item.posting.entry,
            voucher: item.voucher_number,
            kind: item.kind,
            day: item.on,
            order: item.order,
            order_number: item.order_number,
            goods: item.goods,
            service: service.unwrap_or_default(),
            amount: item.posting.amount,
        }
    }
}

/// A payout, or a planned one.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PayoutView {
    /// The id.
    id: PayoutId,
    /// Whether it is a dry run.
    dry_run: bool,
    /// The cooperative.
    cooperative: CooperativeId,
    /// The group.
    group: GroupRef,
    /// The status.
    status: PayoutStatus,
    /// The voucher number; null in a dry run.
    #[schema(max_length = 20, example = "BKK-2026-11-0007")]
    voucher: Option<String>,
    /// The last business day that it settles.
    until: Day,
    /// The number of entries that it settles: `/v1/payouts/{id}/items`.
    #[schema(minimum = 0, maximum = 1_000_000_000, example = 12)]
    items: i64,
    /// The group's earnings: the sum of those entries.
    earned: Rupiah,
    /// The part that repays ingredient advances of the cooperative.
    advances: Rupiah,
    /// The money paid: `earned` less `advances`.
    paid: Rupiah,
    /// The source of the money.
    from: PaidFrom,
    /// The repaid receipts of members.
    receipts: Rupiah,
    /// The part for the group's fund.
    fund: Rupiah,
    /// The percentage for the group's fund.
    #[schema(minimum = 0, maximum = 100, example = 10)]
    fund_percent: i32,
    /// The basis of the members' work.
    basis: ContributionKind,
    /// The part divided among the members.
    shared: Rupiah,
    /// The part for which no work is recorded: the group divides it itself.
    unshared: Rupiah,
    /// The shares of the members.
    #[schema(max_items = 1_000)]
    shares: Vec<ShareView>,
    /// The person of the group who received it.
    #[schema(max_length = 100, example = "Contoh Sari")]
    received_by: Option<String>,
    /// A note.
    #[schema(max_length = 300)]
    note: Option<String>,
    /// When it was paid.
    paid_at: Instant,
    /// The account that paid it.
    paid_by: AccountId,
    /// When it was reversed.
    reversed_at: Option<Instant>,
    /// The reason of the reversal.
    #[schema(max_length = 300)]
    reason: Option<String>,
    /// The version; increases by one with every change.
    pub(super) version: Version,
    /// The transitions that you may make now.
    #[schema(max_items = 1)]
    actions: Vec<PayoutAction>,
}

/// A member's share of a payout.
#[derive(Debug, Serialize, ToSchema)]
struct ShareView {
    /// The membership.
    membership: MembershipId,
    /// The name of the member.
    #[schema(max_length = 100, example = "Contoh Wati")]
    name: String,
    /// Their work.
    work: Quantity,
    /// Their share for the work.
    share: Rupiah,
    /// Their repaid receipts.
    receipts: Rupiah,
    /// The sum of `share` and `receipts`.
    amount: Rupiah,
}

/// What a payout's view shows in addition to the payout.
pub(super) struct PayoutContext {
    pub(super) group: GroupRef,
    pub(super) voucher: Option<String>,
    pub(super) items: i64,
    pub(super) shares: Vec<(MemberShare, String)>,
    pub(super) dry_run: bool,
    /// Whether the caller may reverse it.
    pub(super) can_reverse: bool,
}

impl PayoutView {
    pub(super) fn of(payout: Payout, context: PayoutContext) -> Result<PayoutView, AmountError> {
        let can_reverse = context.can_reverse && !context.dry_run && payout.status == PayoutStatus::Paid;
        let share = |(share, name): (MemberShare, String)| {
            Ok(ShareView {
                membership: share.member,
                name,
                work: share.work,
                share: share.share,
                receipts: share.receipts,
                amount: share.share.plus(share.receipts)?,
            })
        };
        Ok(PayoutView {
            paid: payout.paid()?,
            id: payout.id,
            dry_run: context.dry_run,
            cooperative: payout.cooperative,
            group: context.group,
            status: payout.status,
            voucher: context.voucher,
            until: payout.until,
            items: context.items,
            earned: payout.earned,
            advances: payout.advances,
            from: payout.paid_from,
            receipts: payout.receipts,
            fund: payout.fund,
            fund_percent: payout.fund_percent,
            basis: payout.basis,
            shared: payout.shared,
            unshared: payout.unshared,
            shares: context.shares.into_iter().map(share).collect::<Result<_, AmountError>>()?,
            received_by: payout.received_by,
            note: payout.note,
            paid_at: payout.paid_at,
            paid_by: payout.paid_by,
            reversed_at: payout.reversed_at,
            reason: payout.reason,
            version: payout.version,
            actions: can_reverse.then_some(PayoutAction::Reverse).into_iter().collect(),
        })
    }
}

/// A payout in a list.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PayoutLine {
    /// The id.
    id: PayoutId,
    /// The group.
    group: GroupRef,
    /// The status.
    status: PayoutStatus,
    /// The last business day that it settles.
    until: Day,
    /// The group's earnings.
    earned: Rupiah,
    /// The money paid.
    paid: Rupiah,
    /// When it was paid.
    paid_at: Instant,
}

impl PayoutLine {
    pub(super) fn of((payout, group): (Payout, GroupRef)) -> PayoutLine {
        PayoutLine {
            paid: payout.paid().unwrap_or_default(),
            id: payout.id,
            group,
            status: payout.status,
            until: payout.until,
            earned: payout.earned,
            paid_at: payout.paid_at,
        }
    }
}

/// A receipt for ingredients that a member paid for.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ReceiptView {
    /// The id.
    id: ReceiptId,
    /// The group.
    group: GroupRef,
    /// The member who paid.
    membership: MembershipId,
    /// The name of the member.
    #[schema(max_length = 100, example = "Contoh Wati")]
    name: String,
    /// The day of the purchase.
    bought_on: Day,
    /// The goods.
    #[schema(max_length = 300, example = "Terigu 10 kg, wortel 3 kg")]
    what: String,
    /// The amount.
    amount: Rupiah,
    /// The status.
    status: ReceiptStatus,
    /// The payout that repaid it.
    payout: Option<PayoutId>,
    /// When it was recorded.
    noted_at: Instant,
}

impl ReceiptView {
    pub(super) fn of((receipt, name, group): (Receipt, String, GroupRef)) -> ReceiptView {
        ReceiptView {
            id: receipt.id,
            group,
            membership: receipt.member,
            name,
            bought_on: receipt.bought_on,
            what: receipt.what,
            amount: receipt.amount,
            status: receipt.status,
            payout: receipt.payout,
            noted_at: receipt.noted_at,
        }
    }
}

/// Rule by which a group divides its earnings.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RuleView {
    /// The basis of the members' work.
    basis: ContributionKind,
    /// The percentage of each payout for the group's fund.
    #[schema(minimum = 0, maximum = 100, example = 10)]
    fund_percent: i32,
}

impl From<EarningRule> for RuleView {
    fn from(rule: EarningRule) -> Self {
        RuleView { basis: rule.basis, fund_percent: rule.fund_percent }
    }
}
