//! The table of routes, from which both the server and its OpenAPI document are built, so that they always agree.

use actix_web::http::Method;
use actix_web::web::ServiceConfig;
use actix_web::{FromRequest, HttpResponse, Responder, guard, web};
use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;
use utoipa::__dev::SchemaReferences;
use utoipa::openapi::path::ParameterIn;
use utoipa::openapi::{HttpMethod, OpenApi, RefOr, Schema};

use super::describe::{DescribeOperation, Description};
use super::problem::{Code, Problem};

/// One route.
pub struct Route {
    /// The HTTP method.
    pub method: Method,
    /// The path, with parameters in braces.
    pub path: String,
    operation: utoipa::openapi::path::Operation,
    schemas: Vec<(String, RefOr<Schema>)>,
    handler: MakeRoute,
}

/// Makes an actix route to the handler, for this method.
type MakeRoute = Arc<dyn Fn(Method) -> actix_web::Route + Send + Sync>;

/// Routes in matching order, the most requested first.
#[derive(Default)]
pub struct Routes(Vec<Route>);

/// The routes of these handlers, each with its own `#[utoipa::path]`, under one tag.
///
/// `routes!["orders": place_order, list_orders, get_order]`
macro_rules! routes {
    ($tag:literal: $($handler:ident),* $(,)?) => {{
        let mut routes = $crate::web::Routes::default();
        $(pastey::paste! { routes.add::<[<__path_ $handler>], _, _>($tag, $handler); })*
        routes
    }};
}
pub(crate) use routes;

impl Route {
    /// The schemas that the operation refers to.
    pub fn schemas(&self) -> impl Iterator<Item = (&str, &RefOr<Schema>)> {
        self.schemas.iter().map(|(name, schema)| (name.as_str(), schema))
    }
}

impl Routes {
    /// Adds a handler with the path and method of its `#[utoipa::path]`; `tag` is its chapter of the document.
    pub fn add<P, H, Args>(&mut self, tag: &str, handler: H)
    where
        P: utoipa::Path + SchemaReferences,
        H: actix_web::Handler<Args> + Send + Sync,
        Args: FromRequest + DescribeOperation + 'static,
        H::Output: Responder + 'static,
        H::Future: Future,
    {
        let mut schemas = Vec::new();
        P::schemas(&mut schemas);
        let make_route = Arc::new(move |method| web::method(method).to(handler.clone()));
        for method in P::methods() {
            let description = Description::new(to_actix_method(&method), &P::path(), P::operation(), schemas.clone());
            self.insert(tag, P::path(), description, Args::describe, make_route.clone());
        }
    }

    /// Not generic, so that it is compiled once and not for each handler.
    fn insert(
        &mut self,
        tag: &str,
        path: String,
        mut description: Description,
        describe_arguments: fn(&mut Description),
        handler: MakeRoute,
    ) {
        describe_arguments(&mut description);
        let Description { method, mut operation, schemas, .. } = description;
        // Said of public operations too: that nothing is required.
        operation.security.get_or_insert_default();
        for (status, response) in &mut operation.responses.responses {
            if let RefOr::T(response) = response
                && response.description.is_empty()
            {
                response.description = describe_status(status).to_owned();
            }
        }
        operation.tags = Some(vec![tag.to_owned()]);
        // Extractors come in any order; readers expect the path first.
        operation.parameters.get_or_insert_default().sort_by_key(|parameter| match parameter {
            RefOr::T(parameter) => match parameter.parameter_in {
                ParameterIn::Path => 0,
                ParameterIn::Query | ParameterIn::QueryString => 1,
                ParameterIn::Header | ParameterIn::Cookie => 2,
            },
            RefOr::Ref(_) => 2,
        });
        self.0.push(Route { method, path, operation, schemas, handler });
    }

    /// Appends more routes.
    #[must_use]
    pub fn and(mut self, more: Routes) -> Self {
        self.0.extend(more.0);
        self
    }

    /// All routes.
    pub fn iter(&self) -> impl Iterator<Item = &Route> {
        self.0.iter()
    }

    /// Registers the routes, one resource per path: another method on a known path is 405 with `Allow`.
    pub fn configure(&self, config: &mut ServiceConfig) {
        let mut paths: Vec<&str> = Vec::new();
        let mut by_path: BTreeMap<&str, Vec<&Route>> = BTreeMap::new();
        for route in &self.0 {
            if !by_path.contains_key(route.path.as_str()) {
                paths.push(&route.path);
            }
            by_path.entry(&route.path).or_default().push(route);
        }
        for path in paths {
            let routes = by_path.remove(path).unwrap_or_default();
            let mut allowed: Vec<&str> = routes.iter().map(|route| route.method.as_str()).collect();
            if allowed.contains(&"GET") {
                allowed.push("HEAD");
            }
            let allow = allowed.join(", ");
            let mut resource = web::resource(path);
            for route in routes {
                resource = resource.route((route.handler)(route.method.clone()));
                if route.method == Method::GET {
                    // actix routes HEAD apart; the body is dropped on the way out.
                    resource = resource.route((route.handler)(Method::HEAD));
                }
            }
            config.service(resource.default_service(web::to(move || {
                let allow = allow.clone();
                async move { method_not_allowed_response(&allow) }
            })));
        }
    }

    /// Adds every operation and its schemas to the document.
    pub fn add_to_document(&self, document: &mut OpenApi) {
        let components = document.components.get_or_insert_default();
        for route in &self.0 {
            components.schemas.extend(route.schemas.iter().cloned());
            let method = to_openapi_method(&route.method);
            document.paths.add_path_operation(&route.path, vec![method], route.operation.clone());
        }
    }
}

/// A route for GET and HEAD, for pages outside the OpenAPI document.
pub fn get_or_head() -> actix_web::Route {
    web::route().guard(guard::Any(guard::Get()).or(guard::Head()))
}

/// A default route for pages: 405 with these methods in `Allow`.
pub fn method_not_allowed(allow: &'static str) -> actix_web::Route {
    web::to(move || async move { method_not_allowed_response(allow) })
}

fn method_not_allowed_response(allow: &str) -> HttpResponse {
    let mut response = HttpResponse::from_error(Problem::new(Code::MethodNotAllowed));
    if let Ok(value) = actix_web::http::header::HeaderValue::from_str(allow) {
        response.headers_mut().insert(actix_web::http::header::ALLOW, value);
    }
    response
}

/// What a response without words of its own says.
fn describe_status(status: &str) -> &'static str {
    match status {
        "201" => "Created",
        "202" => "Accepted: it will be done",
        "204" => "Done; no content",
        _ => "Done",
    }
}

fn to_actix_method(method: &HttpMethod) -> Method {
    match method {
        HttpMethod::Get => Method::GET,
        HttpMethod::Post => Method::POST,
        HttpMethod::Put => Method::PUT,
        HttpMethod::Delete => Method::DELETE,
        HttpMethod::Options => Method::OPTIONS,
        HttpMethod::Head => Method::HEAD,
        HttpMethod::Patch => Method::PATCH,
        HttpMethod::Trace => Method::TRACE,
    }
}

fn to_openapi_method(method: &Method) -> HttpMethod {
    match method.as_str() {
        "POST" => HttpMethod::Post,
        "PUT" => HttpMethod::Put,
        "DELETE" => HttpMethod::Delete,
        "PATCH" => HttpMethod::Patch,
        "OPTIONS" => HttpMethod::Options,
        "HEAD" => HttpMethod::Head,
        "TRACE" => HttpMethod::Trace,
        _ => HttpMethod::Get,
    }
}
