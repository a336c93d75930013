//! Answers too long to be held in memory: written piece by piece, as fast as they are read.

use std::future::Future;

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use actix_web::web::Bytes;
use futures_util::stream::{self, StreamExt};

use super::problem::Problem;

/// A JSON document for the caller alone that nobody may keep: its first piece, and each next one by what the piece
/// before left to be told. A piece that fails ends the connection, so that nobody takes half a document for the whole.
pub fn private_document<S, F, P>(first: Vec<u8>, rest: Option<S>, next: F) -> HttpResponse
where
    S: 'static,
    F: Fn(S) -> P + 'static,
    P: Future<Output = Result<(Vec<u8>, Option<S>), Problem>> + 'static,
{
    let pieces = stream::unfold((rest, next), |(rest, next)| async move {
        match next(rest?).await {
            Ok((piece, rest)) => Some((Ok(Bytes::from(piece)), (rest, next))),
            Err(problem) => Some((Err(problem), (None, next))),
        }
    });
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "application/json"))
        .insert_header((CACHE_CONTROL, "no-store"))
        .streaming(stream::once(async { Ok::<_, Problem>(Bytes::from(first)) }).chain(pieces))
}
