//! What answers while the data is still being prepared: the process is live, and nothing is ready.

use std::io;
use std::net::TcpListener;
use std::sync::mpsc;
use std::thread::JoinHandle;

use actix_web::dev::ServerHandle;
use actix_web::http::KeepAlive;
use actix_web::middleware::from_fn;
use actix_web::rt::System;
use actix_web::{App, HttpServer, web};

use super::health;
use crate::web::middleware::finalize;
use crate::web::{Code, Problem, get_or_head};

/// A server in a thread of its own, on a listener that the real server takes over.
#[derive(Debug)]
pub struct StartingServer {
    handle: ServerHandle,
    thread: JoinHandle<io::Result<()>>,
}

impl StartingServer {
    /// Starts to answer on this listener: `/health/live` with 200, everything else with 503.
    pub fn start(listener: &TcpListener) -> io::Result<Self> {
        let listener = listener.try_clone()?;
        let (started, handle) = mpsc::channel();
        let thread = std::thread::Builder::new().name("starting".into()).spawn(move || {
            System::new().block_on(async move {
                let server = HttpServer::new(|| {
                    App::new()
                        .wrap(from_fn(finalize))
                        .route("/health/live", get_or_head().to(health::get_liveness))
                        .default_service(web::to(|| async { Err::<String, _>(not_ready()) }))
                })
                .workers(1)
                // No connection outlives its answer, so that stopping does not wait.
                .keep_alive(KeepAlive::Disabled)
                .disable_signals()
                .listen(listener)?
                .run();
                let _ = started.send(server.handle());
                server.await
            })
        })?;
        match handle.recv() {
            Ok(handle) => Ok(StartingServer { handle, thread }),
            // It ended before it started: its error says why.
            Err(_) => Err(join(thread).err().unwrap_or_else(|| io::Error::other("the server did not start"))),
        }
    }

    /// Finishes running requests and leaves the listener to the real server.
    pub fn stop(self) -> io::Result<()> {
        System::new().block_on(self.handle.stop(true));
        join(self.thread)
    }
}

fn join(thread: JoinHandle<io::Result<()>>) -> io::Result<()> {
    thread.join().unwrap_or_else(|_| Err(io::Error::other("the server panicked")))
}

fn not_ready() -> Problem {
    Problem::new(Code::Unavailable).retry_after(2).with("because", "starting")
}
