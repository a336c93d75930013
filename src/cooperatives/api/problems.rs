//! The problems that kinds of routes share, for the API document.

use std::collections::BTreeMap;

use utoipa::IntoResponses;
use utoipa::openapi::{Content, Ref, RefOr, Response, ResponseBuilder};

fn described(problems: &[(&str, &str)]) -> BTreeMap<String, RefOr<Response>> {
    problems
        .iter()
        .map(|(status, what)| {
            let schema = Ref::from_schema_name("ProblemDocument");
            let content = Content::new(Some(schema));
            let response = ResponseBuilder::new().description(*what).content("application/problem+json", content);
            ((*status).to_owned(), RefOr::T(response.build()))
        })
        .collect()
}

const ALWAYS: [(&str, &str); 7] = [
    ("400", "The query, a header or the body cannot be read."),
    ("401", "The access token is not good, or no longer."),
    ("404", "Absent, or not yours to know of."),
    ("408", "The request took too long to arrive."),
    ("429", "Too many requests."),
    ("500", "A fault of ours."),
    ("503", "Busy; try again in a moment."),
];

/// What may go wrong when reading.
pub(super) struct Reading;

/// What may go wrong when reading what only some may see.
pub(super) struct ReadingInside;

/// What may go wrong when making something or taking a step.
pub(super) struct Making;

/// What may go wrong when editing or removing something that has a version.
pub(super) struct Editing;

impl IntoResponses for Reading {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        described(&ALWAYS)
    }
}

impl IntoResponses for ReadingInside {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let mut problems = ALWAYS.to_vec();
        problems.push(("403", "Your role does not allow this."));
        described(&problems)
    }
}

impl IntoResponses for Making {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let mut problems = ALWAYS.to_vec();
        problems.extend([
            ("403", "Your role does not allow this."),
            ("409", "The state of things does not allow this."),
            ("412", "Someone else has changed this."),
            ("413", "The body is too large."),
            ("415", "The body is no JSON."),
            ("422", "Something in the body needs mending."),
            ("507", "The storage is full."),
        ]);
        described(&problems)
    }
}

impl IntoResponses for Editing {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let mut responses = Making::responses();
        responses.extend(described(&[("428", "If-Match is required.")]));
        responses
    }
}
