//! Answers: JSON made once, inside the transaction that it tells of.

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, LOCATION};
use actix_web::{HttpRequest, HttpResponse, Responder};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::kernel::hex;
use crate::kernel::ids::{Id, SubjectId};

/// An answer with its body already written, so that it can be stored beside its effect and sent again, byte-equal. What
/// it says is for its caller alone and never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiResponse {
    pub(super) status: u16,
    pub(super) headers: ResponseHeaders,
    pub(super) body: Vec<u8>,
    /// What it tells of, if it may name people for whose sake it is forgotten.
    pub(super) subject: Option<SubjectId>,
}

/// The headers that belong to an answer itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ResponseHeaders {
    pub(super) content_type: Option<String>,
    pub(super) location: Option<String>,
    pub(super) etag: Option<String>,
    pub(super) cache_control: Option<String>,
    pub(super) link: Option<String>,
    pub(super) disposition: Option<String>,
    #[serde(default, skip)]
    pub(super) replayed: bool,
}

impl std::fmt::Debug for ApiResponse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = f.debug_struct("Answer");
        shown.field("status", &self.status).field("bytes", &self.body.len()).finish_non_exhaustive()
    }
}

impl ApiResponse {
    fn json<T: Serialize + ?Sized>(status: StatusCode, value: &T) -> Self {
        // Views of this crate always serialise; an empty body would fail every contract test at once.
        let body = serde_json::to_vec(value).unwrap_or_default();
        ApiResponse::raw(status, "application/json", body)
    }

    /// An answer with these bytes.
    pub fn raw(status: StatusCode, content_type: &str, body: Vec<u8>) -> Self {
        let headers = ResponseHeaders { content_type: Some(content_type.to_owned()), ..ResponseHeaders::default() };
        ApiResponse { status: status.as_u16(), headers, body, subject: None }
    }

    /// 200 with this document.
    pub fn ok<T: Serialize + ?Sized>(value: &T) -> Self {
        ApiResponse::json(StatusCode::OK, value)
    }

    /// 201 with this document and the path where it lives from now on.
    pub fn created<T: Serialize + ?Sized>(location: impl Into<String>, value: &T) -> Self {
        let mut answer = ApiResponse::json(StatusCode::CREATED, value);
        answer.headers.location = Some(location.into());
        answer
    }

    /// 202 with this document: it will be seen to.
    pub fn accepted<T: Serialize + ?Sized>(value: &T) -> Self {
        ApiResponse::json(StatusCode::ACCEPTED, value)
    }

    /// 204.
    pub fn no_content() -> Self {
        ApiResponse { status: 204, headers: ResponseHeaders::default(), body: Vec::new(), subject: None }
    }

    /// A comma-separated table, offered as a file of this name.
    pub fn csv(name: &str, table: Vec<u8>) -> Self {
        ApiResponse::file(&format!("{name}.csv"), "text/csv; charset=utf-8", table)
    }

    /// A spreadsheet, offered as a file of this name.
    pub fn xlsx(name: &str, book: Vec<u8>) -> Self {
        let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
        ApiResponse::file(&format!("{name}.xlsx"), kind, book)
    }

    fn file(name: &str, content_type: &str, bytes: Vec<u8>) -> Self {
        let mut answer = ApiResponse::raw(StatusCode::OK, content_type, bytes);
        answer.headers.disposition = Some(format!("attachment; filename=\"{name}\""));
        answer
    }

    /// About this order, account or membership: what is kept of the answer is forgotten with the person that it names.
    #[must_use]
    pub fn about_subject(mut self, subject: impl Id) -> Self {
        self.subject = Some(SubjectId::from_uuid(subject.uuid()));
        self
    }

    /// With the entity tag of an object at this version: `"{version}-{hash of the body}"`.
    #[must_use]
    pub fn version(mut self, version: i64) -> Self {
        self.headers.etag = Some(format!("\"{version}-{}\"", self.body_hash()));
        self
    }

