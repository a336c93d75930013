//! The actix service: every slice's routes under one roof, and what stands around them.

pub mod contract;
pub mod deadline;
pub mod figures;
pub mod health;
pub mod kept;
mod meta;
pub mod origins;
mod packing;
mod pages;
pub mod stopping;
pub mod surroundings;

use std::any::Any;
use std::net::TcpListener;
use std::time::Duration;

use actix_web::http::KeepAlive;
use actix_web::middleware::{Compress, from_fn};
use actix_web::{App, HttpServer, web};

use crate::app::Application;
use crate::web::finish::finish;
use crate::web::{Code, Problem, Routes};
use crate::{
    accounts, audit, capital, catalogue, cooperatives, costs, ledger, market, orders, payments, profile, sales, supply,
};

/// The routes of all slices.
pub fn routes() -> Routes {
    // Those that are asked for most come first: the router looks in order.
    catalogue::routes()
        .and(supply::routes())
        .and(ledger::routes())
        .and(capital::routes())
        .and(costs::routes())
        .and(audit::routes())
        .and(orders::routes())
        .and(payments::routes())
        .and(market::routes())
        .and(sales::routes())
        .and(cooperatives::routes())
        .and(accounts::routes())
        .and(profile::routes())
        .and(health::routes())
        .and(meta::routes())
        .and(contract::own_routes())
}

/// Serves on this listener until it is told to stop.
pub fn serve(
    application: &Application,
    listener: TcpListener,
    workers: usize,
) -> std::io::Result<actix_web::dev::Server> {
    let application = application.clone();
    let settings = application.surroundings.settings.clone();
    let stalled = Duration::from_secs(settings.stalled_seconds);
    Ok(HttpServer::new(move || {
        // The last one stands outermost.
        App::new()
            .wrap(from_fn(deadline::deadline))
            .wrap(from_fn(packing::choose))
            .wrap(Compress::default())
            .wrap(from_fn(kept::keep))
            .wrap(from_fn(finish))
            .wrap(from_fn(origins::admit))
            .wrap(from_fn(figures::measure))
            .configure(|config| application.configure(config))
            .configure(|config| routes().configure(config))
            .configure(accounts::pages)
            .configure(pages::configure)
            .default_service(web::to(|| async { Err::<String, _>(Problem::new(Code::NotFound)) }))
    })
    .workers(workers)
    .max_connections(settings.connections)
    .keep_alive(KeepAlive::Timeout(Duration::from_secs(settings.keep_alive_seconds)))
    .client_request_timeout(Duration::from_secs(settings.header_seconds))
    .client_disconnect_timeout(Duration::from_secs(5))
    .shutdown_timeout(settings.finish_seconds)
    .on_connect(move |connection, _| cut_off_stalled(connection, stalled))
    .disable_signals()
    .listen(listener)?
    .run())
}

/// A client that takes nothing of its answer is cut off by the kernel: data that stays unacknowledged, or a window
/// that stays shut, for this long ends the connection.
fn cut_off_stalled(connection: &dyn Any, after: Duration) {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    if let Some(stream) = connection.downcast_ref::<actix_web::rt::net::TcpStream>()
        && let Err(error) = socket2::SockRef::from(stream).set_tcp_user_timeout(Some(after))
    {
        tracing::debug!(%error, "a connection has no deadline for stalled readers");
    }
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    let _ = (connection, after);
}
