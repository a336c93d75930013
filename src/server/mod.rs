//! The HTTP server: the routes of all slices and the middleware around them.

mod compression;
pub mod cors;
pub mod deadline;
mod docs_pages;
pub mod health;
pub mod home_page;
mod meta;
pub mod metrics;
pub mod openapi;
pub mod response_cache;
pub mod shutdown;
pub mod starting;
pub mod state;
mod store;

use std::any::Any;
use std::net::TcpListener;
use std::time::Duration;

use actix_web::http::KeepAlive;
use actix_web::middleware::{Compress, from_fn};
use actix_web::{App, HttpServer, web};

use crate::app::Application;
use crate::web::middleware::finalize;
use crate::web::{Code, Problem, Routes};
use crate::{
    accounts, bank, cash, catalogue, consignment, contracts, cooperatives, costs, integrity, ledger, market_days,
    orders, outlook, payments, payouts, profile, requests, sales, standing_orders, supply,
};

/// The routes of all slices.
pub fn routes() -> Routes {
    // The most requested first: the router matches in order. `/v1/products/compact` comes before `/v1/products/{id}`.
    supply::routes()
        .and(catalogue::routes())
        .and(ledger::routes())
        .and(payouts::routes())
        .and(costs::routes())
        .and(integrity::routes())
        .and(orders::routes())
        .and(payments::routes())
        .and(cash::routes())
        .and(bank::routes())
        .and(market_days::routes())
        .and(outlook::routes())
        .and(standing_orders::routes())
        .and(requests::routes())
        .and(contracts::routes())
        .and(consignment::routes())
        .and(sales::routes())
        .and(cooperatives::routes())
        .and(accounts::routes())
        .and(profile::routes())
        .and(health::routes())
        .and(meta::routes())
        .and(openapi::document_routes())
}

/// Starts the server on this listener.
pub fn serve(
    application: &Application,
    listener: TcpListener,
    workers: usize,
) -> std::io::Result<actix_web::dev::Server> {
    let application = application.clone();
    let settings = application.service_state.settings.clone();
    let write_timeout = Duration::from_secs(settings.stalled_seconds);
    Ok(HttpServer::new(move || {
        // The last one is the outermost.
        App::new()
            .wrap(from_fn(deadline::limit_response_time))
            .wrap(from_fn(compression::skip_compression))
            .wrap(Compress::default())
            .wrap(from_fn(response_cache::cache_responses))
            .wrap(from_fn(finalize))
            .wrap(from_fn(cors::apply_cors))
            .wrap(from_fn(metrics::record_request))
            .configure(|config| application.configure(config))
            .configure(|config| routes().configure(config))
            .configure(accounts::pages)
            .configure(home_page::configure)
            .configure(docs_pages::configure)
            .default_service(web::to(|| async { Err::<String, _>(Problem::new(Code::NotFound)) }))
    })
    .workers(workers)
    .max_connections(settings.connections)
    .keep_alive(KeepAlive::Timeout(Duration::from_secs(settings.keep_alive_seconds)))
    .client_request_timeout(Duration::from_secs(settings.header_seconds))
    .client_disconnect_timeout(Duration::from_secs(5))
    .shutdown_timeout(settings.finish_seconds)
    .on_connect(move |connection, _| set_write_timeout(connection, write_timeout))
    .disable_signals()
    .listen(listener)?
    .run())
}

/// Sets TCP_USER_TIMEOUT: the kernel closes the connection when data stays unacknowledged, or the receive window stays
/// closed, for this long.
fn set_write_timeout(connection: &dyn Any, timeout: Duration) {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    if let Some(stream) = connection.downcast_ref::<actix_web::rt::net::TcpStream>()
        && let Err(error) = socket2::SockRef::from(stream).set_tcp_user_timeout(Some(timeout))
    {
        tracing::debug!(%error, "a connection has no deadline for stalled readers");
    }
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    let _ = (connection, timeout);
}
