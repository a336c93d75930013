//! The recipients of letters.

use super::store;
use crate::db::{Conn, Result};
use crate::kernel::ids::{AccountId, GroupId};
use crate::mail::LetterRecipient;
use crate::orders::Order;

/// The officers of these groups, each once and with what concerns their groups, without the actor.
pub(super) fn list_officers<T: Copy>(
    conn: &mut Conn,
    groups: impl IntoIterator<Item = (GroupId, T)>,
    actor: Option<AccountId>,
) -> Result<Vec<(LetterRecipient, Vec<T>)>> {
    let mut officers: Vec<(LetterRecipient, Vec<T>)> = Vec::new();
    for (group, concern) in groups {
        for officer in store::list_officers(conn, group)? {
            match officers.iter_mut().find(|(other, _)| other.address == officer.address) {
                Some((_, concerns)) => concerns.push(concern),
                None if officer.account == actor => {}
                None => officers.push((officer, vec![concern])),
            }
        }
    }
    Ok(officers)
}

/// The buyer by their account, or by the address of the order's contact; `None` without an address.
pub(super) fn find_buyer(conn: &mut Conn, order: &Order) -> Result<Option<LetterRecipient>> {
    if let Some(account) = order.buyer
        && let Some(person) = store::find_recipient(conn, account)?
    {
        return Ok(Some(person));
    }
    let contact = order.contact();
    Ok(contact.email.map(|address| LetterRecipient {
        account: order.buyer,
        name: contact.name,
        address,
        language: order.locale,
    }))
}
