//! The actix service: every slice's routes under one roof.

mod meta;

use actix_web::middleware::from_fn;
use actix_web::{App, HttpServer, web};
use std::net::TcpListener;

use crate::app::Application;
use crate::web::finish::finish;
use crate::web::{Code, Problem, Routes};
use crate::{accounts, catalogue, cooperatives, orders, payments, profile, sales, supply};

/// The routes of all slices.
pub fn routes() -> Routes {
    // Those that are asked for most come first: the router looks in order.
    catalogue::routes()
        .and(supply::routes())
        .and(orders::routes())
        .and(payments::routes())
        .and(sales::routes())
        .and(cooperatives::routes())
        .and(accounts::routes())
        .and(profile::routes())
        .and(meta::routes())
}

/// Serves on this listener until it is told to stop.
pub fn serve(
    application: &Application,
    listener: TcpListener,
    workers: usize,
) -> std::io::Result<actix_web::dev::Server> {
    let application = application.clone();
    Ok(HttpServer::new(move || {
        App::new()
            .wrap(from_fn(finish))
            .configure(|config| application.configure(config))
            .configure(|config| routes().configure(config))
            .default_service(web::to(|| async { Err::<String, _>(Problem::new(Code::NotFound)) }))
    })
    .workers(workers)
    .disable_signals()
    .listen(listener)?
    .run())
}
