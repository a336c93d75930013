//! Capital as clients see it.

use serde::Serialize;
use utoipa::ToSchema;

use crate::kernel::ids::{
    AccountId, BatchId, CooperativeId, EntryId, GroupId, MembershipId, OrderId, PayoutId, ReceiptId,
};
use crate::kernel::{AmountError, Day, Instant, Language, Quantity, Rupiah};
use crate::ledger::EntryKind;
use crate::payouts::earning::{BatchWork, Earning};
use crate::payouts::payable::{Account, Item};
use crate::payouts::payout::{PaidFrom, Payout, PayoutAction, PayoutShare, PayoutStatus};
use crate::payouts::receipt::{Receipt, ReceiptStatus};
use crate::payouts::rule::EarningRule;
use crate::supply::ContributionKind;

/// How a group stands with its cooperative.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PayableView {
    /// Which group.
    group: GroupId,
    /// Its name.
    #[schema(max_length = 80, example = "Sekar Laras")]
    name: String,
    /// What it has earned and not been paid; below zero where more came back than was sold since.
    #[schema(value_type = i64, minimum = -9_000_000_000_000_000_i64, maximum = 9_000_000_000_000_000_i64, example = 112_500)]
    owed: Rupiah,
    /// What it has had for ingredients and not paid back.
    #[schema(value_type = i64, minimum = -9_000_000_000_000_000_i64, maximum = 9_000_000_000_000_000_i64, example = 0)]
    advances: Rupiah,
    /// What its members have laid out for ingredients and not got back.
    #[schema(value_type = i64, minimum = 0, maximum = 9_000_000_000_000_000_i64, example = 61_000)]
    receipts: Rupiah,
}

impl From<Account> for PayableView {
    fn from(it: Account) -> Self {
        PayableView { group: it.group, name: it.name, owed: it.owed, advances: it.advances, receipts: it.receipts }
    }
}

/// Something a group is owed for, or was paid for.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PayableItem {
    /// The entry of the books.
    entry: EntryId,
    /// What it is filed under.
    #[schema(max_length = 20, example = "BM-2026-11-0007")]
    voucher: String,
    /// What it tells of: a sale, goods that came back …
    kind: EntryKind,
    /// The business day.
    #[schema(value_type = String, format = Date, max_length = 10, example = "2026-11-23")]
    day: Day,
    /// For which order, when it is one's.
    order: Option<OrderId>,
    /// Its number.
    #[schema(max_length = 40, example = "CIH-2611-0042")]
    order_number: Option<String>,
    /// What the goods sold for; below zero where they came back.
    #[schema(value_type = i64, minimum = -9_000_000_000_000_000_i64, maximum = 9_000_000_000_000_000_i64, example = 125_000)]
    goods: Rupiah,
    /// What of that the cooperative kept.
    #[schema(value_type = i64, minimum = -9_000_000_000_000_000_i64, maximum = 9_000_000_000_000_000_i64, example = 12_500)]
    service: Rupiah,
    /// What is the group's.
    #[schema(value_type = i64, minimum = -9_000_000_000_000_000_i64, maximum = 9_000_000_000_000_000_i64, example = 112_500)]
    amount: Rupiah,
}

impl From<Item> for PayableItem {
    fn from(it: Item) -> Self {
        // What is owed for anything but goods, the opening or a discard, has no goods to keep a part of.
        let service = if it.goods == Rupiah::ZERO { Ok(Rupiah::ZERO) } else { it.goods.minus(it.due.amount) };
        PayableItem {
            entry: it.due.entry,
            voucher: it.filed_as,
            kind: it.kind,
            day: it.on,
            order: it.order,
            order_number: it.order_number,
            goods: it.goods,
            service: service.unwrap_or_default(),
            amount: it.due.amount,
        }
    }
}

