//! Declaring a handover.

use super::error::CashError;
use super::events::{self, CashEvent};
use super::handover::{Handover, HandoverStatus};
use super::store;
use crate::db::Tx;
use crate::kernel::ids::{AccountId, CooperativeId, HandoverId, PaymentId};
use crate::kernel::{Instant, Rupiah};
use crate::payments;
use crate::web::{FieldErrors, Rule};

/// The input of a handover.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewHandover {
    /// Id of the new handover.
    pub id: HandoverId,
    /// The receiving cooperative.
    pub cooperative: CooperativeId,
    /// The holder of the cash.
    pub holder: AccountId,
    /// The payments; `None` for all that the holder has.
    pub payments: Option<Vec<PaymentId>>,
    /// A note.
    pub note: Option<String>,
    /// The account that declares it.
    pub by: AccountId,
}

/// Declares a handover. Its payments cannot be in another one from then on.
pub fn declare(tx: &mut Tx<'_>, now: Instant, new_handover: &NewHandover) -> Result<Handover, CashError> {
    let held = payments::lock_held_by(tx, new_handover.cooperative, new_handover.holder)?;
    let chosen: Vec<(PaymentId, Rupiah)> = match &new_handover.payments {
        None => held,
        Some(named) => {
            let mut errors = FieldErrors::default();
            for (index, payment) in named.iter().enumerate() {
                let is_held = held.iter().any(|(id, _)| id == payment);
                errors.require(is_held, &format!("/payments/{index}"), Rule::NotHeld);
            }
            if !errors.is_empty() {
                return Err(CashError::Invalid(errors));
            }
            held.into_iter().filter(|(id, _)| named.contains(id)).collect()
        }
    };
    if chosen.is_empty() {
        return Err(CashError::NothingHeld);
    }
    let handover = Handover {
        id: new_handover.id,
        cooperative: new_handover.cooperative,
        holder: new_handover.holder,
        status: HandoverStatus::Declared,
        expected: Rupiah::sum(chosen.iter().map(|(_, amount)| *amount))?,
        counted: None,
        note: new_handover.note.clone(),
        declared_at: now,
        declared_by: new_handover.by,
        decided_at: None,
        decided_by: None,
        version: 1,
    };
    store::insert_handover(tx, &handover)?;
    let chosen_ids: Vec<PaymentId> = chosen.into_iter().map(|(id, _)| id).collect();
    payments::put_in_handover(tx, &chosen_ids, handover.id)?;
    let event = CashEvent::Declared { handover: handover.id, expected: handover.expected, payments: chosen_ids.len() };
    let event = event.about(handover.id).by(new_handover.by).in_cooperative(handover.cooperative);
    events::record(tx, now, &event)?;
    Ok(handover)
}
