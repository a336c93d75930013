//! What the extractors of a handler say about its operation in the OpenAPI document: who may call it.

use actix_web::HttpRequest;
use actix_web::web::{Data, Payload};
use utoipa::openapi::path::Operation;
use utoipa::openapi::security::SecurityRequirement;

use super::body::Body;
use super::conditional::IfMatch;
use super::html::Reader;
use super::idempotency::Idempotency;
use super::query::{PathIds, Query};
use super::table::AcceptedFormats;
use crate::kernel::Language;

/// An extractor, or a tuple of them, and what it adds to an operation; most add nothing.
pub trait DescribeOperation {
    /// Adds to the operation.
    fn describe(_: &mut Operation) {}
}

/// The caller must send an access token.
pub fn require_bearer(operation: &mut Operation) {
    operation.security = Some(vec![bearer()]);
}

/// The caller may send an access token; an operation that requires one stays so.
pub fn allow_bearer(operation: &mut Operation) {
    operation.security.get_or_insert_with(|| vec![SecurityRequirement::default(), bearer()]);
}

fn bearer() -> SecurityRequirement {
    SecurityRequirement::new::<_, [&str; 0], &str>("bearer", [])
}

impl<T> DescribeOperation for Data<T> {}
impl<T> DescribeOperation for Option<T> {}
impl<T> DescribeOperation for Body<T> {}
impl<T> DescribeOperation for Query<T> {}
impl<T> DescribeOperation for PathIds<T> {}
impl DescribeOperation for HttpRequest {}
impl DescribeOperation for Payload {}
impl DescribeOperation for Idempotency {}
impl DescribeOperation for IfMatch {}
impl DescribeOperation for Language {}
impl DescribeOperation for Reader {}
impl DescribeOperation for AcceptedFormats {}
impl DescribeOperation for () {}

macro_rules! tuples {
    ($( ( $($name:ident)+ ) )+) => { $(
        impl<$($name: DescribeOperation),+> DescribeOperation for ($($name,)+) {
            fn describe(operation: &mut Operation) {
                $($name::describe(operation);)+
            }
        }
    )+ };
}

tuples! {
    (A) (A B) (A B C) (A B C D) (A B C D E) (A B C D E F) (A B C D E F G) (A B C D E F G H) (A B C D E F G H I)
    (A B C D E F G H I J) (A B C D E F G H I J K) (A B C D E F G H I J K L)
}
