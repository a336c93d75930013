//! Row counts, to check that rejected requests change nothing.

use diesel::prelude::*;
use lumbung::db::{self, schema};

use super::World;

impl World {
    /// The number of rows of each table.
    pub async fn count_rows(&self) -> Vec<(&'static str, i64)> {
        macro_rules! count_tables {
        ($($table:ident),* $(,)?) => {
            self
                .app
                .state
                .db
                .read::<_, db::Error, _>(|conn| {
                    Ok(vec![$((stringify!($table), schema::$table::table.count().get_result(conn)?)),*])
                })
                .await
                .unwrap()
        };
    }
        count_tables!(
            events,
            event_readers,
            jobs,
            schedules,
            idempotency_keys,
            client_ids,
            rate_buckets,
            outbox,
            occasions,
            accounts,
            sessions,
            refresh_tokens,
            one_time_tokens,
            throttles,
            cooperatives,
            assignments,
            pickup_points,
            delivery_zones,
            groups,
            memberships,
            invitations,
            products,
            photos,
            batches,
            contributions,
            discards,
            refused_demand,
            closed_days,
            order_counters,
            orders,
            fulfilments,
            order_lines,
            claims,
            order_notes,
            sales,
            payments,
            gateway_charges,
            gateway_notifications,
        )
    }
}
