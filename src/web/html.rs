//! HTML pages for links opened in a browser: one layout, one style sheet, no scripts, no external resources.

use std::future::{Ready, ready};
use std::sync::LazyLock;

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::ACCEPT;
use actix_web::{FromRequest, HttpRequest};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use minijinja::{AutoEscape, Environment, UndefinedBehavior};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::api_response::ApiResponse;
use super::problem::Problem;
use crate::kernel::{Language, template_value};

const LAYOUT: &str = include_str!("html.html");
const STYLE: &str = include_str!("html.css");

/// The content security policy of pages: the inlined style sheet and forms of this origin.
pub static POLICY: LazyLock<String> = LazyLock::new(|| {
    format!(
        "default-src 'none'; style-src 'sha256-{}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
        STANDARD.encode(Sha256::digest(STYLE))
    )
});

/// Who reads a response: an API client, or a person whose browser opened the link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    /// Gets JSON.
    Program,
    /// Gets a page.
    Person,
}

impl Reader {
    /// Decides by `Accept`: browsers name `text/html`; API clients do not, or they also name JSON.
    pub fn of(request: &HttpRequest) -> Self {
        let accepted = request.headers().get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if accepted.contains("text/html") && !accepted.contains("json") { Reader::Person } else { Reader::Program }
    }
}

impl FromRequest for Reader {
    type Error = actix_web::Error;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Reader::of(request)))
    }
}

/// An HTML page, for the OpenAPI document.
#[derive(utoipa::ToSchema)]
#[schema(value_type = String, format = Binary)]
#[allow(dead_code, reason = "only for the OpenAPI document")]
pub struct HtmlPage(String);

/// Renders a page: the template's content in the common layout. Every value is escaped; `t(indonesian, english)` is a text
/// in the page's language.
pub fn page(
    status: StatusCode,
    language: Language,
    title: &str,
    template: &str,
    values: impl Serialize,
) -> Result<ApiResponse, Problem> {
    respond(status, render(language, title, template, values, false))
}

/// Renders a page that search engines may list.
pub fn public_page(
    status: StatusCode,
    language: Language,
    title: &str,
    template: &str,
    values: impl Serialize,
) -> Result<ApiResponse, Problem> {
    respond(status, render(language, title, template, values, true))
}

fn respond(status: StatusCode, text: Result<String, minijinja::Error>) -> Result<ApiResponse, Problem> {
    let text = text.map_err(Problem::internal)?;
    Ok(ApiResponse::raw(status, "text/html; charset=utf-8", text.into_bytes()).no_store())
}

fn render(
    language: Language,
    title: &str,
    template: &str,
    values: impl Serialize,
    is_listed: bool,
) -> Result<String, minijinja::Error> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.add_function("t", move |indonesian: String, english: String| match language {
        Language::Indonesian => indonesian,
        Language::English => english,
    });
    let content = environment.render_str(template, template_value(values)?)?;
    environment.render_str(
        LAYOUT,
        minijinja::context! { language => language.as_str(), title, style => STYLE, is_listed, content },
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[test]
    fn browsers_get_pages_and_api_clients_get_json() {
        let of = |accept: &str| Reader::of(&TestRequest::default().insert_header((ACCEPT, accept)).to_http_request());
        assert_eq!(of("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"), Reader::Person);
        for program in ["*/*", "application/json", "application/json, text/html", "", "image/webp"] {
            assert_eq!(of(program), Reader::Program, "{program}");
        }
    }

    #[test]
    fn values_are_escaped() {
        let values = std::collections::BTreeMap::from([("name", "<script>alert(1)</script>")]);
        let text =
            render(Language::English, "<b>Sari</b>", "<p title=\"{{ name }}\">{{ name }}</p>", values, false).unwrap();
        assert!(!text.contains("<script") && !text.contains("<b>"), "{text}");
        assert!(text.contains("&lt;script&gt;") && text.contains("&lt;b&gt;Sari"), "{text}");
    }
}
