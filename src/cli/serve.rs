//! `lumbung serve`: runs the HTTP server until it receives a stop signal.

use std::future::{Future, poll_fn};
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use clap::Args;
use secrecy::ExposeSecret;
use socket2::{Domain, Protocol, Socket, Type};

use super::Failure;
use crate::app::{self, Application};
use crate::config::Config;
use crate::jobs::Worker;
use crate::kernel::{Clock, Entropy};
use crate::server;
use crate::server::shutdown::stop_on_signal;

/// Runs the HTTP server until it receives a stop signal.
#[derive(Debug, Args)]
pub struct Serve {
    /// Overrides the configured port.
    #[arg(long)]
    port: Option<u16>,
}

impl Serve {
    pub(super) fn run(self, mut config: Config) -> Result<(), Failure> {
        if let Some(port) = self.port {
            config.server.port = port;
        }
        // Only this process uses the embedded database, so it migrates it. A shared one is migrated by `lumbung migrate`.
        if config.database.url.expose_secret().starts_with("sqlite:") {
            app::migrate(&config.database)?;
        }
        let application = Application::build(&config, Clock::System, Entropy::System)?;
        run(&config, &application, listen(&config)?, |address| tracing::info!(%address, "listening"))
    }
}

/// Opens the listener of the API.
pub fn listen(config: &Config) -> Result<TcpListener, Failure> {
    open_listener(&config.server.host, config.server.port)
        .map_err(|error| Failure::new(format!("{}:{} cannot be used: {error}", config.server.host, config.server.port)))
}

/// Runs the server on this listener, the job worker and the metrics endpoint until the process receives a stop signal.
/// `ready` is called with the address once the server has started.
pub fn run(
    config: &Config,
    application: &Application,
    listener: TcpListener,
    ready: impl FnOnce(SocketAddr),
) -> Result<(), Failure> {
    server::metrics::install_recorder();
    let metrics_listener = match config.metrics.port {
        0 => None,
        port => Some(open_listener(&config.metrics.host, port).map_err(|error| {
            Failure::new(format!("{}:{port} (metrics) cannot be used: {error}", config.metrics.host))
        })?),
    };
    let address = listener.local_addr()?;
    let workers = match config.server.workers {
        0 => std::thread::available_parallelism().map_or(2, std::num::NonZero::get),
        workers => workers,
    };
    let drain = Duration::from_secs(config.server.drain_seconds);
    let outcome: std::io::Result<()> = actix_web::rt::System::new().block_on(async move {
        let server = server::serve(application, listener, workers)?;
        let shutdown_task =
            actix_web::rt::spawn(stop_on_signal(server.handle(), application.service_state.shutdown.clone(), drain));
        if let Some(listener) = metrics_listener {
            actix_web::rt::spawn(server::metrics::serve(application, listener)?);
        }
        let worker = Worker::start(&application.registry, &application.state.db, &application.state.clock)?;
        let mut server = pin!(server);
        // The first poll starts the workers and logs them, so that what `ready` prints comes after these lines.
        let first_poll = poll_fn(|context| Poll::Ready(server.as_mut().poll(context))).await;
        let outcome = match first_poll {
            Poll::Ready(outcome) => outcome,
            Poll::Pending => {
                ready(address);
                server.await
            }
        };
        if !worker.stop(Duration::from_secs(5)) {
            tracing::warn!("some work was not finished; it is done at the next start");
        }
        shutdown_task.abort();
        outcome
    });
    outcome?;
    tracing::info!("stopped");
    Ok(())
}

/// Opens a listener with a backlog for traffic peaks.
fn open_listener(host: &str, port: u16) -> std::io::Result<TcpListener> {
    let address: IpAddr = host.parse().map_err(std::io::Error::other)?;
    let address = SocketAddr::new(address, port);
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())?;
    socket.listen(1024)?;
    socket.set_nonblocking(true)?;
    Ok(socket.into())
}
