//! Extractors of query parameters and of ids in the path.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use serde::de::DeserializeOwned;
use utoipa::IntoParams;

use super::describe::{DescribeOperation, Description, PathPart};
use super::problem::Problem;
use super::serde_errors::field_error;
use super::validation::FieldError;

const MAX_QUERY_BYTES: usize = 2048;

/// The query parameters; an unknown one is an error.
///
/// Types are plain structs with `deny_unknown_fields`. Lists take [`List`](super::List) instead.
#[derive(Debug, Clone)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned> FromRequest for Query<T> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(parse(request.query_string()).map(Query))
    }
}

/// Parses a query string; an unknown parameter is an error.
pub(super) fn parse<T: DeserializeOwned>(query: &str) -> Result<T, Problem> {
    if query.len() > MAX_QUERY_BYTES {
        return Err(Problem::invalid_parameter("", FieldError::TooLong(MAX_QUERY_BYTES)));
    }
    serde_path_to_error::deserialize(serde_urlencoded::Deserializer::new(form_urlencoded::parse(query.as_bytes())))
        .map_err(|error| {
            let (pointer, field_error) = field_error(error.path(), &error.inner().to_string());
            // No cause for the log: serde's message repeats the value.
            Problem::invalid_parameter(&pointer, field_error)
        })
}

/// The ids in a path. A malformed id is 404, like an unknown one.
#[derive(Debug, Clone)]
pub struct PathIds<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for PathIds<T> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let path = actix_web::web::Path::<T>::from_request(request, payload).into_inner();
        ready(
            path.map(|path| PathIds(path.into_inner()))
                .map_err(|_| Problem::not_found().because("a part of the path is no id")),
        )
    }
}

impl<T: PathPart> DescribeOperation for PathIds<T> {
    fn describe(description: &mut Description) {
        T::describe_part(description);
    }
}

impl<F: IntoParams> DescribeOperation for Query<F> {
    fn describe(description: &mut Description) {
        description.add_query::<F>();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Filter {
        q: Option<String>,
        limit: Option<u32>,
        sort: Option<Sort>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Sort {
        Name,
        NewestFirst,
    }

    #[test]
    fn an_unknown_word_is_answered_with_the_allowed_ones() {
        assert_eq!(parse::<Filter>("sort=newest_first").unwrap().sort, Some(Sort::NewestFirst));
        let problem = parse::<Filter>("sort=canary").unwrap_err();
        for (language, detail) in [
            (crate::kernel::Language::Indonesian, "Nilainya tidak dikenal. Pilih salah satu: name, newest_first."),
            (crate::kernel::Language::English, "This value is not known. Choose one of: name, newest_first."),
        ] {
            let document = serde_json::to_value(problem.document(language, "")).unwrap();
            let allowed = ["name", "newest_first"];
            let error =
                serde_json::json!({"pointer": "/sort", "code": "malformed", "detail": detail, "allowed": allowed});
            assert_eq!(document["errors"], serde_json::json!([error]));
        }
    }

    #[test]
    fn unknown_and_malformed_parameters_are_named() {
        let filter: Filter = parse("q=gula%20semut&limit=5").unwrap();
        assert_eq!((filter.q.as_deref(), filter.limit), (Some("gula semut"), Some(5)));
        for (query, pointer) in [("nope=1", "/nope"), ("limit=x", "/limit")] {
            let problem = parse::<Filter>(query).unwrap_err();
            let document = serde_json::to_value(problem.document(crate::kernel::Language::English, "")).unwrap();
            assert_eq!(document["errors"][0]["pointer"], pointer, "{document}");
        }
    }
}
