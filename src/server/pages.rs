//! Pages for people who build on the API: the readable document, and a page for each code. They work offline.

use std::sync::Arc;

use actix_web::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, LOCATION};
use actix_web::web::{self, Path, ServiceConfig};
use actix_web::{HttpResponse, Responder};
use utoipa_swagger_ui::Config;

use crate::kernel::Language;
use crate::web::{Code, Problem};

/// The viewer is a script of its own and calls this server; nothing comes from elsewhere.
const VIEWER_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
                             img-src 'self' data:; font-src 'self' data:; connect-src 'self'; \
                             frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
const PAGE_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; \
                           form-action 'none'";

/// Registers the pages.
pub(super) fn configure(config: &mut ServiceConfig) {
    config
        .route("/docs", web::get().to(to_viewer))
        .route("/docs/problems", web::get().to(all_codes))
        .route("/docs/problems/{code}", web::get().to(one_code))
        .route("/docs/{file:.*}", web::get().to(viewer));
}

async fn to_viewer() -> impl Responder {
    HttpResponse::MovedPermanently().insert_header((LOCATION, "/docs/")).finish()
}

async fn viewer(file: Path<String>) -> Result<HttpResponse, Problem> {
    let config = Arc::new(Config::from("/v1/openapi.json").try_it_out_enabled(true).persist_authorization(false));
    let file = utoipa_swagger_ui::serve(&file, config)
        .map_err(|error| Problem::internal(error.to_string()))?
        .ok_or_else(Problem::not_found)?;
    Ok(HttpResponse::Ok()
        .content_type(file.content_type)
        .insert_header((CONTENT_SECURITY_POLICY, VIEWER_POLICY))
        .insert_header((CACHE_CONTROL, "public, max-age=3600"))
        .body(file.bytes.to_vec()))
}

async fn one_code(name: Path<String>) -> Result<HttpResponse, Problem> {
    let code = Code::ALL.iter().find(|code| code.as_str() == name.as_str()).ok_or_else(Problem::not_found)?;
    Ok(page(code.as_str(), &describe(*code)))
}

async fn all_codes() -> HttpResponse {
    let list: String = Code::ALL
        .iter()
        .map(|code| {
            let (name, status) = (code.as_str(), code.status().as_u16());
            let title = escape(code.title(Language::English));
            format!("<li><a href=\"/docs/problems/{name}\"><code>{name}</code></a> {status} · {title}</li>")
        })
        .collect();
    page("Problems", &format!("<ul>{list}</ul>"))
}

fn describe(code: Code) -> String {
    let status = code.status();
    let mut text = format!("<p>HTTP {} {}</p>", status.as_u16(), status.canonical_reason().unwrap_or_default());
    for (language, mark) in [(Language::Indonesian, "id"), (Language::English, "en")] {
        text.push_str(&format!(
            "<section lang=\"{mark}\"><h2>{}</h2><p>{}</p></section>",
            escape(code.title(language)),
            escape(code.detail(language))
        ));
    }
    text.push_str("<p><a href=\"/docs/problems\">All problems</a> · <a href=\"/docs/\">API</a></p>");
    text
}

fn page(title: &str, content: &str) -> HttpResponse {
    let title = escape(title);
    let text = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width\"><title>{title} · Lumbung</title><style>body{{font:1rem/1.5 system-ui,\
         sans-serif;max-width:40rem;margin:2rem auto;padding:0 1rem}}code{{background:#eee;padding:0 .2em}}\
         </style></head><body><h1><code>{title}</code></h1>{content}</body></html>"
    );
    HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((CONTENT_SECURITY_POLICY, PAGE_POLICY))
        .insert_header((CACHE_CONTROL, "public, max-age=3600"))
        .body(text)
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
