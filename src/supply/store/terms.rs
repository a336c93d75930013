//! On which terms products are sold.

use std::collections::BTreeSet;

use diesel::prelude::*;

use super::closed_days::closed_among;
use crate::db::schema::{cooperatives, groups, products};
use crate::db::{Conn, Result, prepared};
use crate::kernel::ids::{CooperativeId, GroupId, ProductId};
use crate::kernel::{Day, Instant, Quantity, Zone};
use crate::supply::closed_days::ClosedDays;
use crate::supply::terms::Terms;

type TermsRow =
    ((ProductId, GroupId, CooperativeId, Zone, bool, String), (Quantity, i32, Option<i32>, Quantity, i32, i32, i32));

/// The terms of these products at this moment; what is not there is left out.
pub fn terms_of(conn: &mut Conn, now: Instant, wanted: &[ProductId]) -> Result<Vec<Terms>> {
    let query = products::table
        .inner_join(cooperatives::table.on(cooperatives::id.eq(products::cooperative_id)))
        .inner_join(groups::table.on(groups::id.eq(products::group_id)))
        .filter(products::id.eq_any(wanted.to_vec()))
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
    let makers: BTreeSet<GroupId> = rows.iter().map(|row| row.0.1).collect();
    let closed = closed_among(conn, now, &Vec::from_iter(makers))?;
    Ok(rows.into_iter().map(|row| terms(row, now, &closed)).collect())
}

fn terms(row: TermsRow, now: Instant, closed: &[(GroupId, Day)]) -> Terms {
    let (
        (product, group, cooperative, zone, listed, status),
        (step, lead_time_days, shelf_life_days, daily_capacity, made_on, order_by_minutes, open_days_ahead),
    ) = row;
    let own = closed.iter().filter(|(shut, _)| *shut == group).map(|(_, day)| *day);
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
        closed: ClosedDays::from(zone.day_of(now), own),
    }
}