/// What a group was paid, or would be.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PayoutView {
    /// Its id.
    id: PayoutId,
    /// Whether it was only looked at.
    dry_run: bool,
    /// By which cooperative.
    cooperative: CooperativeId,
    /// Which group.
    group: GroupId,
    /// Where it stands.
    status: PayoutStatus,
    /// What it is filed under.
    #[schema(max_length = 20, example = "BKK-2026-11-0007")]
    voucher: Option<String>,
    /// The last business day that it settles.
    #[schema(value_type = String, format = Date, max_length = 10, example = "2026-11-30")]
    until: Day,
    /// How many entries it settles: `/v1/payouts/{id}/items`.
    #[schema(minimum = 0, maximum = 1_000_000_000, example = 12)]
    items: i64,
    /// What the group had earned: the sum of those entries.
    #[schema(value_type = i64, minimum = 1, maximum = 9_000_000_000_000_000_i64, example = 112_500)]
    earned: Rupiah,
    /// What of that paid ingredient advances of the cooperative back.
    #[schema(value_type = i64, minimum = 0, maximum = 9_000_000_000_000_000_i64, example = 0)]
    advances: Rupiah,
    /// What changed hands: `earned` less `advances`.
    #[schema(value_type = i64, minimum = 0, maximum = 9_000_000_000_000_000_i64, example = 112_500)]
    paid: Rupiah,
    /// Where it was paid from.
    from: PaidFrom,
    /// What of it members get back of what they laid out.
    #[schema(value_type = i64, minimum = 0, maximum = 9_000_000_000_000_000_i64, example = 61_000)]
    receipts: Rupiah,
    /// What goes to the group's fund.
    #[schema(value_type = i64, minimum = 0, maximum = 9_000_000_000_000_000_i64, example = 5_150)]
    fund: Rupiah,
    /// The same in percent.
    #[schema(minimum = 0, maximum = 100, example = 10)]
    fund_percent: i32,
    /// By what members' work counts.
    basis: ContributionKind,
    /// What is divided among members.
    #[schema(value_type = i64, minimum = 0, maximum = 9_000_000_000_000_000_i64, example = 46_350)]
    shared: Rupiah,
    /// What nobody's work was noted for: the group divides it itself.
    #[schema(value_type = i64, minimum = 0, maximum = 9_000_000_000_000_000_i64, example = 0)]
    unshared: Rupiah,
    /// What each member gets.
    #[schema(max_items = 1_000)]
    shares: Vec<ShareView>,
    /// Who of the group took it.
    #[schema(max_length = 100, example = "Contoh Sari")]
    received_by: Option<String>,
    /// What is worth remembering.
    #[schema(max_length = 300)]
    note: Option<String>,
    /// When it was paid.
    paid_at: Instant,
    /// By whom.
    paid_by: AccountId,
    /// When it was reversed.
    reversed_at: Option<Instant>,
    /// Why.
    #[schema(max_length = 300)]
    reason: Option<String>,
    /// Grows by one with every change.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64, example = 1)]
    pub(super) version: i64,
    /// What you may do with it now.
    #[schema(max_items = 1)]
    actions: Vec<PayoutAction>,
}

/// What a member gets of a payout.
#[derive(Debug, Serialize, ToSchema)]
struct ShareView {
    /// Who.
    membership: MembershipId,
    /// What they are called.
    #[schema(max_length = 100, example = "Contoh Wati")]
    name: String,
    /// What they did.
    work: Quantity,
    /// Their part for it.
    #[schema(value_type = i64, minimum = 0, maximum = 9_000_000_000_000_000_i64, example = 18_540)]
    share: Rupiah,
    /// What they get back of what they laid out.
    #[schema(value_type = i64, minimum = 0, maximum = 9_000_000_000_000_000_i64, example = 0)]
    receipts: Rupiah,
    /// Both.
    #[schema(value_type = i64, minimum = 0, maximum = 9_000_000_000_000_000_i64, example = 18_540)]
    amount: Rupiah,
}

/// What stands beside a payout in its view.
pub(super) struct Beside {
    pub(super) voucher: Option<String>,
    pub(super) items: i64,
    pub(super) shares: Vec<(PayoutShare, String)>,
    pub(super) dry_run: bool,
    /// Whether the caller may reverse it.
    pub(super) treasurer: bool,
}

impl PayoutView {
    pub(super) fn of(it: Payout, beside: Beside) -> Result<PayoutView, AmountError> {
        let reverses = beside.treasurer && !beside.dry_run && it.status == PayoutStatus::Paid;
        let share = |(share, name): (PayoutShare, String)| {
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
            paid: it.paid()?,
            id: it.id,
            dry_run: beside.dry_run,
            cooperative: it.cooperative,
            group: it.group,
            status: it.status,
            voucher: beside.voucher,
            until: it.until,
            items: beside.items,
            earned: it.earned,
            advances: it.advances,
            from: it.paid_from,
            receipts: it.receipts,
            fund: it.fund,
            fund_percent: it.fund_percent,
            basis: it.basis,
            shared: it.shared,
            unshared: it.unshared,
            shares: beside.shares.into_iter().map(share).collect::<Result<_, AmountError>>()?,
            received_by: it.received_by,
            note: it.note,
            paid_at: it.paid_at,
            paid_by: it.paid_by,
            reversed_at: it.reversed_at,
            reason: it.reason,
            version: it.version,
            actions: reverses.then_some(PayoutAction::Reverse).into_iter().collect(),
        })
    }
}

/// A payout in a list.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PayoutLine {
    /// Its id.
    id: PayoutId,
    /// Which group.
    group: GroupId,
    /// Its name.
    #[schema(max_length = 80, example = "Sekar Laras")]
    group_name: String,
    /// Where it stands.
    status: PayoutStatus,
    /// The last business day that it settles.
    #[schema(value_type = String, format = Date, max_length = 10, example = "2026-11-30")]
    until: Day,
    /// What the group had earned.
    #[schema(value_type = i64, minimum = 1, maximum = 9_000_000_000_000_000_i64, example = 112_500)]
    earned: Rupiah,
    /// What changed hands.
    #[schema(value_type = i64, minimum = 0, maximum = 9_000_000_000_000_000_i64, example = 112_500)]
    paid: Rupiah,
    /// When it was paid.
    paid_at: Instant,
}

