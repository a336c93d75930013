//! Cooperatives.

use diesel::prelude::*;

use super::end_of_prefix;
use crate::cooperatives::cooperative::Cooperative;
use crate::db::schema::cooperatives::dsl;
use crate::db::{Conn, Result, Tx};
use crate::kernel::fold;
use crate::kernel::ids::CooperativeId;

/// Writes a new cooperative down.
pub(in crate::cooperatives) fn insert_cooperative(tx: &mut Tx<'_>, it: &Cooperative) -> Result<()> {
    diesel::insert_into(dsl::cooperatives)
        .values((
            dsl::id.eq(it.id),
            dsl::code.eq(&it.code),
            dsl::name.eq(&it.name),
            dsl::search_text.eq(fold(&it.name)),
            dsl::kind.eq(&it.kind),
            dsl::description.eq(&it.description),
            dsl::village_code.eq(&it.village_code),
            dsl::address.eq(&it.address),
            dsl::phone.eq(&it.phone),
            dsl::email.eq(&it.email),
            dsl::zone.eq(it.zone),
            dsl::bank_name.eq(&it.bank_name),
            dsl::bank_account.eq(&it.bank_account),
            dsl::bank_holder.eq(&it.bank_holder),
            dsl::demo.eq(it.demo),
            dsl::created_at.eq(it.created_at),
            dsl::version.eq(it.version),
            dsl::service_percent.eq(it.service_percent),
            dsl::bears_discards.eq(it.bears_discards),
            dsl::deposit_from.eq(it.deposit_from),
            dsl::deposit_percent.eq(it.deposit_percent),
            dsl::regular_after.eq(it.regular_after),
            dsl::qris_amounts.eq(it.qris_amounts),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Writes the changes of a cooperative that was read at the version before; false when it has moved on.
pub(in crate::cooperatives) fn update_cooperative(tx: &mut Tx<'_>, it: &Cooperative) -> Result<bool> {
    let before = dsl::cooperatives.find(it.id).filter(dsl::version.eq(it.version.saturating_sub(1)));
    let changed = diesel::update(before)
        .set((
            dsl::name.eq(&it.name),
            dsl::search_text.eq(fold(&it.name)),
            dsl::kind.eq(&it.kind),
            dsl::description.eq(&it.description),
            dsl::address.eq(&it.address),
            dsl::phone.eq(&it.phone),
            dsl::email.eq(&it.email),
            dsl::bank_name.eq(&it.bank_name),
            dsl::bank_account.eq(&it.bank_account),
            dsl::bank_holder.eq(&it.bank_holder),
            dsl::version.eq(it.version),
            dsl::service_percent.eq(it.service_percent),
            dsl::bears_discards.eq(it.bears_discards),
            dsl::deposit_from.eq(it.deposit_from),
            dsl::deposit_percent.eq(it.deposit_percent),
            dsl::regular_after.eq(it.regular_after),
            dsl::qris_amounts.eq(it.qris_amounts),
        ))
        .execute(&mut **tx)?;
    Ok(changed == 1)
}

/// The cooperative of this id.
pub(in crate::cooperatives) fn cooperative(conn: &mut Conn, id: CooperativeId) -> Result<Option<Cooperative>> {
    Ok(dsl::cooperatives.find(id).select(Cooperative::as_select()).first(conn).optional()?)
}

/// Cooperatives by name, the first behind the key that is given.
pub(in crate::cooperatives) fn cooperatives(
    conn: &mut Conn,
    prefix: Option<String>,
    after: Option<(String, CooperativeId)>,
    rows: i64,
) -> Result<Vec<(Cooperative, String)>> {
    let mut query = dsl::cooperatives
        .select((Cooperative::as_select(), dsl::search_text))
        .order((dsl::search_text.asc(), dsl::id.asc()))
        .limit(rows)
        .into_boxed();
    if let Some(prefix) = prefix {
        query = query.filter(dsl::search_text.lt(end_of_prefix(&prefix))).filter(dsl::search_text.ge(prefix));
    }
    if let Some((text, id)) = after {
        query = query.filter(dsl::search_text.gt(text.clone()).or(dsl::search_text.eq(text).and(dsl::id.gt(id))));
    }
    Ok(query.load(conn)?)
}
