//! Cooperatives.

use diesel::prelude::*;

use super::prefix_upper_bound;
use crate::cooperatives::cooperative::Cooperative;
use crate::db::schema::cooperatives::dsl;
use crate::db::{Conn, Result, Tx};
use crate::kernel::fold;
use crate::kernel::ids::CooperativeId;

/// Inserts a cooperative.
pub(in crate::cooperatives) fn insert_cooperative(tx: &mut Tx<'_>, cooperative: &Cooperative) -> Result<()> {
    diesel::insert_into(dsl::cooperatives)
        .values((
            dsl::id.eq(cooperative.id),
            dsl::code.eq(&cooperative.code),
            dsl::name.eq(&cooperative.name),
            dsl::search_text.eq(fold(&cooperative.name)),
            dsl::kind.eq(&cooperative.kind),
            dsl::description.eq(&cooperative.description),
            dsl::village_code.eq(&cooperative.village_code),
            dsl::address.eq(&cooperative.address),
            dsl::phone.eq(&cooperative.phone),
            dsl::email.eq(&cooperative.email),
            dsl::zone.eq(cooperative.zone),
            dsl::bank_name.eq(&cooperative.bank_name),
            dsl::bank_account.eq(&cooperative.bank_account),
            dsl::bank_holder.eq(&cooperative.bank_holder),
            dsl::demo.eq(cooperative.demo),
            dsl::created_at.eq(cooperative.created_at),
            dsl::version.eq(cooperative.version),
            dsl::service_percent.eq(cooperative.service_percent),
            dsl::bears_discards.eq(cooperative.bears_discards),
            dsl::deposit_from.eq(cooperative.deposit_from),
            dsl::deposit_percent.eq(cooperative.deposit_percent),
            dsl::regular_after.eq(cooperative.regular_after),
            dsl::qris_amounts.eq(cooperative.qris_amounts),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Updates a cooperative that was read at the previous version; `false` when it has changed since.
pub(in crate::cooperatives) fn update_cooperative(tx: &mut Tx<'_>, cooperative: &Cooperative) -> Result<bool> {
    let before = dsl::cooperatives.find(cooperative.id).filter(dsl::version.eq(cooperative.version.saturating_sub(1)));
    let changed = diesel::update(before)
        .set((
            dsl::name.eq(&cooperative.name),
            dsl::search_text.eq(fold(&cooperative.name)),
            dsl::kind.eq(&cooperative.kind),
            dsl::description.eq(&cooperative.description),
            dsl::address.eq(&cooperative.address),
            dsl::phone.eq(&cooperative.phone),
            dsl::email.eq(&cooperative.email),
            dsl::bank_name.eq(&cooperative.bank_name),
            dsl::bank_account.eq(&cooperative.bank_account),
            dsl::bank_holder.eq(&cooperative.bank_holder),
            dsl::version.eq(cooperative.version),
            dsl::service_percent.eq(cooperative.service_percent),
            dsl::bears_discards.eq(cooperative.bears_discards),
            dsl::deposit_from.eq(cooperative.deposit_from),
            dsl::deposit_percent.eq(cooperative.deposit_percent),
            dsl::regular_after.eq(cooperative.regular_after),
            dsl::qris_amounts.eq(cooperative.qris_amounts),
        ))
        .execute(&mut **tx)?;
    Ok(changed == 1)
}

/// The cooperative of this id.
pub(in crate::cooperatives) fn find_cooperative(conn: &mut Conn, id: CooperativeId) -> Result<Option<Cooperative>> {
    Ok(dsl::cooperatives.find(id).select(Cooperative::as_select()).first(conn).optional()?)
}

/// Cooperatives by name, after this key, with their sort keys.
pub(in crate::cooperatives) fn list_cooperatives(
    conn: &mut Conn,
    prefix: Option<String>,
    after: Option<(String, CooperativeId)>,
    limit: i64,
) -> Result<Vec<(Cooperative, String)>> {
    let mut query = dsl::cooperatives
        .select((Cooperative::as_select(), dsl::search_text))
        .order((dsl::search_text.asc(), dsl::id.asc()))
        .limit(limit)
        .into_boxed();
    if let Some(prefix) = prefix {
        query = query.filter(dsl::search_text.lt(prefix_upper_bound(&prefix))).filter(dsl::search_text.ge(prefix));
    }
    if let Some((text, id)) = after {
        query = query.filter(dsl::search_text.gt(text.clone()).or(dsl::search_text.eq(text).and(dsl::id.gt(id))));
    }
    Ok(query.load(conn)?)
}