impl PayoutLine {
    pub(super) fn of((it, group_name): (Payout, String)) -> PayoutLine {
        PayoutLine {
            paid: it.paid().unwrap_or_default(),
            id: it.id,
            group: it.group,
            group_name,
            status: it.status,
            until: it.until,
            earned: it.earned,
            paid_at: it.paid_at,
        }
    }
}

/// What a member laid out for ingredients.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ReceiptView {
    /// Its id.
    id: ReceiptId,
    /// For which group.
    group: GroupId,
    /// Who laid it out.
    membership: MembershipId,
    /// What they are called.
    #[schema(max_length = 100, example = "Contoh Wati")]
    name: String,
    /// On which day.
    #[schema(value_type = String, format = Date, max_length = 10, example = "2026-11-23")]
    bought_on: Day,
    /// For what.
    #[schema(max_length = 300, example = "Terigu 10 kg, wortel 3 kg")]
    what: String,
    /// How much.
    #[schema(value_type = i64, minimum = 1, maximum = 1_000_000_000_000_i64, example = 61_000)]
    amount: Rupiah,
    /// Where it stands.
    status: ReceiptStatus,
    /// By which payout it was paid back.
    payout: Option<PayoutId>,
    /// When it was noted.
    noted_at: Instant,
}

impl ReceiptView {
    pub(super) fn of((it, name): (Receipt, String)) -> ReceiptView {
        ReceiptView {
            id: it.id,
            group: it.group,
            membership: it.member,
            name,
            bought_on: it.bought_on,
            what: it.what,
            amount: it.amount,
            status: it.status,
            payout: it.payout,
            noted_at: it.noted_at,
        }
    }
}

/// How a group divides what it earns.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RuleView {
    /// By what its members' work counts.
    basis: ContributionKind,
    /// What of each payout goes to the group's fund, in percent.
    #[schema(minimum = 0, maximum = 100, example = 10)]
    fund_percent: i32,
}

impl From<EarningRule> for RuleView {
    fn from(rule: EarningRule) -> Self {
        RuleView { basis: rule.basis, fund_percent: rule.fund_percent }
    }
}

/// What a member did and earned at one time.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct EarningView {
    /// The payout; null for what was done and is not paid yet.
    payout: Option<PayoutId>,
    /// The last business day that it settles.
    #[schema(value_type = String, format = Date, max_length = 10, example = "2026-11-30")]
    until: Day,
    /// When it was paid.
    paid_at: Option<Instant>,
    /// By what work counts.
    basis: ContributionKind,
    /// What they did.
    work: Quantity,
    /// What all members did.
    all_work: Quantity,
    /// What was divided by it.
    #[schema(value_type = i64, minimum = 0, maximum = 9_000_000_000_000_000_i64, example = 46_350)]
    shared: Rupiah,
    /// Their part.
    #[schema(value_type = i64, minimum = 0, maximum = 9_000_000_000_000_000_i64, example = 18_540)]
    share: Rupiah,
    /// What they got back of what they had laid out.
    #[schema(value_type = i64, minimum = 0, maximum = 9_000_000_000_000_000_i64, example = 0)]
    receipts: Rupiah,
    /// Why it is so much.
    #[schema(max_length = 300, example = "20 buah dari 50 buah atas Rp46.350 yang dibagi: Rp18.540.")]
    why: String,
    /// For which batches they did it.
    #[schema(max_items = 10_000)]
    batches: Vec<BatchWorkView>,
}

/// What a member did for a batch.
#[derive(Debug, Serialize, ToSchema)]
struct BatchWorkView {
    /// Which batch.
    batch: BatchId,
    /// What was made.
    #[schema(max_length = 200, example = "Pastel sayur")]
    product: String,
    /// For which day.
    #[schema(value_type = String, format = Date, max_length = 10, example = "2026-11-23")]
    ready_on: Day,
    /// How much.
    work: Quantity,
}

impl EarningView {
    pub(super) fn of(it: Earning, language: Language) -> EarningView {
        let batch = |it: BatchWork| BatchWorkView {
            batch: it.batch,
            product: it.product,
            ready_on: it.ready_on,
            work: it.work,
        };
        EarningView {
            why: it.why(language),
            payout: it.payout,
            until: it.until,
            paid_at: it.paid_at,
            basis: it.basis,
            work: it.work,
            all_work: it.all_work,
            shared: it.shared,
            share: it.share,
            receipts: it.receipts,
            batches: it.batches.into_iter().map(batch).collect(),
        }
    }
}
