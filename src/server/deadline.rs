//! The response timeout. It starts when the body has been read, because bodies have a timeout of their own.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::body::MessageBody;
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::error::PayloadError;
use actix_web::middleware::Next;
use actix_web::web::{Bytes, Data};
use actix_web::{Error, HttpMessage};
use futures_util::Stream;
use tokio::sync::oneshot;

use crate::web::{Code, Problem};

/// How long the response to a completely received request may take.
#[derive(Debug, Clone, Copy)]
pub struct ResponseTimeout(pub Duration);

/// A body that drops its sender when it has been read or is dropped.
struct WatchedBody {
    body: Payload,
    unread: Option<oneshot::Sender<()>>,
}

impl Stream for WatchedBody {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let next = Pin::new(&mut self.body).poll_next(context);
        if matches!(next, Poll::Ready(None | Some(Err(_)))) {
            self.unread = None;
        }
        next
    }
}

/// The timeout middleware: 503 when the response takes too long.
pub async fn limit_response_time<B: MessageBody + 'static>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let Some(ResponseTimeout(limit)) = request.app_data::<Data<ResponseTimeout>>().map(|limit| ***limit) else {
        return next.call(request).await;
    };
    let body = request.take_payload();
    let arrived = if matches!(body, Payload::None) {
        None
    } else {
        let (unread, arrived) = oneshot::channel();
        request.set_payload(Payload::Stream { payload: Box::pin(WatchedBody { body, unread: Some(unread) }) });
        Some(arrived)
    };
    let timed_out = async {
        if let Some(arrived) = arrived {
            // Nothing is ever sent: the channel closes when the body has been read.
            let _ = arrived.await;
        }
        tokio::time::sleep(limit).await;
    };
    tokio::select! {
        response = next.call(request) => response,
        () = timed_out => Err(Problem::new(Code::Unavailable).retry_after(5).because("no answer in time").into()),
    }
}
