//! Caching of prepared statements that diesel would prepare anew each time.
//!
//! diesel caches a statement only when its text cannot vary, and assumes that every `UPDATE`, upsert, batch insert and
//! `IN (…)` on SQLite can. Preparing such a statement costs more than running it, so the frequent ones are cached by
//! their text.

use std::cell::Cell;

use diesel::backend::Backend;
use diesel::internal::derives::multiconnection::AstPassHelper;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::{QueryResult, RunQueryDsl};

/// A statement that is cached by its text.
#[derive(Debug, Clone, Copy)]
pub struct Prepared<Q>(Q);

/// Caches the statement in its connection. Only for statements with few distinct texts, independent of user input: each
/// is cached for the life of the connection.
pub fn prepared<Q>(statement: Q) -> Prepared<Q> {
    Prepared(statement)
}

/// Repeats the last element until the length is a power of two: `IN` lists of any length then have few distinct texts,
/// and the rows that match are the same.
pub fn pad_list<T: Clone>(mut list: Vec<T>) -> Vec<T> {
    if let Some(last) = list.last().cloned() {
        list.resize(list.len().next_power_of_two(), last);
    }
    list
}

impl<DB: Backend, Q: QueryFragment<DB>> QueryFragment<DB> for Prepared<Q> {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        // The walk that asks whether the statement is safe to cache is skipped, because it would say no.
        if collects_text_or_binds(&mut pass) { self.0.walk_ast(pass) } else { Ok(()) }
    }
}

/// Whether this walk collects the SQL text or the bind values; a cast of the pass calls the matching conversion.
fn collects_text_or_binds<DB: Backend>(pass: &mut AstPass<'_, '_, DB>) -> bool {
    let collects = Cell::new(false);
    let _ = pass.reborrow().cast_database::<DB>(
        |values| {
            collects.set(true);
            values
        },
        |text| {
            collects.set(true);
            text
        },
        |backend| backend,
        |lookup| lookup,
    );
    collects.get()
}

/// No static query id: the cache key is the text.
impl<Q> QueryId for Prepared<Q> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q: Query> Query for Prepared<Q> {
    type SqlType = Q::SqlType;
}

impl<Q, C> RunQueryDsl<C> for Prepared<Q> {}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use diesel::connection::{Instrumentation, InstrumentationEvent, SimpleConnection};
    use diesel::prelude::*;

    use super::*;

    diesel::table! {
        goods (id) {
            id -> Integer,
            left -> Integer,
        }
    }

    /// A connection and the number of statements in its cache.
    #[expect(clippy::disallowed_methods, reason = "a table of the test's own")]
    fn connection() -> (SqliteConnection, Arc<AtomicUsize>) {
        let mut conn = SqliteConnection::establish(":memory:").unwrap();
        conn.batch_execute("CREATE TABLE goods (id INTEGER PRIMARY KEY, left INTEGER NOT NULL)").unwrap();
        conn.batch_execute("INSERT INTO goods VALUES (1, 10), (2, 20), (3, 30)").unwrap();
        let cached = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&cached);
        let count = move |event: InstrumentationEvent<'_>| {
            if matches!(event, InstrumentationEvent::CacheQuery { .. }) {
                counter.fetch_add(1, Ordering::Relaxed);
            }
        };
        conn.set_instrumentation(Box::new(count) as Box<dyn Instrumentation>);
        (conn, cached)
    }

    #[test]
    fn an_update_is_cached() {
        let (mut conn, cached) = connection();
        for quantity in 1..=3 {
            let update = || diesel::update(goods::table.find(1)).set(goods::left.eq(goods::left - quantity));
            assert_eq!(prepared(update()).execute(&mut conn), Ok(1));
            assert_eq!(update().execute(&mut conn), Ok(1));
        }
        assert_eq!(cached.load(Ordering::Relaxed), 1, "once, and only the prepared one");
        assert_eq!(goods::table.find(1).select(goods::left).get_result(&mut conn), Ok(10 - 12));
    }

    #[test]
    fn a_list_is_padded_to_the_next_power_of_two() {
        assert_eq!(pad_list(Vec::<i32>::new()), [0_i32; 0]);
        assert_eq!(pad_list(vec![7]), [7]);
        assert_eq!(pad_list(vec![1, 2, 3, 4, 5]), [1, 2, 3, 4, 5, 5, 5, 5]);
    }

    #[test]
    fn each_length_of_an_in_list_is_cached_separately() {
        let (mut conn, cached) = connection();
        let mut left = |ids: &[i32]| -> Vec<i32> {
            let query = goods::table.filter(goods::id.eq_any(ids.to_vec())).order(goods::id).select(goods::left);
            prepared(query).load(&mut conn).unwrap()
        };
        assert_eq!(left(&[1]), [10]);
        assert_eq!(left(&[3, 2]), [20, 30]);
        assert_eq!(left(&[2]), [20]);
        assert_eq!(left(&[1, 2]), [10, 20]);
        assert_eq!(left(&[]), [0_i32; 0]);
        assert_eq!(cached.load(Ordering::Relaxed), 3);
    }
}
