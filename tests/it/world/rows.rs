//! What stands in the database, counted: a request that is refused leaves it as it was.

use diesel::prelude::*;
use lumbung::db::{self, schema};

use super::World;

impl World {
    /// How many rows each table has.
    pub async fn rows(&self) -> Vec<(&'static str, i64)> {
        macro_rules! counted {
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
        counted!(
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
