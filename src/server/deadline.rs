//! A complete request is answered in time, or told to come back. The clock starts when the body has arrived: bodies
//! have a deadline of their own.

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

/// How long a complete request may take.
#[derive(Debug, Clone, Copy)]
pub struct AnswerWithin(pub Duration);

/// A body that lets go of its sender when it has arrived, or is not wanted any more.
struct Watched {
    body: Payload,
    unread: Option<oneshot::Sender<()>>,
}

impl Stream for Watched {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let next = Pin::new(&mut self.body).poll_next(context);
        if matches!(next, Poll::Ready(None | Some(Err(_)))) {
            self.unread = None;
        }
        next
    }
}

/// Wraps the routes.
pub async fn deadline<B: MessageBody + 'static>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let Some(AnswerWithin(limit)) = request.app_data::<Data<AnswerWithin>>().map(|limit| ***limit) else {
        return next.call(request).await;
    };
    let body = request.take_payload();
    let arrived = if matches!(body, Payload::None) {
        None
    } else {
        let (unread, arrived) = oneshot::channel();
        request.set_payload(Payload::Stream { payload: Box::pin(Watched { body, unread: Some(unread) }) });
        Some(arrived)
    };
    let too_late = async {
        if let Some(arrived) = arrived {
            // Nothing is ever sent: the channel closes when the body is there.
            let _ = arrived.await;
        }
        tokio::time::sleep(limit).await;
    };
    tokio::select! {
        answer = next.call(request) => answer,
        () = too_late => Err(Problem::new(Code::Unavailable).retry_after(5).because("no answer in time").into()),
    }
}
