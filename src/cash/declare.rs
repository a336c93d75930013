//! Somebody says that they hand cash over.

use super::error::CashError;
use super::handover::{Handover, HandoverStatus};
use super::store;
use crate::db::Tx;
use crate::events::{self, Event};
use crate::kernel::ids::{AccountId, CooperativeId, HandoverId, PaymentId};
use crate::kernel::{Instant, Rupiah};
use crate::payments;
use crate::web::{FieldError, FieldErrors};

/// What is handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declaring {
    /// The id of the handover, new.
    pub id: HandoverId,
    /// To which cooperative.
    pub cooperative: CooperativeId,
    /// Who holds the cash.
    pub holder: AccountId,
    /// Which payments; all that they hold when unsaid.
    pub payments: Option<Vec<PaymentId>>,
    /// What is worth remembering.
    pub note: Option<String>,
    /// Who says so.
    pub by: AccountId,
}

/// Declares a handover. Its payments are on their way from now on, and in no other one.
pub fn declare(tx: &mut Tx<'_>, now: Instant, it: &Declaring) -> Result<Handover, CashError> {
    let held = payments::lock_held_by(tx, it.cooperative, it.holder)?;
    let chosen: Vec<(PaymentId, Rupiah)> = match &it.payments {
        None => held,
        Some(named) => {
            let mut errors = FieldErrors::default();
            for (place, payment) in named.iter().enumerate() {
                let is_held = held.iter().any(|(id, _)| id == payment);
                errors.require(is_held, &format!("/payments/{place}"), NOT_HELD);
            }
            if !errors.is_empty() {
                return Err(CashError::Faulty(errors));
            }
            held.into_iter().filter(|(id, _)| named.contains(id)).collect()
        }
    };
    if chosen.is_empty() {
        return Err(CashError::NothingHeld);
    }
    let handover = Handover {
        id: it.id,
        cooperative: it.cooperative,
        holder: it.holder,
        status: HandoverStatus::Declared,
        expected: Rupiah::sum(chosen.iter().map(|(_, amount)| *amount))?,
        counted: None,
        note: it.note.clone(),
        declared_at: now,
        declared_by: it.by,
        decided_at: None,
        decided_by: None,
        version: 1,
    };
    store::insert_handover(tx, &handover)?;
    let chosen_ids: Vec<PaymentId> = chosen.into_iter().map(|(id, _)| id).collect();
    payments::put_in_handover(tx, &chosen_ids, handover.id)?;
    let event = Event::new("handover.declared", handover.id)
        .by(it.by)
        .in_cooperative(handover.cooperative)
        .with("handover", handover.id)
        .with("expected", handover.expected)
        .with("payments", chosen_ids.len());
    events::record(tx, now, &event)?;
    Ok(handover)
}

const NOT_HELD: FieldError = FieldError::Rule {
    code: "not-held",
    id: "Uang dari pembayaran ini tidak sedang dipegang.",
    en: "The cash of this payment is not held by them, or is on its way already.",
};
