//! Stopping without cutting anybody off.

use std::time::Duration;

use actix_web::dev::ServerHandle;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::web::shutdown::Stopping;

/// What ends the process when it is told to stop a second time.
const EXIT_NOW: i32 = 130;

struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    async fn any(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => (),
            _ = self.interrupt.recv() => (),
        }
    }
}

/// Waits for SIGTERM or SIGINT; then says at once that it is not ready, keeps taking requests for the draining time,
/// lets running ones finish, and stops. A second signal ends the process at once.
pub async fn stop_when_told(handle: ServerHandle, stopping: Stopping, drain: Duration) -> std::io::Result<()> {
    let mut signals =
        Signals { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? };
    signals.any().await;
    stopping.begin();
    tracing::info!(seconds = drain.as_secs(), "stopping: no longer ready, still answering");
    tokio::select! {
        () = tokio::time::sleep(drain) => (),
        () = signals.any() => exit_now(),
    }
    tracing::info!("stopping: finishing what runs");
    tokio::select! {
        () = handle.stop(true) => Ok(()),
        () = signals.any() => exit_now(),
    }
}

fn exit_now() -> ! {
    tracing::warn!("told to stop twice: ending now");
    std::process::exit(EXIT_NOW)
}
