//! A person's own requests: taken out with their data, and kept without their words when they go.

use serde_json::{Value, json};

use super::request::RequestStatus;
use super::shown::nobody_written;
use super::store;
use super::withdraw::close;
use crate::db::{Conn, Result, Tx};
use crate::kernel::Instant;
use crate::kernel::ids::AccountId;

/// Everything that requests know of a person, as JSON.
pub fn export(conn: &mut Conn, account: AccountId) -> Result<Value> {
    let requests: Vec<Value> = store::all_of_buyer(conn, account)?
        .iter()
        .map(|request| {
            json!({
                "id": request.id, "status": request.status, "asked_at": request.created_at,
                "product": request.product, "words": request.words, "quantity": request.quantity,
                "unit": request.unit, "needed_on": request.needed_on, "place": request.place(),
                "budget": request.budget, "occasion": request.occasion, "note": request.note,
                "taken": request.taken,
            })
        })
        .collect();
    Ok(json!({ "requests": requests }))
}

/// Takes a person out of their requests: what is open is withdrawn, its words are blanked, and the figures stay. Of what
/// they wrote down for others and is over, it is forgotten who called; what is open stays with the board.
pub fn forget(tx: &mut Tx<'_>, now: Instant, account: AccountId) -> Result<()> {
    for request in store::all_of_buyer(tx, account)? {
        let locked = store::locked(tx, request.id)?;
        if let Some(request) = locked.filter(|request| request.status == RequestStatus::Open) {
            close(tx, now, &request, RequestStatus::Withdrawn, Some(account))?;
        }
    }
    store::forget_buyer(tx, account)?;
    store::forget_callers_of(tx, account, &nobody_written())
}
