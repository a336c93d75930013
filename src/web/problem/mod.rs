//! Problems: errors in the caller's language, as RFC 9457 documents.

mod codes;
mod rules;

use std::error::Error as StdError;

use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderMap, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;
use serde_json::{Map, Value};

use super::html::{self, Reader};
use super::validation::{FieldError, FieldErrors};
use crate::db;
use crate::kernel::{AmountError, Language};

pub use codes::Code;
pub use rules::Rule;

/// The media type of problems.
pub(super) const PROBLEM: &str = "application/problem+json";
/// The page that a browser gets instead of JSON.
const PAGE: &str = "<p>{{ detail }}</p><p><small>{{ code }} · {{ request_id }}</small></p>";

/// An error on its way to the caller. The response middleware renders it, because it knows the request's language and
/// id; the cause is logged and never sent.
#[derive(Debug)]
pub struct Problem {
    code: Code,
    extras: Map<String, Value>,
    errors: FieldErrors,
    retry_after: Option<u32>,
    cause: Option<Box<dyn StdError + Send + Sync>>,
}

/// An error (RFC 9457).
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ProblemDocument {
    /// A page that explains the code.
    #[serde(rename = "type")]
    #[schema(max_length = 200, example = "/docs/problems/sold-out")]
    pub type_: String,
    /// What happened, in a few words, in the caller's language.
    #[schema(max_length = 200, example = "Stok tidak cukup")]
    pub title: String,
    /// The HTTP status.
    #[schema(minimum = 400, maximum = 599, example = 409)]
    pub status: u16,
    /// What happened and what to do, in the caller's language.
    #[schema(max_length = 1000, example = "Stok tidak cukup, sisa 12.")]
    pub detail: String,
    /// The stable code.
    #[schema(max_length = 60, example = "sold-out")]
    pub code: String,
    /// The id of the request, for support and logs.
    #[schema(max_length = 64)]
    pub request_id: String,
    /// The errors of the body or query, by JSON pointer.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 200)]
    pub errors: Vec<FieldErrorDocument>,
    /// Further members, by code: `available`, `retry_after`, `quote`…
    #[serde(flatten)]
    #[schema(value_type = Object)]
    pub extras: Map<String, Value>,
}

/// An error in one field of a body.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct FieldErrorDocument {
    /// The field, as a JSON pointer.
    #[schema(max_length = 200, example = "/lines/0/quantity")]
    pub pointer: String,
    /// The stable code.
    #[schema(max_length = 60, example = "off-step")]
    pub code: String,
    /// What is wrong, in the caller's language.
    #[schema(max_length = 400)]
    pub detail: String,
    /// The allowed values, where the field has one of a closed list.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 100)]
    pub allowed: Vec<AllowedWord>,
}

/// A word of a closed list.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(max_length = 60, example = "newest")]
pub struct AllowedWord(pub String);

impl Problem {
    /// A problem with this code.
    pub fn new(code: Code) -> Self {
        Problem { code, extras: Map::new(), errors: FieldErrors::default(), retry_after: None, cause: None }
    }

    /// Adds a member, which the sentence of the code may name in braces.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Serialize) -> Self {
        // `status` is the HTTP status of the document; the status of an object is sent as `state`.
        let name = if name == "status" { "state" } else { name };
        self.extras.insert(name.to_owned(), serde_json::to_value(value).unwrap_or(Value::Null));
        self
    }

    /// Sets the field errors.
    #[must_use]
    pub fn with_field_errors(mut self, errors: FieldErrors) -> Self {
        self.errors = errors;
        self
    }

    /// Sets `Retry-After`, in seconds.
    #[must_use]
    pub fn retry_after(mut self, seconds: u32) -> Self {
        self.retry_after = Some(seconds);
        self.with("retry_after", seconds)
    }

    /// Sets the cause, for the log only.
    #[must_use]
    pub fn because(mut self, cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    /// An example of this code with all its members, for the documentation.
    pub fn example(code: Code) -> Self {
        let errors = match code {
            Code::BodyUnreadable => FieldErrors::single("/lines/0/quantity", FieldError::Malformed),
            Code::QueryInvalid => FieldErrors::single("/limit", FieldError::OutOfRange(1, 100)),
            Code::BodyInvalid => FieldErrors::single("/name", FieldError::TooLong(100)),
            _ => FieldErrors::default(),
        };
        let members = code.members().into_iter();
        members
            .fold(Problem::new(code).with_field_errors(errors), |problem, (name, example)| problem.with(name, example))
    }

    /// An unexpected error: 500.
    pub fn internal(cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Problem::new(Code::Internal).because(cause)
    }

    /// 404: the object does not exist, or its existence is hidden from the caller.
    pub fn not_found() -> Self {
        Problem::new(Code::NotFound)
    }

    /// 422: the body breaks rules, field by field.
    pub fn invalid(errors: FieldErrors) -> Self {
        Problem::new(Code::BodyInvalid).with_field_errors(errors)
    }

    /// 422: one field breaks a rule.
    pub fn invalid_field(pointer: &str, error: impl Into<FieldError>) -> Self {
        Problem::invalid(FieldErrors::single(pointer, error))
    }

    /// 400: one parameter of the query breaks a rule.
    pub fn invalid_parameter(pointer: &str, error: impl Into<FieldError>) -> Self {
        Problem::new(Code::QueryInvalid).with_field_errors(FieldErrors::single(pointer, error))
    }

    /// The code.
    pub fn code(&self) -> Code {
        self.code
    }

    /// The cause, for the log.
    pub fn cause(&self) -> Option<&(dyn StdError + Send + Sync)> {
        self.cause.as_deref()
    }

    /// The JSON document.
    pub fn document(&self, language: Language, request_id: &str) -> ProblemDocument {
        ProblemDocument {
            type_: format!("/docs/problems/{}", self.code.as_str()),
            title: self.code.title(language).to_owned(),
            status: self.code.status().as_u16(),
            detail: interpolate(self.code.detail(language), &self.extras),
            code: self.code.as_str().to_owned(),
            request_id: request_id.to_owned(),
            errors: self.errors.documents(language),
            extras: self.extras.clone(),
        }
    }

    /// The response in this language. Handlers return the problem itself; the middleware calls this.
    pub fn render(&self, reader: Reader, language: Language, request_id: &str) -> HttpResponse {
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
        self.set_headers(response.headers_mut());
        response
    }

    fn set_headers(&self, headers: &mut HeaderMap) {
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

/// Replaces the names in braces by the members' values.
fn interpolate(sentence: &str, extras: &Map<String, Value>) -> String {
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
            // Server-made ids never conflict: the client chose this one.
            error if db::is_id_conflict(error) => Code::IdTaken,
            db::Error::StorageFull(_) => Code::StorageFull,
            db::Error::ConnectionLost(_)
            | db::Error::Connect(_)
            | db::Error::OpenFile { .. }
            | db::Error::Pool(_)
            | db::Error::Busy
            | db::Error::Stopped => {
                return Problem::new(Code::Unavailable).retry_after(2).because(error);
            }
            _ => Code::Internal,
        };
        Problem::new(code).because(error)
    }
}

impl From<AmountError> for Problem {
    fn from(error: AmountError) -> Self {
        Problem::new(Code::AmountOutOfBounds).because(error)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.code.status()
    }

    /// Without a request there is neither language nor id; the middleware renders the problem again.
    fn error_response(&self) -> HttpResponse {
        self.render(Reader::Program, Language::Indonesian, "")
    }
}
