//! Which form of a report the caller accepts.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::{ACCEPT, Accept, Header, Quality};
use actix_web::{FromRequest, HttpRequest};

use crate::web::{Code, Problem};

/// The forms a report comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// For programs.
    Json,
    /// For spreadsheets.
    Csv,
}

impl FromRequest for Format {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(match request.headers().contains_key(ACCEPT) {
            false => Ok(Format::Json),
            true => Accept::parse(request)
                .map_err(|error| Problem::new(Code::HeaderInvalid).with("header", "Accept").because(error.to_string()))
                .and_then(|accept| chosen(&accept)),
        })
    }
}

/// The first that the caller likes best; JSON where nothing is said between the two.
fn chosen(accept: &Accept) -> Result<Format, Problem> {
    let liked = accept.iter().filter(|range| range.quality > Quality::ZERO).cloned().collect();
    Accept(liked)
        .ranked()
        .iter()
        .find_map(|range| match (range.type_().as_str(), range.subtype().as_str()) {
            ("*", "*") | ("application", "*" | "json") => Some(Format::Json),
            ("text", "*" | "csv") => Some(Format::Csv),
            _ => None,
        })
        .ok_or_else(|| Problem::new(Code::NotAcceptable))
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    fn format(accept: &str) -> Option<Format> {
        let request = TestRequest::default().insert_header(("accept", accept)).to_http_request();
        Accept::parse(&request).ok().and_then(|accept| chosen(&accept).ok())
    }

    #[test]
    fn the_form_is_the_one_that_the_caller_likes_best() {
        assert_eq!(format("application/json"), Some(Format::Json));
        assert_eq!(format("text/csv"), Some(Format::Csv));
        assert_eq!(format("text/csv;q=0.5, application/json"), Some(Format::Json));
        assert_eq!(format("text/html, text/csv;q=0.9, */*;q=0.1"), Some(Format::Csv));
        assert_eq!(format("*/*"), Some(Format::Json));
        assert_eq!(format("text/html"), None);
        assert_eq!(format("text/csv;q=0"), None);
        assert_eq!(format("image/png, application/pdf"), None);
    }
}
