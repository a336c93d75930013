//! Statements that a connection prepares once, though diesel would prepare them anew each time.
//!
//! diesel keeps a prepared statement only when its text cannot vary, and takes every `UPDATE`, every upsert, every
//! insert of several rows and every `IN (…)` of SQLite for one that can. Preparing such a statement costs more than
//! running it, so that the ones of an order are kept by their text.

use std::cell::Cell;

use diesel::backend::Backend;
use diesel::internal::derives::multiconnection::AstPassHelper;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::{QueryResult, RunQueryDsl};

/// A statement whose texts are few: it is kept for each of them.
#[derive(Debug, Clone, Copy)]
pub struct Prepared<Q>(Q);

/// Keeps the statement, once prepared, with its connection. Not for statements whose text is made of what people
/// send: each text is kept as long as the connection.
pub fn prepared<Q>(statement: Q) -> Prepared<Q> {
    Prepared(statement)
}

impl<DB: Backend, Q: QueryFragment<DB>> QueryFragment<DB> for Prepared<Q> {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        // Asked whether it may be kept, the statement would say no; asked nothing, it says nothing.
        if wants_text_or_values(&mut pass) { self.0.walk_ast(pass) } else { Ok(()) }
    }
}

/// Whether this walk makes the text or collects the values. diesel tells by which conversions a cast of it needs.
fn wants_text_or_values<DB: Backend>(pass: &mut AstPass<'_, '_, DB>) -> bool {
    let wanted = Cell::new(false);
    let _ = pass.reborrow().cast_database::<DB>(
        |values| {
            wanted.set(true);
            values
        },
        |text| {
            wanted.set(true);
            text
        },
        |backend| backend,
        |lookup| lookup,
    );
    wanted.get()
}

/// No id by its type: the text is the key.
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

    /// A connection, and how many statements it keeps.
    #[expect(clippy::disallowed_methods, reason = "a table of the test's own")]
    fn connection() -> (SqliteConnection, Arc<AtomicUsize>) {
        let mut conn = SqliteConnection::establish(":memory:").unwrap();
        conn.batch_execute("CREATE TABLE goods (id INTEGER PRIMARY KEY, left INTEGER NOT NULL)").unwrap();
        conn.batch_execute("INSERT INTO goods VALUES (1, 10), (2, 20), (3, 30)").unwrap();
        let kept = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&kept);
        let count = move |event: InstrumentationEvent<'_>| {
            if matches!(event, InstrumentationEvent::CacheQuery { .. }) {
                counter.fetch_add(1, Ordering::Relaxed);
            }
        };
        conn.set_instrumentation(Box::new(count) as Box<dyn Instrumentation>);
        (conn, kept)
    }

    #[test]
    fn an_update_is_kept_though_diesel_would_not_keep_it() {
        let (mut conn, kept) = connection();
        for taken in 1..=3 {
            let take = || diesel::update(goods::table.find(1)).set(goods::left.eq(goods::left - taken));
            assert_eq!(prepared(take()).execute(&mut conn), Ok(1));
            assert_eq!(take().execute(&mut conn), Ok(1));
        }
        assert_eq!(kept.load(Ordering::Relaxed), 1, "once, and only the one that is to be kept");
        assert_eq!(goods::table.find(1).select(goods::left).first(&mut conn), Ok(10 - 12));
    }

    #[test]
    fn each_length_of_a_list_is_kept_and_none_is_taken_for_another() {
        let (mut conn, kept) = connection();
        let mut left = |ids: &[i32]| -> Vec<i32> {
            let query = goods::table.filter(goods::id.eq_any(ids.to_vec())).order(goods::id).select(goods::left);
            prepared(query).load(&mut conn).unwrap()
        };
        assert_eq!(left(&[1]), [10]);
        assert_eq!(left(&[3, 2]), [20, 30]);
        assert_eq!(left(&[2]), [20]);
        assert_eq!(left(&[1, 2]), [10, 20]);
        assert_eq!(left(&[]), [0_i32; 0]);
        assert_eq!(kept.load(Ordering::Relaxed), 3);
    }
}
