//! Streamed responses, for documents too long to be held in memory.

use std::future::Future;

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use actix_web::web::Bytes;
use futures_util::stream::{self, StreamExt};

use super::problem::Problem;

/// Streams a JSON document with `no-store`: the first chunk, then one chunk for each state that `next` returns.
/// An error closes the connection, so that a truncated document is never taken for a complete one.
pub fn stream_json<S, F, P>(first: Vec<u8>, state: Option<S>, next: F) -> HttpResponse
where
    S: 'static,
    F: Fn(S) -> P + 'static,
    P: Future<Output = Result<(Vec<u8>, Option<S>), Problem>> + 'static,
{
    let chunks = stream::unfold((state, next), |(state, next)| async move {
        match next(state?).await {
            Ok((chunk, state)) => Some((Ok(Bytes::from(chunk)), (state, next))),
            Err(problem) => Some((Err(problem), (None, next))),
        }
    });
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "application/json"))
        .insert_header((CACHE_CONTROL, "no-store"))
        .streaming(stream::once(async { Ok::<_, Problem>(Bytes::from(first)) }).chain(chunks))
}
