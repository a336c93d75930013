//! Measures the time that a request waits for the database, for `Server-Timing`.

use std::cell::Cell;
use std::time::{Duration, Instant as Stopwatch};

tokio::task_local! {
    static DB_TIME: Cell<Duration>;
}

/// Runs the future and returns its total database time.
pub async fn measure_db_time<F: Future>(work: F) -> (F::Output, Duration) {
    DB_TIME
        .scope(Cell::new(Duration::ZERO), async {
            let output = work.await;
            (output, DB_TIME.with(Cell::get))
        })
        .await
}

/// Adds the duration of this future to the request's database time.
pub(super) async fn record_db_time<F: Future>(operation: &'static str, work: F) -> F::Output {
    let start = Stopwatch::now();
    let output = work.await;
    let elapsed = start.elapsed();
    let _ = DB_TIME.try_with(|total| total.set(total.get().saturating_add(elapsed)));
    metrics::histogram!("db_seconds", "door" => operation).record(elapsed);
    output
}
