//! API responses, rendered inside the transaction that they describe.

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, LOCATION};
use actix_web::{HttpRequest, HttpResponse, Responder};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::kernel::hex;
use crate::kernel::ids::{Id, SubjectId};

/// A response with a rendered body, so that it can be stored with its effect and replayed byte for byte. `Debug` does
/// not print the body, which is for the caller alone.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiResponse {
    pub(super) status: u16,
    pub(super) headers: ResponseHeaders,
    pub(super) body: Vec<u8>,
    /// Whose stored response must be erased with a person's data, if it may contain personal data.
    pub(super) subject: Option<SubjectId>,
}

/// The headers that are stored with a response.
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
        let mut shown = f.debug_struct("ApiResponse");
        shown.field("status", &self.status).field("bytes", &self.body.len()).finish_non_exhaustive()
    }
}

impl ApiResponse {
    fn json<T: Serialize + ?Sized>(status: StatusCode, value: &T) -> Self {
        // Views of this crate always serialize; an empty body would fail the contract tests.
        let body = serde_json::to_vec(value).unwrap_or_default();
        ApiResponse::raw(status, "application/json", body)
    }

    /// A response with this body.
    pub fn raw(status: StatusCode, content_type: &str, body: Vec<u8>) -> Self {
        let headers = ResponseHeaders { content_type: Some(content_type.to_owned()), ..ResponseHeaders::default() };
        ApiResponse { status: status.as_u16(), headers, body, subject: None }
    }

    /// 200 with this document.
    pub fn ok<T: Serialize + ?Sized>(value: &T) -> Self {
        ApiResponse::json(StatusCode::OK, value)
    }

    /// 201 with this document, and `Location`.
    pub fn created<T: Serialize + ?Sized>(location: impl Into<String>, value: &T) -> Self {
        let mut response = ApiResponse::json(StatusCode::CREATED, value);
        response.headers.location = Some(location.into());
        response
    }

    /// 202 with this document: it will be processed later.
    pub fn accepted<T: Serialize + ?Sized>(value: &T) -> Self {
        ApiResponse::json(StatusCode::ACCEPTED, value)
    }

    /// 204.
    pub fn no_content() -> Self {
        ApiResponse { status: 204, headers: ResponseHeaders::default(), body: Vec::new(), subject: None }
    }

    /// A CSV file; `name` is without extension.
    pub fn csv(name: &str, table: Vec<u8>) -> Self {
        ApiResponse::file(&format!("{name}.csv"), "text/csv; charset=utf-8", table)
    }

    /// An XLSX file; `name` is without extension.
    pub fn xlsx(name: &str, book: Vec<u8>) -> Self {
        let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
        ApiResponse::file(&format!("{name}.xlsx"), kind, book)
    }

    fn file(name: &str, content_type: &str, bytes: Vec<u8>) -> Self {
        let mut response = ApiResponse::raw(StatusCode::OK, content_type, bytes);
        response.headers.disposition = Some(format!("attachment; filename=\"{name}\""));
        response
    }

    /// Names the order, account or membership that the response is about: the stored response is erased with the
    /// person's data.
    #[must_use]
    pub fn about_subject(mut self, subject: impl Id) -> Self {
        self.subject = Some(SubjectId::from_uuid(subject.uuid()));
        self
    }

    /// Sets the entity tag of a versioned object: `"{version}-{hash of the body}"`.
    #[must_use]
    pub fn with_version(mut self, version: i64) -> Self {
        self.headers.etag = Some(format!("\"{version}-{}\"", self.body_hash()));
        self
    }

    /// Sets an entity tag from the body's hash, for lists and documents without a version.
    #[must_use]
    pub fn with_etag(mut self) -> Self {
        self.headers.etag = Some(format!("\"{}\"", self.body_hash()));
        self
    }

    /// Lets shared caches store it for a minute: the public catalogue.
    #[must_use]
    pub fn public(mut self) -> Self {
        self.headers.cache_control = Some("public, max-age=60, stale-while-revalidate=300".into());
        self
    }

    /// Lets shared caches store it forever: its URL changes with its content.
    #[must_use]
    pub fn immutable(mut self) -> Self {
        self.headers.cache_control = Some("public, max-age=31536000, immutable".into());
        self
    }

    /// Forbids caching: responses with secrets.
    #[must_use]
    pub fn no_store(mut self) -> Self {
        self.headers.cache_control = Some("no-store".into());
        self
    }

    /// Sets the `Link` header, which lists use for their next page.
    #[must_use]
    pub fn with_link(mut self, link: String) -> Self {
        self.headers.link = Some(link);
        self
    }

    /// Appends a member to the JSON object: a secret that may be sent but not stored.
    #[must_use]
    pub fn with_member<T: Serialize + ?Sized>(mut self, name: &str, value: &T) -> Self {
        if self.body.pop_if(|last| *last == b'}').is_some() {
            self.body.extend(format!(",\"{name}\":").bytes());
            self.body.extend(serde_json::to_vec(value).unwrap_or_default());
            self.body.push(b'}');
        }
        self
    }

    /// Replaces `Location`, if it is set.
    #[must_use]
    pub fn with_location(mut self, location: String) -> Self {
        self.headers.location = self.headers.location.map(|_| location);
        self
    }

    /// Replaces the prefix of the paths in `Location` and in every `url` member: the stored response contains no secret
    /// path, the sent one may.
    #[must_use]
    pub fn rebase_urls(mut self, stored_prefix: &str, sent_prefix: &str) -> Self {
        let rebase =
            |path: String| path.strip_prefix(stored_prefix).map(|rest| format!("{sent_prefix}{rest}")).unwrap_or(path);
        self.headers.location = self.headers.location.map(rebase);
        // Quotation marks inside JSON strings are escaped, so that this matches members only.
        if let Ok(text) = std::str::from_utf8(&self.body) {
            let (stored, sent) = (format!("\"url\":\"{stored_prefix}"), format!("\"url\":\"{sent_prefix}"));
            self.body = text.replace(&stored, &sent).into_bytes();
        }
        self
    }

    /// Parses the body; `None` when it is not of this type.
    pub fn parse<T: serde::de::DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_slice(&self.body).ok()
    }

    /// The HTTP status.
    pub fn status(&self) -> u16 {
        self.status
    }

    fn body_hash(&self) -> String {
        hex(Sha256::digest(&self.body).iter().take(8))
    }

    /// Converts into an actix-web response.
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
    fn debug_output_does_not_contain_the_body() {
        let printed = format!("{:?}", ApiResponse::created("/canary", &"canary"));
        assert_eq!(printed, "ApiResponse { status: 201, bytes: 8, .. }");
    }
}
