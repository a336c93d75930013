//! Goods are handed over, and come back.

use super::{Standing, buyers_side};
use crate::kernel::ids::{EntryId, FulfilmentId, GroupId, OrderId};
use crate::kernel::{AmountError, Rupiah};
use crate::ledger::account::Account;
use crate::ledger::entry::{About, Draft, EntryKind};

/// A group's part of an order that changes hands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PartMoved {
    /// The part.
    pub part: FulfilmentId,
    /// Of which order.
    pub order: OrderId,
    /// Whose goods.
    pub group: GroupId,
    /// What the goods come to for the buyer.
    pub goods: Rupiah,
    /// What was taken off their usual price; of an outlet's, what it keeps.
    pub discount: Rupiah,
    /// What of it the cooperative keeps.
    pub service: Rupiah,
    /// The fee for the way, with the first part that goes it.
    pub fee: Rupiah,
    /// How the order stood before.
    pub before: Standing,
}

impl PartMoved {
    fn about(&self) -> About {
        About { outlet: self.before.outlet, ..About::part(self.group, self.order) }
    }

    /// Where stands what is taken off the price that the goods are sold for.
    fn taken_off(&self) -> Account {
        if self.before.outlet.is_some() { Account::OUTLETS_CUT } else { Account::DISCOUNTS }
    }

    /// What follows for the buyer, the one who brings it and the group. `turned` gives amounts their sign: as they are towards the
    /// buyer, turned round on the way back.
    fn finish(&self, draft: Draft, turned: impl Fn(Rupiah) -> Rupiah) -> Result<Draft, AmountError> {
        let about = self.about();
        let share = turned(self.goods.minus(self.service)?);
        let draft = draft
            .credit(Account::DELIVERY_FEES, turned(self.fee), About::order(self.order))
            .debit(Account::GROUPS_SHARE, share, about)
            .credit(Account::OWED_TO_GROUPS, share, about);
        let after = self.before.with_delivered(turned(self.goods.plus(self.fee)?))?;
        buyers_side(draft, self.order, self.before, after)
    }
}

fn there(amount: Rupiah) -> Rupiah {
    amount
}

/// Goods are handed over: the sale is recognised, and the group's share is owed to it. The fee for the way passes
/// through.
pub fn sale(it: &PartMoved) -> Result<Draft, AmountError> {
    let about = it.about();
    let draft = Draft::new(EntryKind::Sale)
        .from_source(it.part)
        .credit(Account::SALES, it.goods.plus(it.discount)?, about)
        .debit(it.taken_off(), it.discount, about);
    it.finish(draft, there)
}

/// The hand-over had been noted by mistake: nothing of it is left. The buyer's side stands where it would have stood,
/// which is not where it stood if they paid in between.
pub fn sale_undone(it: &PartMoved, sale: Option<EntryId>) -> Result<Draft, AmountError> {
    let about = it.about();
    let draft = Draft::new(EntryKind::SaleUndone)
        .from_source(it.part)
        .reversing(sale)
        .debit(Account::SALES, it.goods.plus(it.discount)?, about)
        .credit(it.taken_off(), it.discount, about);
    it.finish(draft, Rupiah::negated)
}

/// Goods came back: a return of its own, on the day on which they came.
pub fn sale_returned(it: &PartMoved) -> Result<Draft, AmountError> {
    let draft = Draft::new(EntryKind::SaleReturned).from_source(it.part).debit(Account::RETURNS, it.goods, it.about());
    it.finish(draft, Rupiah::negated)
}
