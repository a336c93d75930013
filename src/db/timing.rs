//! How long a request waited for the database, told in its `Server-Timing`.

use std::cell::Cell;
use std::time::{Duration, Instant as Stopwatch};

tokio::task_local! {
    static SPENT: Cell<Duration>;
}

/// Runs the future and tells how long it waited for the database in all.
pub async fn measured<F: Future>(work: F) -> (F::Output, Duration) {
    SPENT
        .scope(Cell::new(Duration::ZERO), async {
            let output = work.await;
            (output, SPENT.with(Cell::get))
        })
        .await
}

/// Adds the time that this future takes.
pub(super) async fn counted<F: Future>(door: &'static str, work: F) -> F::Output {
    let begun = Stopwatch::now();
    let output = work.await;
    let elapsed = begun.elapsed();
    let _ = SPENT.try_with(|spent| spent.set(spent.get().saturating_add(elapsed)));
    metrics::histogram!("db_seconds", "door" => door).record(elapsed);
    output
}
