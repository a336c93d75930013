//! Responses of the server, with assertions that print the actual response.

use serde_json::Value;

#[derive(Debug, Clone)]
pub struct Reply {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub bytes: Vec<u8>,
    /// The body as JSON; null when it is not JSON.
    pub json: Value,
}

impl Reply {
    pub async fn read(response: reqwest::Response) -> Reply {
        Reply::try_read(response).await.expect("the whole body arrives")
    }

    /// `None` when the body is truncated.
    pub async fn try_read(response: reqwest::Response) -> Option<Reply> {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = response.bytes().await.ok()?.to_vec();
        let json = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Some(Reply { status, headers, bytes, json })
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    #[track_caller]
    pub fn expect(self, status: u16) -> Reply {
        assert_eq!(self.status, status, "unexpected response: {}", self.text());
        self
    }

    /// Expects a problem document with this status and code, and a request id.
    #[track_caller]
    pub fn expect_problem(self, status: u16, code: &str) -> Reply {
        assert_eq!(
            self.header("content-type"),
            Some("application/problem+json"),
            "no problem: {} {}",
            self.status,
            self.text()
        );
        assert_eq!((self.status, self.json["code"].as_str()), (status, Some(code)), "{}", self.text());
        assert_eq!(self.json["request_id"].as_str(), self.header("x-request-id"));
        self
    }

    /// Expects a field error with this pointer and code.
    #[track_caller]
    pub fn expect_field_error(self, pointer: &str, code: &str) -> Reply {
        let named = self.json["errors"]
            .as_array()
            .is_some_and(|errors| errors.iter().any(|error| error["pointer"] == pointer && error["code"] == code));
        assert!(named, "no {code} at {pointer}: {}", self.text());
        self
    }

    /// A string member of the body.
    #[track_caller]
    pub fn str(&self, name: &str) -> String {
        self.json[name].as_str().unwrap_or_else(|| panic!("no text {name} in {}", self.text())).to_owned()
    }

    /// The id of the object.
    #[track_caller]
    pub fn id(&self) -> String {
        self.str("id")
    }
}
