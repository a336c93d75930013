//! Graceful shutdown.

use std::time::Duration;

use actix_web::dev::ServerHandle;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::web::shutdown::ShutdownFlag;

/// The exit code after a second signal.
const FORCED_EXIT_CODE: i32 = 130;

struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    async fn recv(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => (),
            _ = self.interrupt.recv() => (),
        }
    }
}

/// Waits for SIGTERM or SIGINT; then reports not ready, accepts requests for the draining time, lets running ones
/// finish, and stops. A second signal exits immediately.
pub async fn stop_on_signal(handle: ServerHandle, shutdown: ShutdownFlag, drain: Duration) -> std::io::Result<()> {
    let mut signals =
        Signals { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? };
    signals.recv().await;
    shutdown.begin();
    tracing::info!(seconds = drain.as_secs(), "stopping: no longer ready, still answering");
    tokio::select! {
        () = tokio::time::sleep(drain) => (),
        () = signals.recv() => force_exit(),
    }
    tracing::info!("stopping: finishing what runs");
    tokio::select! {
        () = handle.stop(true) => Ok(()),
        () = signals.recv() => force_exit(),
    }
}

fn force_exit() -> ! {
    tracing::warn!("second signal: exiting now");
    std::process::exit(FORCED_EXIT_CODE)
}
