//! What a browser opens first: a page of links, and in the demo its sign-ins and its tour; and the files that browsers and
//! crawlers ask for.

use std::sync::LazyLock;

use actix_web::http::StatusCode;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::{Data, ServiceConfig, resource};
use actix_web::{HttpResponse, Responder};
use serde::Serialize;
use serde_json::json;

use crate::kernel::Language;
use crate::web::html::public_page;
use crate::web::{ApiResponse, AppState, Code, Problem, get_or_head, method_not_allowed};

const ALLOWED_METHODS: &str = "GET, HEAD";
const HOME: &str = include_str!("home.html");
const FAVICON: &[u8] = include_bytes!("favicon.ico");

/// What the demo shows on its home page: who may sign in, and a sale in a few commands.
#[derive(Debug, Clone, Default, Serialize)]
pub struct DemoGuide {
    /// Everybody's password.
    pub password: String,
    /// One person of each role.
    pub people: Vec<DemoPerson>,
    /// Commands for a shell with curl.
    pub tour: String,
}

/// Somebody who can sign in to the demo.
#[derive(Debug, Clone, Serialize)]
pub struct DemoPerson {
    /// Their role, in words of the code.
    pub role: String,
    /// Their invented name.
    pub name: String,
    /// What they sign in with.
    pub login: String,
}

/// Registers the routes.
pub(super) fn configure(config: &mut ServiceConfig) {
    let route = |path: &str| resource(path).default_service(method_not_allowed(ALLOWED_METHODS));
    config
        .service(route("/").route(get_or_head().to(get_home)))
        .service(route("/favicon.ico").route(get_or_head().to(get_favicon)))
        .service(route("/robots.txt").route(get_or_head().to(get_robots)))
        .service(route("/sitemap.xml").route(get_or_head().to(get_sitemap)));
}

async fn get_home(language: Language, guide: Option<Data<DemoGuide>>) -> Result<ApiResponse, Problem> {
    let demo = guide.as_ref().map(|guide| guide.get_ref());
    let values = json!({ "indonesian": language == Language::Indonesian, "demo": demo });
    Ok(public_page(StatusCode::OK, language, "Lumbung", HOME, values)?.public())
}

async fn get_favicon() -> impl Responder {
    HttpResponse::Ok()
        .content_type("image/x-icon")
        .insert_header((CACHE_CONTROL, "public, max-age=86400"))
        .body(FAVICON)
}

/// The API is for programs, the pages are for everyone.
async fn get_robots(state: Data<AppState>) -> impl Responder {
    let text = format!("User-agent: *\nDisallow: /v1/\n\nSitemap: {}/sitemap.xml\n", state.public_url);
    HttpResponse::Ok().content_type("text/plain; charset=utf-8").body(text)
}

async fn get_sitemap(state: Data<AppState>) -> impl Responder {
    static PATHS: LazyLock<Vec<String>> = LazyLock::new(|| {
        let problems = Code::ALL.iter().map(|code| format!("/docs/problems/{}", code.as_str()));
        ["/", "/docs/", "/docs/problems"].into_iter().map(str::to_owned).chain(problems).collect()
    });
    let urls: String = PATHS.iter().map(|path| format!("<url><loc>{}{path}</loc></url>", state.public_url)).collect();
    let text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">{urls}</urlset>\n"
    );
    HttpResponse::Ok().content_type("application/xml; charset=utf-8").body(text)
}
