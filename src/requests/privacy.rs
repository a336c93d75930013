//! A person's requests: export of their data, and erasure.

use serde_json::{Value, json};

use super::request::RequestStatus;
use super::store;
use super::summary::anonymous_contact_json;
use super::withdraw::close_request;
use crate::db::{Conn, Result, Tx};
use crate::kernel::Instant;
use crate::kernel::ids::AccountId;

/// Exports everything that requests store about a person, as JSON.
pub fn export(conn: &mut Conn, account: AccountId) -> Result<Value> {
    let requests: Vec<Value> = store::list_by_buyer(conn, account)?
        .iter()
        .map(|request| {
            json!({
                "id": request.id, "status": request.status, "asked_at": request.created_at,
                "product": request.product, "words": request.words, "quantity": request.quantity,
                "unit": request.unit, "needed_on": request.needed_on, "place": request.destination(),
                "budget": request.budget, "occasion": request.occasion, "note": request.note,
                "taken": request.taken,
            })
        })
        .collect();
    Ok(json!({ "requests": requests }))
}

/// Erases a person from requests: open requests are withdrawn and texts are blanked; figures stay. In closed requests
/// that they recorded for others the contact is erased; open ones stay with the board.
pub fn forget(tx: &mut Tx<'_>, now: Instant, account: AccountId) -> Result<()> {
    for request in store::list_by_buyer(tx, account)? {
        let locked = store::lock_request(tx, request.id)?;
        if let Some(request) = locked.filter(|request| request.status == RequestStatus::Open) {
            close_request(tx, now, &request, RequestStatus::Withdrawn, Some(account))?;
        }
    }
    store::forget_buyer(tx, account)?;
    store::forget_callers_captured_by(tx, account, &anonymous_contact_json())
}
