//! The JSON body extractor: limited in size, time and depth, with errors by JSON pointer.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::{BytesMut, Data};
use actix_web::{FromRequest, HttpRequest};
use futures_util::StreamExt;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::describe::{DescribeOperation, Description};
use super::problem::{Code, Problem};
use super::serde_errors::field_error;
use super::validation::{FieldError, FieldErrors, Validate};

/// The largest JSON body, in bytes.
pub const MAX_JSON_BYTES: usize = 64 * 1024;
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(15);
const MAX_DEPTH: usize = 32;

/// How long reading a body may take.
#[derive(Debug, Clone, Copy)]
pub struct BodyTimeout(pub Duration);

/// A hash of method, path, query and canonical body: equal for repeated requests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fingerprint(pub(super) Vec<u8>);

impl Fingerprint {
    /// The fingerprint of a request with this body.
    pub fn of(request: &HttpRequest, body: &[u8]) -> Self {
        let mut digest = Sha256::new();
        for part in
            [request.method().as_str().as_bytes(), request.path().as_bytes(), request.query_string().as_bytes(), body]
        {
            digest.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            digest.update(part);
        }
        Fingerprint(digest.finalize().to_vec())
    }
}

/// A parsed and validated JSON body with the fingerprint of its request.
#[derive(Debug, Clone)]
pub struct Body<T> {
    /// The body.
    pub value: T,
    /// The fingerprint of the request.
    pub fingerprint: Fingerprint,
}

impl<T: DeserializeOwned + Validate + 'static> FromRequest for Body<T> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let bytes = read_json(&request, payload).await?;
            let (value, canonical) = parse::<T>(&bytes)?;
            Ok(Body { value, fingerprint: Fingerprint::of(&request, &canonical) })
        })
    }
}

async fn read_json(request: &HttpRequest, payload: Payload) -> Result<Vec<u8>, Problem> {
    if !is_json(request) {
        return Err(Problem::new(Code::MediaTypeUnsupported).with("expected", "application/json"));
    }
    read_body(request, payload, MAX_JSON_BYTES).await
}

fn is_json(request: &HttpRequest) -> bool {
    let essence = request
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .map(|essence| essence.trim().to_ascii_lowercase());
    matches!(essence.as_deref(), Some("application/json" | "application/merge-patch+json"))
}

/// Reads the whole body; a problem when it exceeds `limit` bytes or the [`BodyTimeout`].
pub async fn read_body(request: &HttpRequest, mut payload: Payload, limit: usize) -> Result<Vec<u8>, Problem> {
    let timeout = request.app_data::<Data<BodyTimeout>>().map_or(DEFAULT_TIMEOUT, |timeout| timeout.0);
    let reading = async {
        let mut bytes = BytesMut::new();
        while let Some(chunk) = payload.next().await {
            let chunk = chunk.map_err(|error| Problem::new(Code::BodyUnreadable).because(error.to_string()))?;
            if bytes.len().saturating_add(chunk.len()) > limit {
                return Err(Problem::new(Code::BodyTooLarge).with("limit", limit));
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes.to_vec())
    };
    tokio::time::timeout(timeout, reading).await.map_err(|_| Problem::new(Code::RequestTimeout))?
}

/// The value and its canonical JSON: sorted keys, no whitespace.
fn parse<T: DeserializeOwned + Validate>(bytes: &[u8]) -> Result<(T, Vec<u8>), Problem> {
    if depth(bytes) > MAX_DEPTH {
        return Err(unreadable("", FieldError::TooLong(MAX_DEPTH), "nested too deep"));
    }
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value: T = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let (pointer, field_error) = field_error(error.path(), &error.inner().to_string());
        unreadable(&pointer, field_error, &error_location(error.inner()))
    })?;
    reader.end().map_err(|error| unreadable("", FieldError::Malformed, &error_location(&error)))?;
    let document: serde_json::Value = serde_json::from_slice(bytes)
        .map_err(|error| unreadable("", FieldError::Malformed, &error_location(&error)))?;
    let mut errors = FieldErrors::default();
    value.validate(&mut errors);
    errors.into_result()?;
    Ok((value, serde_json::to_vec(&document).unwrap_or_default()))
}

/// Line and column of the error, for the log. serde's message repeats the value, which may be a password.
fn error_location(error: &serde_json::Error) -> String {
    format!("{:?} at line {} column {}", error.classify(), error.line(), error.column())
}

fn unreadable(pointer: &str, error: FieldError, cause: &str) -> Problem {
    Problem::new(Code::BodyUnreadable).with_field_errors(FieldErrors::single(pointer, error)).because(cause.to_owned())
}

/// The nesting depth of brackets outside strings.
fn depth(bytes: &[u8]) -> usize {
    let (mut deepest, mut current, mut in_string, mut escaped) = (0_usize, 0_usize, false, false);
    for byte in bytes {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'[' | b'{' if !in_string => {
                current = current.saturating_add(1);
                deepest = deepest.max(current);
            }
            b']' | b'}' if !in_string => current = current.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

impl<B: ToSchema> DescribeOperation for Body<B> {
    fn describe(description: &mut Description) {
        description.set_body::<B>();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::Quantity;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Line {
        quantity: Quantity,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Order {
        name: String,
        lines: Vec<Line>,
    }

    impl Validate for Order {
        fn validate(&self, errors: &mut FieldErrors) {
            errors.check_line("/name", &self.name, 1..=10);
        }
    }

    fn errors(body: &str) -> serde_json::Value {
        let problem = parse::<Order>(body.as_bytes()).unwrap_err();
        serde_json::to_value(problem.document(crate::kernel::Language::English, "")).unwrap()
    }

    #[test]
    fn every_error_has_its_pointer() {
        assert_eq!(errors(r#"{"lines": []}"#)["errors"][0]["pointer"], "/name");
        assert_eq!(errors(r#"{"lines": []}"#)["errors"][0]["code"], "required");
        assert_eq!(errors(r#"{"name": "a", "lines": [], "x": 1}"#)["errors"][0]["pointer"], "/x");
        assert_eq!(errors(r#"{"name": "a", "lines": [], "x": 1}"#)["errors"][0]["code"], "unknown");
        assert_eq!(
            errors(r#"{"name": "a", "lines": [{"quantity": -1}]}"#)["errors"][0]["pointer"],
            "/lines/0/quantity"
        );
        assert_eq!(errors(r#"{"name": "a\nb", "lines": []}"#)["errors"][0]["code"], "control-character");
        assert_eq!(errors(r#"{"name": "", "lines": []}"#)["status"], 422);
        assert_eq!(errors(r#"{"name": "#)["status"], 400);
        assert_eq!(errors(&"[".repeat(40))["errors"][0]["code"], "too-long");
    }

    #[test]
    fn whitespace_and_key_order_do_not_change_the_canonical_body() {
        let (_, first) = parse::<Order>(br#"{"name": "a", "lines": [{"quantity": 1.5}]}"#).unwrap();
        let (order, second) = parse::<Order>(br#"{ "lines":[{"quantity":1.5}],"name":"a" }"#).unwrap();
        assert_eq!(first, second);
        assert_eq!(order.lines[0].quantity, Quantity::from_thousandths(1500));
    }
}
