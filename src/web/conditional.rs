//! Optimistic concurrency: edits name the version they change, in `If-Match`.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::IF_MATCH;
use actix_web::{FromRequest, HttpRequest};

use utoipa::openapi::Required;

use super::describe::{DescribeOperation, Description};
use super::problem::{Code, Problem};

/// The version of `If-Match`: `"7-hash"`, `W/"7-hash"` or bare `"7"`. Edits require it, a `version-required` problem
/// without; transitions take an `IfMatch<Option<i64>>`, which is checked only when it was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IfMatch<V = i64>(pub V);

/// The object has changed since the caller read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the version is stale, the current one is {current}")]
pub struct StaleVersion {
    /// The current version.
    pub current: i64,
}

impl IfMatch {
    fn of(request: &HttpRequest) -> Result<Option<i64>, Problem> {
        let Some(header) = request.headers().get(IF_MATCH) else { return Ok(None) };
        let version = header.to_str().ok().and_then(IfMatch::parse);
        version.map(Some).ok_or_else(|| Problem::new(Code::HeaderInvalid).with("header", "If-Match"))
    }

    fn parse(header: &str) -> Option<i64> {
        let tag = header.trim().trim_start_matches("W/").trim_matches('"');
        tag.split('-').next()?.parse().ok()
    }
}

impl StaleVersion {
    /// `Ok` when `expected_version` is `None` or the current version.
    pub fn check(expected_version: Option<i64>, current: i64) -> Result<(), StaleVersion> {
        match expected_version {
            Some(expected_version) if expected_version != current => Err(StaleVersion { current }),
            _ => Ok(()),
        }
    }

    /// `Ok` when this version was saved; otherwise another edit was faster.
    pub fn check_saved(is_saved: bool, current: i64) -> Result<(), StaleVersion> {
        if is_saved { Ok(()) } else { Err(StaleVersion { current }) }
    }
}

impl From<StaleVersion> for Problem {
    fn from(stale: StaleVersion) -> Self {
        Problem::new(Code::VersionStale).with("current_version", stale.current)
    }
}

impl FromRequest for IfMatch {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let version = IfMatch::of(request);
        ready(version.and_then(|version| version.map(IfMatch).ok_or_else(|| Problem::new(Code::VersionRequired))))
    }
}

impl FromRequest for IfMatch<Option<i64>> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(IfMatch::of(request).map(IfMatch))
    }
}

impl DescribeOperation for IfMatch {
    fn describe(description: &mut Description) {
        description.add_header("If-Match", Required::True);
    }
}

impl DescribeOperation for IfMatch<Option<i64>> {
    fn describe(description: &mut Description) {
        description.add_header("If-Match", Required::False);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_version_part_counts() {
        for header in ["\"7-9f2b\"", "W/\"7-9f2b\"", "\"7\"", "7", " \"7-9f2b-br\" "] {
            assert_eq!(IfMatch::parse(header), Some(7), "{header}");
        }
        assert_eq!(IfMatch::parse("*"), None);
        assert_eq!(IfMatch::parse("\"x\""), None);
    }
}
