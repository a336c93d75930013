//! Planning and making payouts.

use super::divide::{Division, divide};
use super::error::PayoutError;
use super::events::{self, PayoutEvent, PayoutPayload};
use super::payable::PayablePosting;
use super::payout::{PaidFrom, Payout, PayoutStatus};
use super::store;
use crate::cooperatives::{self, CooperativePermit};
use crate::db::{Conn, Tx};
use crate::kernel::ids::{ContributionId, GroupId, Id, PayoutId, SourceDocumentId};
use crate::kernel::{Day, Instant, Rupiah};
use crate::ledger::{self, LedgerAccount, PostingContext, rules};
use crate::web::{FieldError, FieldErrors, Rule};

/// A requested payout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayoutRequest {
    /// The group.
    pub group: GroupId,
    /// The last business day that it settles; today if `None`.
    pub until: Option<Day>,
    /// The part that repays advances; as much as possible if `None`.
    pub advances: Option<Rupiah>,
    /// The source of the money.
    pub from: PaidFrom,
    /// The person of the group who receives it.
    pub received_by: Option<String>,
    /// A note.
    pub note: Option<String>,
}

/// A payout that is not made yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayoutPlan {
    /// The payout.
    pub payout: Payout,
    /// The postings that it settles.
    pub items: Vec<PayablePosting>,
    /// The contributions that it pays for.
    pub contributions: Vec<ContributionId>,
    /// The division.
    pub division: Division,
    /// The business day of the payment.
    pub on: Day,
}

/// Plans a payout: what it would settle, and how it would be divided.
pub fn plan_payout(
    conn: &mut Conn,
    now: Instant,
    permit: &CooperativePermit,
    id: PayoutId,
    request: &PayoutRequest,
) -> Result<PayoutPlan, PayoutError> {
    let group = cooperatives::find_group(conn, request.group)?;
    if group.is_none_or(|group| group.cooperative_id != permit.cooperative) {
        return Err(PayoutError::Invalid(FieldErrors::single("/group", FieldError::Unknown)));
    }
    let today = cooperatives::load_zone(conn, permit.cooperative)?.day_of(now);
    let until = request.until.unwrap_or(today);
    if until > today {
        return Err(PayoutError::Invalid(FieldErrors::single("/until", Rule::NotYet)));
    }
    let items = store::list_payable_postings(conn, request.group, until)?;
    let earned = Rupiah::sum(items.iter().map(|item| item.amount))?;
    if earned <= Rupiah::ZERO {
        return Err(PayoutError::NothingOwed);
    }
    let outstanding = ledger::load_group_balance(conn, request.group, LedgerAccount::ADVANCES)?;
    let max_advances = outstanding.min(earned).max(Rupiah::ZERO);
    let advances = request.advances.unwrap_or(max_advances);
    if advances > max_advances {
        return Err(PayoutError::Invalid(FieldErrors::single("/advances", FieldError::OutOfRange(0, max_advances.0))));
    }
    let rule = store::load_rule(conn, request.group)?;
    let (contributions, work) = store::list_unpaid_work(conn, request.group, until, rule.basis)?;
    let receipts = store::list_open_receipts(conn, request.group, until)?;
    let division = divide(earned, advances, &receipts, &work, &rule)?;
    let trimmed =
        |text: &Option<String>| text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    let payout = Payout {
        id,
        cooperative: permit.cooperative,
        group: request.group,
        status: PayoutStatus::Paid,
        until,
        basis: rule.basis,
        fund_percent: rule.fund_percent,
        earned,
        advances,
        receipts: division.receipts,
        fund: division.fund,
        shared: division.shared,
        unshared: division.unshared,
        paid_from: request.from,
        received_by: trimmed(&request.received_by),
        note: trimmed(&request.note),
        paid_at: now,
        paid_by: permit.account,
        reversed_at: None,
        reversed_by: None,
        reason: None,
        version: 1,
    };
    Ok(PayoutPlan { payout, items, contributions, division, on: today })
}

/// Pays a group: settles its payable postings, each once, and posts the payment.
pub fn pay(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &CooperativePermit,
    id: PayoutId,
    request: &PayoutRequest,
) -> Result<PayoutPlan, PayoutError> {
    // Of two concurrent payouts the second sees what the first has left.
    ledger::lock_cooperative(tx, permit.cooperative)?;
    let plan = plan_payout(tx, now, permit, id, request)?;
    store::insert_payout(tx, &plan)?;
    let draft = rules::draft_payout(SourceDocumentId::from_uuid(id.uuid()), &plan.payout.amounts())?;
    let booking = PostingContext { cooperative: permit.cooperative, on: plan.on, by: Some(permit.account) };
    ledger::post(tx, now, &booking, &draft)?;
    record_event(tx, now, PayoutEvent::Paid, &plan.payout)?;
    Ok(plan)
}

/// Records an event about a payout.
pub(super) fn record_event(
    tx: &mut Tx<'_>,
    now: Instant,
    kind: fn(PayoutPayload) -> PayoutEvent,
    payout: &Payout,
) -> Result<(), PayoutError> {
    let Payout { id, group, earned, .. } = *payout;
    let event = kind(PayoutPayload { payout: id, group, earned, paid: payout.paid()? }).about(id);
    let by = payout.reversed_by.unwrap_or(payout.paid_by);
    events::record(tx, now, &event.by(by).in_cooperative(payout.cooperative))?;
    Ok(())
}
