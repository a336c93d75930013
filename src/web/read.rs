//! The extractor of operations that read.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};

use super::app_state::AppState;
use super::describe::DescribeOperation;
use super::problem::Problem;
use crate::db::{Conn, Db};
use crate::kernel::Instant;

/// What a read needs of its request: the time and the database.
#[derive(Debug, Clone)]
pub struct Read {
    /// The time of the request.
    pub now: Instant,
    db: Db,
}

impl Read {
    /// Runs `work` on one snapshot, with the time of the request.
    pub async fn run<T, F>(self, work: F) -> Result<T, Problem>
    where
        F: FnOnce(&mut Conn, Instant) -> Result<T, Problem> + Send + 'static,
        T: Send + 'static,
    {
        self.db.read(move |conn| work(conn, self.now)).await
    }
}

impl FromRequest for Read {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(AppState::of(request).map(|state| Read { now: state.now(), db: state.db.clone() }))
    }
}

impl DescribeOperation for Read {}