    /// With an entity tag for a list or document that has no version of its own.
    #[must_use]
    pub fn tagged(mut self) -> Self {
        self.headers.etag = Some(format!("\"{}\"", self.body_hash()));
        self
    }

    /// May be kept by anyone for a minute: the public catalogue.
    #[must_use]
    pub fn public(mut self) -> Self {
        self.headers.cache_control = Some("public, max-age=60, stale-while-revalidate=300".into());
        self
    }

    /// May be kept for good: its name changes when its content does.
    #[must_use]
    pub fn immutable(mut self) -> Self {
        self.headers.cache_control = Some("public, max-age=31536000, immutable".into());
        self
    }

    /// Must not be kept by anyone: answers that bear secrets.
    #[must_use]
    pub fn no_store(mut self) -> Self {
        self.headers.cache_control = Some("no-store".into());
        self
    }

    /// With a `Link` header, which lists use for their next page.
    #[must_use]
    pub fn link(mut self, link: String) -> Self {
        self.headers.link = Some(link);
        self
    }

    /// With one more member at the end of its document: what may be told but not be kept beside the effect.
    #[must_use]
    pub fn with_member<T: Serialize + ?Sized>(mut self, name: &str, value: &T) -> Self {
        if self.body.pop_if(|last| *last == b'}').is_some() {
            self.body.extend(format!(",\"{name}\":").bytes());
            self.body.extend(serde_json::to_vec(value).unwrap_or_default());
            self.body.push(b'}');
        }
        self
    }

    /// With another path where what was created lives; an answer without one stays without.
    #[must_use]
    pub fn with_location(mut self, location: String) -> Self {
        self.headers.location = self.headers.location.map(|_| location);
        self
    }

    /// With the paths that it names, in `url`s and where it lives, under another beginning: what is kept for a replay
    /// names no secret, what leaves may.
    #[must_use]
    pub fn rebase_urls(mut self, kept: &str, told: &str) -> Self {
        let moved = |path: String| path.strip_prefix(kept).map(|rest| format!("{told}{rest}")).unwrap_or(path);
        self.headers.location = self.headers.location.map(moved);
        // Quotation marks in what people wrote are escaped, so that this is found where a member is and nowhere else.
        if let Ok(text) = std::str::from_utf8(&self.body) {
            self.body = text.replace(&format!("\"url\":\"{kept}"), &format!("\"url\":\"{told}")).into_bytes();
        }
        self
    }

    /// What its document tells, read as far as this type goes.
    pub fn parse<T: serde::de::DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_slice(&self.body).ok()
    }

    /// The status.
    pub fn status(&self) -> u16 {
        self.status
    }

    fn body_hash(&self) -> String {
        hex(Sha256::digest(&self.body).iter().take(8))
    }

    /// The HTTP response.
    pub fn into_response(self) -> HttpResponse {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = HttpResponse::build(status);
        let cache = self.headers.cache_control.unwrap_or_else(|| "private, no-cache".into());
        response.insert_header((CACHE_CONTROL, cache));
        let named = [
            (CONTENT_TYPE, self.headers.content_type),
            (LOCATION, self.headers.location),
            (ETAG, self.headers.etag),
            (actix_web::http::header::LINK, self.headers.link),
            (actix_web::http::header::CONTENT_DISPOSITION, self.headers.disposition),
        ];
        for (name, value) in named {
            if let Some(value) = value {
                response.insert_header((name, value));
            }
        }
        if self.headers.replayed {
            response.insert_header(("Idempotency-Replayed", "true"));
        }
        response.body(self.body)
    }
}

impl Responder for ApiResponse {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        self.into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_that_is_printed_tells_nothing_of_what_it_says() {
        let printed = format!("{:?}", ApiResponse::created("/canary", &"canary"));
        assert_eq!(printed, "Answer { status: 201, bytes: 8, .. }");
    }
}
