//! Problems: what went wrong, in the caller's language, as RFC 9457 wants it.

mod codes;

use std::error::Error as StdError;

use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderMap, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;
use serde_json::{Map, Value};

use super::html::{self, Reader};
use super::validation::FieldErrors;
use crate::db;
use crate::kernel::Language;

pub use codes::Code;

/// The media type of problems.
pub(super) const PROBLEM: &str = "application/problem+json";
/// What a person reads whose browser opened a link.
const PAGE: &str = "<p>{{ detail }}</p><p><small>{{ code }} · {{ request_id }}</small></p>";

/// A problem on its way to the caller. It is put into words last, by the middleware that knows the request's
/// language and id; its cause goes to the log and never to the caller.
#[derive(Debug)]
pub struct Problem {
    code: Code,
    extras: Map<String, Value>,
    errors: FieldErrors,
    retry_after: Option<u32>,
    cause: Option<Box<dyn StdError + Send + Sync>>,
}

/// A problem as the caller reads it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ProblemDocument {
    /// A page that explains the code.
    #[serde(rename = "type")]
    #[schema(max_length = 200, example = "/docs/problems/sold-out")]
    pub type_: String,
    /// What happened, in a few words.
    #[schema(max_length = 200, example = "Stok tidak cukup")]
    pub title: String,
    /// The HTTP status.
    #[schema(minimum = 400, maximum = 599, example = 409)]
    pub status: u16,
    /// What happened and what to do, in the caller's language.
    #[schema(max_length = 1000, example = "Stok tidak cukup, sisa 12.")]
    pub detail: String,
    /// The stable code, for programs.
    #[schema(max_length = 60, example = "sold-out")]
    pub code: String,
    /// The request's id, for asking about it.
    #[schema(max_length = 64)]
    pub request_id: String,
    /// What is wrong in the body, by JSON pointer.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 200)]
    pub errors: Vec<FaultDocument>,
    /// More, by code: `available`, `retry_after`, `quote`…
    #[serde(flatten)]
    #[schema(value_type = Object)]
    pub extras: Map<String, Value>,
}

/// One fault in a body, as the caller reads it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct FaultDocument {
    /// Where, as a JSON pointer.
    #[schema(max_length = 200, example = "/lines/0/quantity")]
    pub pointer: String,
    /// The stable code.
    #[schema(max_length = 60, example = "off-step")]
    pub code: String,
    /// In the caller's language.
    #[schema(max_length = 400)]
    pub detail: String,
}

impl Problem {
    /// A problem by its code.
    pub fn new(code: Code) -> Self {
        Problem { code, extras: Map::new(), errors: FieldErrors::default(), retry_after: None, cause: None }
    }

    /// With a typed extra, which the sentence of the code may name in braces.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Serialize) -> Self {
        // `status` is the HTTP status of the document; where an object stands is told as `state`.
        let name = if name == "status" { "state" } else { name };
        self.extras.insert(name.to_owned(), serde_json::to_value(value).unwrap_or(Value::Null));
        self
    }

    /// With faults by place.
    #[must_use]
    pub fn with_faults(mut self, errors: FieldErrors) -> Self {
        self.errors = errors;
        self
    }

    /// With the seconds after which another try makes sense.
    #[must_use]
    pub fn retry_after(mut self, seconds: u32) -> Self {
        self.retry_after = Some(seconds);
        self.with("retry_after", seconds)
    }

    /// With what really happened, for the log only.
    #[must_use]
    pub fn because(mut self, cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    /// A fault nobody foresaw.
    pub fn internal(cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Problem::new(Code::Internal).because(cause)
    }

    /// Absent, or not the caller's to know of: the same answer.
    pub fn not_found() -> Self {
        Problem::new(Code::NotFound)
    }

    /// Its code.
    pub fn code(&self) -> Code {
        self.code
    }

    /// What really happened, for the log.
    pub fn cause(&self) -> Option<&(dyn StdError + Send + Sync)> {
        self.cause.as_deref()
    }

    /// The document the caller reads.
    pub fn document(&self, language: Language, request_id: &str) -> ProblemDocument {
        ProblemDocument {
            type_: format!("/docs/problems/{}", self.code.as_str()),
            title: self.code.title(language).to_owned(),
            status: self.code.status().as_u16(),
            detail: fill(self.code.detail(language), &self.extras),
            code: self.code.as_str().to_owned(),
            request_id: request_id.to_owned(),
            errors: self.errors.documents(language),
            extras: self.extras.clone(),
        }
    }

    /// The whole response in this language. Handlers return the problem instead; the middleware calls this.
    pub fn respond(&self, reader: Reader, language: Language, request_id: &str) -> HttpResponse {
        let document = self.document(language, request_id);
        let page = match reader {
            Reader::Program => None,
            Reader::Person => html::page(self.code.status(), language, &document.title, PAGE, &document).ok(),
        };
        let mut response = match page {
            Some(page) => page.into_response(),
            None => HttpResponse::build(self.code.status())
                .content_type(PROBLEM)
                .body(serde_json::to_vec(&document).unwrap_or_default()),
        };
        self.mark(response.headers_mut());
        response
    }

    fn mark(&self, headers: &mut HeaderMap) {
        if let Some(seconds) = self.retry_after {
            headers.insert(RETRY_AFTER, seconds.into());
        }
        if self.code.status() == StatusCode::UNAUTHORIZED {
            let error = if self.code == Code::TokenInvalid {
                r#"Bearer realm="lumbung", error="invalid_token""#
            } else {
                r#"Bearer realm="lumbung""#
            };
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static(error));
        }
    }
}

/// Puts the extras into the braces of a sentence.
fn fill(sentence: &str, extras: &Map<String, Value>) -> String {
    let mut filled = sentence.to_owned();
    for (name, value) in extras {
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            _ => continue,
        };
        filled = filled.replace(&format!("{{{name}}}"), &text);
    }
    filled
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code.as_str())
    }
}

impl StdError for Problem {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.cause.as_deref().map(|cause| cause as &(dyn StdError + 'static))
    }
}

impl From<db::Error> for Problem {
    fn from(error: db::Error) -> Self {
        let code = match &error {
            // Ids that the server makes are never taken: a client brought this one.
            taken if db::is_taken_id(taken) => Code::IdTaken,
            db::Error::StorageFull(_) => Code::StorageFull,
            db::Error::Lost(_) | db::Error::Connect(_) | db::Error::Pool(_) | db::Error::Busy | db::Error::Stopped => {
                return Problem::new(Code::Unavailable).retry_after(2).because(error);
            }
            _ => Code::Internal,
        };
        Problem::new(code).because(error)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.code.status()
    }

    /// Without a request there is neither language nor id; the middleware puts the problem into words again.
    fn error_response(&self) -> HttpResponse {
        self.respond(Reader::Program, Language::Indonesian, "")
    }
}
