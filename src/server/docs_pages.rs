//! Pages for API developers: Swagger UI and a page for each problem code. They work offline.

use std::io::Read;

use actix_web::http::StatusCode;
use actix_web::http::header::{
    AcceptEncoding, CACHE_CONTROL, CONTENT_SECURITY_POLICY, ContentEncoding, Encoding, Header, LOCATION, VARY,
};
use actix_web::web::{Path, ServiceConfig, resource};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, Responder};
use flate2::read::GzDecoder;
use serde_json::{Value, json};

use crate::kernel::Language;
use crate::web::html::page;
use crate::web::{ApiResponse, Code, Problem, get_or_head, method_not_allowed};

/// The content security policy of Swagger UI, which has its own script and calls this server.
const SWAGGER_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
                             img-src 'self' data:; font-src 'self' data:; connect-src 'self'; \
                             frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

const ALLOWED_METHODS: &str = "GET, HEAD";

/// Registers the routes.
pub(super) fn configure(config: &mut ServiceConfig) {
    config
        .service(
            resource("/docs")
                .route(get_or_head().to(redirect_to_viewer))
                .default_service(method_not_allowed(ALLOWED_METHODS)),
        )
        .service(
            resource("/docs/problems")
                .route(get_or_head().to(list_codes))
                .default_service(method_not_allowed(ALLOWED_METHODS)),
        )
        .service(
            resource("/docs/problems/{code}")
                .route(get_or_head().to(show_code))
                .default_service(method_not_allowed(ALLOWED_METHODS)),
        )
        .service(
            resource("/docs/{file:.*}")
                .route(get_or_head().to(serve_viewer))
                .default_service(method_not_allowed(ALLOWED_METHODS)),
        );
}

async fn redirect_to_viewer() -> impl Responder {
    HttpResponse::MovedPermanently().insert_header((LOCATION, "/docs/")).finish()
}

const VIEWER: &str = include_str!("swagger.html");
const VIEWER_SETTINGS: &str = include_str!("swagger-initializer.js");
// Swagger UI's own files, compressed by the build script.
const VIEWER_SCRIPT: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/swagger-ui-bundle.js.gz"));
const VIEWER_STYLE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/swagger-ui.css.gz"));

async fn serve_viewer(file: Path<String>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    match file.as_str() {
        "" | "index.html" => Ok(viewer_file("text/html; charset=utf-8").body(VIEWER)),
        "swagger-initializer.js" => Ok(viewer_file("text/javascript").body(VIEWER_SETTINGS)),
        "swagger-ui-bundle.js" => serve_compressed(&request, "text/javascript", VIEWER_SCRIPT),
        "swagger-ui.css" => serve_compressed(&request, "text/css", VIEWER_STYLE),
        _ => Err(Problem::not_found()),
    }
}

/// Sends the file as it is stored, or unpacked to a client that does not read gzip.
fn serve_compressed(
    request: &HttpRequest,
    content_type: &'static str,
    compressed: &'static [u8],
) -> Result<HttpResponse, Problem> {
    let offered = [Encoding::gzip(), Encoding::identity()];
    let reads_gzip = AcceptEncoding::parse(request)
        .is_ok_and(|accepted| accepted.negotiate(offered.iter()) == Some(Encoding::gzip()));
    let mut response = viewer_file(content_type);
    response.insert_header((VARY, "accept-encoding"));
    if reads_gzip {
        return Ok(response.insert_header(ContentEncoding::Gzip).body(compressed));
    }
    let mut unpacked = Vec::new();
    GzDecoder::new(compressed).read_to_end(&mut unpacked).map_err(Problem::internal)?;
    Ok(response.body(unpacked))
}

fn viewer_file(content_type: &'static str) -> HttpResponseBuilder {
    let mut response = HttpResponse::Ok();
    response
        .content_type(content_type)
        .insert_header((CONTENT_SECURITY_POLICY, SWAGGER_POLICY))
        .insert_header((CACHE_CONTROL, "public, max-age=3600"));
    response
}

/// The request id of example documents.
const EXAMPLE_REQUEST_ID: &str = "01900000-0000-7000-8000-000000000000";
const CODE: &str = include_str!("code.html");
const CODES: &str = include_str!("codes.html");

async fn show_code(name: Path<String>, language: Language) -> Result<ApiResponse, Problem> {
    let code = Code::ALL.iter().find(|code| code.as_str() == name.as_str()).ok_or_else(Problem::not_found)?;
    let example = Problem::example(*code);
    let texts = |language: Language| {
        json!({
            "language": language,
            "title": code.title(language),
            // The example's sentence, so that no placeholder is shown.
            "detail": example.document(language, EXAMPLE_REQUEST_ID).detail,
            "next_step_heading": match language {
                Language::Indonesian => "Yang perlu dilakukan",
                Language::English => "What to do",
            },
            "next_step": code.next_step(language),
        })
    };
    let members: Vec<Value> = code
        .members()
        .into_iter()
        .map(|(name, example)| json!({"name": name, "type": json_type(&example), "example": example.to_string()}))
        .collect();
    let document = example.document(language, EXAMPLE_REQUEST_ID);
    let status = code.status();
    let values = json!({
        "status": status.as_u16(),
        "reason": status.canonical_reason(),
        "texts": [texts(Language::Indonesian), texts(Language::English)],
        "members": members,
        "example": serde_json::to_string_pretty(&document).map_err(Problem::internal)?,
    });
    Ok(page(StatusCode::OK, language, code.as_str(), CODE, values)?.public())
}

/// The JSON type of a member, by its example.
fn json_type(example: &Value) -> &'static str {
    match example {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

async fn list_codes(language: Language) -> Result<ApiResponse, Problem> {
    let rows: Vec<Value> = Code::ALL
        .iter()
        .map(|code| json!({"name": code.as_str(), "status": code.status().as_u16(), "title": code.title(language)}))
        .collect();
    Ok(page(StatusCode::OK, language, "Problems", CODES, json!({ "codes": rows }))?.public())
}
