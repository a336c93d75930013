//! An API client: a guest, or a person with their token.

use reqwest::Method;
use serde_json::Value;

use super::{Reply, contract};

#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base_url: String,
    headers: Vec<(String, String)>,
}

impl Client {
    pub fn new(http: reqwest::Client, base_url: &str) -> Client {
        Client { http, base_url: base_url.to_owned(), headers: Vec::new() }
    }

    /// The same client with this header on all requests.
    pub fn with(&self, name: &str, value: &str) -> Client {
        let mut client = self.clone();
        client.headers.push((name.to_owned(), value.to_owned()));
        client
    }

    /// The same client with this access token.
    pub fn with_token(&self, token: &str) -> Client {
        self.with("authorization", &format!("Bearer {token}"))
    }

    /// The same client with English as its language.
    pub fn in_english(&self) -> Client {
        self.with("accept-language", "en")
    }

    /// The same client with this idempotency key.
    pub fn with_key(&self, key: &str) -> Client {
        self.with("idempotency-key", key)
    }

    /// The same client with a new idempotency key.
    pub fn with_new_key(&self) -> Client {
        self.with_key(&uuid::Uuid::from_u128(rand::random()).to_string())
    }

    /// The same client with the entity tag of this reply in `If-Match`.
    pub fn with_version_of(&self, reply: &Reply) -> Client {
        self.with("if-match", reply.header("etag").expect("the reply has an entity tag"))
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.send(Method::GET, path, None).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Reply {
        self.send(Method::POST, path, Some(body)).await
    }

    /// Posts to a server that may be down; `None` without a complete response.
    pub async fn try_post(&self, path: &str, body: Value) -> Option<Reply> {
        let response = self.request(Method::POST, path).json(&body).send().await.ok()?;
        Reply::try_read(response).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Reply {
        self.send(Method::PUT, path, Some(body)).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Reply {
        self.send(Method::PATCH, path, Some(body)).await
    }

    pub async fn delete(&self, path: &str) -> Reply {
        self.send(Method::DELETE, path, None).await
    }

    /// Sends a body of this content type.
    pub async fn upload(&self, method: Method, path: &str, content_type: &str, bytes: Vec<u8>) -> Reply {
        let request = self.request(method.clone(), path).header("content-type", content_type).body(bytes);
        self.send_checked(&method, path, request).await
    }

    pub async fn send(&self, method: Method, path: &str, body: Option<Value>) -> Reply {
        let request = self.request(method.clone(), path);
        let request = match body {
            Some(body) => request.json(&body),
            None => request,
        };
        self.send_checked(&method, path, request).await
    }

    /// Sends the request and checks the response against the OpenAPI document.
    async fn send_checked(&self, method: &Method, path: &str, request: reqwest::RequestBuilder) -> Reply {
        let reply = Reply::read(request.send().await.expect("the server answers")).await;
        contract::check_response(method.as_str(), path, &reply);
        reply
    }

    fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let url = if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.base_url) };
        self.headers.iter().fold(self.http.request(method, url), |request, (name, value)| request.header(name, value))
    }
}
