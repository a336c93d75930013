//! How requests about orders are refused, for the API document.

use std::collections::BTreeMap;

use utoipa::openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder};

type Described = BTreeMap<String, RefOr<Response>>;

fn problems(of: &[(&str, &str)]) -> Described {
    of.iter()
        .map(|(status, description)| {
            let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("ProblemDocument"))).build();
            let response =
                ResponseBuilder::new().description(*description).content("application/problem+json", content).build();
            ((*status).to_owned(), RefOr::T(response))
        })
        .collect()
}

/// How reading is refused.
pub struct Reading;

impl utoipa::IntoResponses for Reading {
    fn responses() -> Described {
        problems(&[
            ("400", "`query-invalid`, `cursor-invalid`: an unknown parameter or a cursor of another list"),
            ("401", "`unauthenticated`, `token-invalid`: sign in first"),
            ("403", "`forbidden`: the role does not allow it"),
            ("404", "`not-found`: absent, or not yours"),
            ("429", "`too-many-requests`: come back later"),
            ("503", "`unavailable`: busy, come back in a moment"),
        ])
    }
}

/// How writing is refused.
pub struct Writing;

impl utoipa::IntoResponses for Writing {
    fn responses() -> Described {
        problems(&[
            ("400", "`body-unreadable`, `idempotency-key-required`: unreadable, or without its key"),
            ("401", "`unauthenticated`, `token-invalid`: sign in first"),
            ("403", "`forbidden`: the role does not allow it"),
            ("404", "`not-found`: absent, or not yours"),
            ("408", "`request-timeout`: the body came too slowly"),
            (
                "409",
                "`sold-out` with `available`, `total-changed` with the new `quote`, `cutoff-passed`, `not-on-sale`, \
                 `transition-invalid`, `cancel-too-late`, `undo-too-late`, `id-taken`: state or stock",
            ),
            ("412", "`version-stale`: someone else has changed it"),
            ("413", "`body-too-large`"),
            ("415", "`media-type-unsupported`: send JSON"),
            ("422", "`body-invalid`, `day-past`, `not-made-that-day`, `idempotency-key-reused`: a rule is broken"),
            ("429", "`too-many-requests`: come back later"),
            ("503", "`unavailable`: busy, come back in a moment"),
            ("507", "`storage-full`: nothing can be written just now"),
        ])
    }
}
