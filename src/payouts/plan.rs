//! Paying a group: what it settles and how it divides, looked at first or done.

use super::divide::{Division, divide};
use super::error::CapitalError;
use super::payable::Due;
use super::payout::{PaidFrom, Payout, PayoutShare, PayoutStatus};
use super::receipt::NOT_YET;
use super::rule::EarningRule;
use super::store;
use crate::cooperatives::{self, CooperativePermit};
use crate::db::{Conn, Tx};
use crate::events::{self, Event};
use crate::kernel::ids::{ContributionId, GroupId, Id, PayoutId, SourceId};
use crate::kernel::{Day, Instant, Rupiah};
use crate::ledger::{self, Account, Booking, rules};
use crate::web::{FieldError, FieldErrors};

/// What the treasurer wants to pay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Which group.
    pub group: GroupId,
    /// The last business day that it settles; today when it is not said.
    pub until: Option<Day>,
    /// What of it pays advances back; as much as there is when it is not said.
    pub advances: Option<Rupiah>,
    /// Where it is paid from.
    pub from: PaidFrom,
    /// Who of the group takes it.
    pub received_by: Option<String>,
    /// What is worth remembering.
    pub note: Option<String>,
}

/// A payout to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The payout as it would be.
    pub payout: Payout,
    /// What it settles.
    pub items: Vec<Due>,
    /// The contributions that it pays for.
    pub contributions: Vec<ContributionId>,
    /// How it divides.
    pub division: Division,
    /// The business day on which it is paid.
    pub on: Day,
}

impl Plan {
    /// What each member gets.
    pub fn shares(&self) -> Vec<PayoutShare> {
        let share = |it: &super::divide::Share| PayoutShare {
            payout: self.payout.id,
            member: it.member,
            work: it.work,
            share: it.share,
            receipts: it.receipts,
        };
        self.division.shares.iter().map(share).collect()
    }
}

/// What paying this group would settle, and how it would divide.
pub fn plan(
    conn: &mut Conn,
    now: Instant,
    permit: &CooperativePermit,
    id: PayoutId,
    asked: &Asked,
) -> Result<Plan, CapitalError> {
    let group = cooperatives::find_group(conn, asked.group)?;
    if group.is_none_or(|group| group.cooperative_id != permit.cooperative) {
        return Err(CapitalError::Faulty(FieldErrors::one("/group", FieldError::Unknown)));
    }
    let today = ledger::zone_of(conn, permit.cooperative)?.day_of(now);
    let until = asked.until.unwrap_or(today);
    if until > today {
        return Err(CapitalError::Faulty(FieldErrors::one("/until", NOT_YET)));
    }
    let items = store::dues(conn, asked.group, until)?;
    let earned = Rupiah::sum(items.iter().map(|item| item.amount))?;
    if earned <= Rupiah::ZERO {
        return Err(CapitalError::NothingOwed);
    }
    let outstanding = ledger::balance_of_group(conn, asked.group, Account::ADVANCES)?;
    let most = outstanding.min(earned).max(Rupiah::ZERO);
    let advances = asked.advances.unwrap_or(most);
    if advances > most {
        return Err(CapitalError::Faulty(FieldErrors::one("/advances", FieldError::OutOfRange(0, most.0))));
    }
    let rule: EarningRule = store::rule(conn, asked.group)?;
    let (contributions, work) = store::unpaid_work(conn, asked.group, until, rule.basis)?;
    let laid_out = store::open_receipts(conn, asked.group, until)?;
    let division = divide(earned, advances, &laid_out, &work, &rule)?;
    let text =
        |text: &Option<String>| text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    let payout = Payout {
        id,
        cooperative: permit.cooperative,
        group: asked.group,
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
        paid_from: asked.from,
        received_by: text(&asked.received_by),
        note: text(&asked.note),
        paid_at: now,
        paid_by: permit.account,
        reversed_at: None,
        reversed_by: None,
        reason: None,
        version: 1,
    };
    Ok(Plan { payout, items, contributions, division, on: today })
}

/// Pays a group: settles what it was owed for, each posting once, and posts the payment.
pub fn pay(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &CooperativePermit,
    id: PayoutId,
    asked: &Asked,
) -> Result<Plan, CapitalError> {
    // Of two payouts at once the second finds what the first has left.
    ledger::hold(tx, permit.cooperative)?;
    let plan = plan(tx, now, permit, id, asked)?;
    store::insert(tx, &plan)?;
    let draft = rules::payout(SourceId::from_uuid(id.uuid()), &plan.payout.owed())?;
    let booking = Booking { cooperative: permit.cooperative, on: plan.on, by: Some(permit.account) };
    ledger::post(tx, now, &booking, &draft)?;
    tell(tx, now, "payout.paid", &plan.payout)?;
    Ok(plan)
}

/// Tells what happened to a payout.
pub(super) fn tell(tx: &mut Tx<'_>, now: Instant, kind: events::Kind, payout: &Payout) -> Result<(), CapitalError> {
    let event = Event::new(kind, payout.id)
        .by(payout.reversed_by.unwrap_or(payout.paid_by))
        .in_cooperative(payout.cooperative)
        .with("payout", payout.id)
        .with("group", payout.group)
        .with("earned", payout.earned)
        .with("paid", payout.paid()?);
    events::record(tx, now, &event)?;
    Ok(())
}
