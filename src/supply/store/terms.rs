//! The SQL of terms of sale.

use std::collections::BTreeSet;

use diesel::prelude::*;

use super::closed_days::list_closed_days_of;
use crate::db::schema::{cooperatives, groups, products};
use crate::db::{Conn, Result, prepared};
use crate::kernel::ids::{CooperativeId, GroupId, ProductId};
use crate::kernel::{Day, Instant, Quantity, Zone};
use crate::supply::closed_days::ClosedDays;
use crate::supply::terms::Terms;

type TermsRow =
    ((ProductId, GroupId, CooperativeId, Zone, bool, String), (Quantity, i32, Option<i32>, Quantity, i32, i32, i32));

/// Loads the current terms of these products; unknown ids are left out.
pub fn load_terms(conn: &mut Conn, now: Instant, ids: &[ProductId]) -> Result<Vec<Terms>> {
    let query = products::table
        .inner_join(cooperatives::table.on(cooperatives::id.eq(products::cooperative_id)))
        .inner_join(groups::table.on(groups::id.eq(products::group_id)))
        .filter(products::id.eq_any(ids.to_vec()))
        .select((
            (
                products::id,
                products::group_id,
                products::cooperative_id,
                cooperatives::zone,
                products::listed,
                groups::status,
            ),
            (
                products::quantity_step,
                products::lead_time_days,
                products::shelf_life_days,
                products::daily_capacity,
                products::made_on,
                products::order_by_minutes,
                products::open_days_ahead,
            ),
        ));
    let rows: Vec<TermsRow> = prepared(query).load(conn)?;
    let group_ids: BTreeSet<GroupId> = rows.iter().map(|row| row.0.1).collect();
    let closed = list_closed_days_of(conn, now, &Vec::from_iter(group_ids))?;
    Ok(rows.into_iter().map(|row| to_terms(row, now, &closed)).collect())
}

fn to_terms(row: TermsRow, now: Instant, closed: &[(GroupId, Day)]) -> Terms {
    let (
        (product, group, cooperative, zone, listed, status),
        (step, lead_time_days, shelf_life_days, daily_capacity, made_on, order_by_minutes, open_days_ahead),
    ) = row;
    let closed_days = closed.iter().filter(|(closed_group, _)| *closed_group == group).map(|(_, day)| *day);
    Terms {
        product,
        group,
        cooperative,
        zone,
        on_sale: listed && status == "active",
        step,
        lead_time_days: lead_time_days.into(),
        shelf_life_days: shelf_life_days.map(i64::from),
        daily_capacity,
        made_on: u8::try_from(made_on).unwrap_or(0),
        order_by_minutes: u32::try_from(order_by_minutes).unwrap_or(0),
        open_days_ahead: open_days_ahead.into(),
        closed: ClosedDays::new(zone.day_of(now), closed_days),
    }
}
