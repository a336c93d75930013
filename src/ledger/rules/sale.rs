//! Drafts of deliveries and returns.

use super::{OrderBalance, add_buyer_side};
use crate::kernel::ids::{EntryId, FulfilmentId, GroupId, OrderId};
use crate::kernel::{AmountError, Rupiah};
use crate::ledger::account::LedgerAccount;
use crate::ledger::entry::{Dimensions, Draft, EntryKind};

/// A group's part of an order that is delivered or returned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeliveryPosting {
    /// The fulfilment.
    pub fulfilment: FulfilmentId,
    /// The order.
    pub order: OrderId,
    /// The group.
    pub group: GroupId,
    /// The price of the goods for the buyer.
    pub goods: Rupiah,
    /// The discount on the usual price; for an outlet, its share.
    pub discount: Rupiah,
    /// The cooperative's share of `goods`.
    pub service: Rupiah,
    /// The delivery fee, on the first delivered part of an order.
    pub fee: Rupiah,
    /// The sums of the order before.
    pub before: OrderBalance,
}

impl DeliveryPosting {
    fn dimensions(&self) -> Dimensions {
        Dimensions { outlet: self.before.outlet, ..Dimensions::fulfilment(self.group, self.order) }
    }

    /// The account of the discount.
    fn discount_account(&self) -> LedgerAccount {
        if self.before.outlet.is_some() { LedgerAccount::OUTLETS_SHARE } else { LedgerAccount::DISCOUNTS }
    }

    /// Adds the postings of the buyer, the courier and the group. `sign` gives each amount its sign: unchanged for a
    /// delivery, negated for a return.
    fn add_shares(&self, draft: Draft, sign: impl Fn(Rupiah) -> Rupiah) -> Result<Draft, AmountError> {
        let dimensions = self.dimensions();
        let share = sign(self.goods.minus(self.service)?);
        let draft = draft
            .credit(LedgerAccount::DELIVERY_FEES, sign(self.fee), Dimensions::order(self.order))
            .debit(LedgerAccount::GROUPS_SHARE, share, dimensions)
            .credit(LedgerAccount::PAYABLE_TO_GROUPS, share, dimensions);
        let after = self.before.with_delivered(sign(self.goods.plus(self.fee)?))?;
        add_buyer_side(draft, self.order, self.before, after)
    }
}

/// A hand-over: the sale is recognised and the group's share becomes payable to it. The delivery fee is credited to its own
/// account; the group gets none of it.
pub fn draft_sale(delivery: &DeliveryPosting) -> Result<Draft, AmountError> {
    let dimensions = delivery.dimensions();
    let draft = Draft::new(EntryKind::Sale)
        .with_source(delivery.fulfilment)
        .credit(LedgerAccount::SALES, delivery.goods.plus(delivery.discount)?, dimensions)
        .debit(delivery.discount_account(), delivery.discount, dimensions);
    delivery.add_shares(draft, std::convert::identity)
}

/// Undo of a delivery recorded by mistake: nothing of it is left. The buyer's side follows from the sums of today,
/// which may include payments since the delivery.
pub fn draft_sale_undo(delivery: &DeliveryPosting, sale: Option<EntryId>) -> Result<Draft, AmountError> {
    let dimensions = delivery.dimensions();
    let draft = Draft::new(EntryKind::SaleUndone)
        .with_source(delivery.fulfilment)
        .reversing(sale)
        .debit(LedgerAccount::SALES, delivery.goods.plus(delivery.discount)?, dimensions)
        .credit(delivery.discount_account(), delivery.discount, dimensions);
    delivery.add_shares(draft, Rupiah::negated)
}

/// A return of goods, on the day of the return.
pub fn draft_sale_return(delivery: &DeliveryPosting) -> Result<Draft, AmountError> {
    let draft = Draft::new(EntryKind::SaleReturned).with_source(delivery.fulfilment).debit(
        LedgerAccount::RETURNS,
        delivery.goods,
        delivery.dimensions(),
    );
    delivery.add_shares(draft, Rupiah::negated)
}
