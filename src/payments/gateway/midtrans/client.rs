//! Speaking with Midtrans: a request, a deadline, and an answer of bounded size.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use ureq::Agent;
use ureq::http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use ureq::tls::{Certificate, RootCerts, TlsConfig, TlsProvider};

use super::wire::Said;
use crate::payments::gateway::provider::GatewayError;
use crate::payments::gateway::settings::Settings;

/// More than any answer is long.
const LONGEST_ANSWER: u64 = 64 * 1024;

/// Why the gateway's authority cannot be trusted.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// The certificate cannot be read.
    #[error("gateway.ca_file cannot be read")]
    Unread(#[source] std::io::Error),
    /// The certificate is none.
    #[error("gateway.ca_file holds no certificate")]
    Unfit(#[source] ureq::Error),
}

/// How a request is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    Get,
    Post,
}

/// One merchant's way to Midtrans.
#[derive(Clone)]
pub(super) struct Client {
    agent: Agent,
    base_url: String,
    /// What stands in the header by which Midtrans knows us.
    authorization: SecretString,
}

impl Client {
    pub(super) fn new(settings: &Settings) -> Result<Self, CertificateError> {
        let agent = Agent::config_builder()
            .timeout_global(Some(Duration::from_secs(settings.timeout_seconds.max(1))))
            .http_status_as_error(false)
            // The key goes to the address that was configured, and nowhere else.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(None)
            .user_agent("lumbung")
            .tls_config(tls(settings)?)
            .build()
            .new_agent();
        let known_by = STANDARD.encode(format!("{}:", settings.server_key.expose_secret()));
        let authorization = SecretString::from(format!("Basic {known_by}"));
        Ok(Client { agent, base_url: settings.base_url.clone(), authorization })
    }

    /// The whole address of a path at Midtrans.
    pub(super) fn address(&self, path: &str) -> String {
        format!("{}{path}", self.base_url)
    }

    /// What Midtrans answers. It blocks.
    pub(super) fn call(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Said, GatewayError> {
        let sent = match method {
            Method::Get => self.known(self.agent.get(self.address(path))).call(),
            Method::Post => {
                let request = self.known(self.agent.post(self.address(path))).header(CONTENT_TYPE, "application/json");
                request.send(body.unwrap_or(&Value::Null).to_string())
            }
        };
        let mut answer = sent.map_err(later)?;
        let status = answer.status().as_u16();
        let bytes = answer.body_mut().with_config().limit(LONGEST_ANSWER).read_to_vec().map_err(later)?;
        let unreadable = || GatewayError::Later(format!("it answered {status} with something that cannot be read"));
        let said = Said::read(&bytes).ok_or_else(unreadable)?;
        Ok(said.with_code(status))
    }

    fn known<B>(&self, request: ureq::RequestBuilder<B>) -> ureq::RequestBuilder<B> {
        request.header(ACCEPT, "application/json").header(AUTHORIZATION, self.authorization.expose_secret())
    }
}

/// Who names an authority trusts that one alone; else those that this machine trusts, as letters do.
fn tls(settings: &Settings) -> Result<TlsConfig, CertificateError> {
    let trusted: Vec<Certificate<'static>> = if settings.ca_file.as_os_str().is_empty() {
        let found = rustls_native_certs::load_native_certs().certs;
        found.iter().map(|authority| Certificate::from_der(authority).to_owned()).collect()
    } else {
        let pem = std::fs::read(&settings.ca_file).map_err(CertificateError::Unread)?;
        vec![Certificate::from_pem(&pem).map_err(CertificateError::Unfit)?]
    };
    Ok(TlsConfig::builder()
        .provider(TlsProvider::Rustls)
        .root_certs(RootCerts::new_with_certs(&trusted))
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .build())
}

/// Whatever kept the answer from coming is worth another try: the charge may have been taken all the same, and is then
/// found by asking for it.
fn later(error: ureq::Error) -> GatewayError {
    GatewayError::Later(error.to_string().chars().take(300).collect())
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("base_url", &self.base_url).finish_non_exhaustive()
    }
}
