//! HTTP client of Midtrans, with a timeout and a maximum response size.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use ureq::Agent;
use ureq::http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use ureq::tls::{Certificate, RootCerts, TlsConfig, TlsProvider};

use super::wire::MidtransMessage;
use crate::payments::gateway::provider::GatewayError;
use crate::payments::gateway::settings::Settings;

/// Maximum size of a response, in bytes.
const MAX_RESPONSE_BYTES: u64 = 64 * 1024;

/// Why the CA certificate cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// The file cannot be read.
    #[error("gateway.ca_file: {} cannot be read", path.display())]
    Unread {
        /// The path of the file.
        path: PathBuf,
        /// The cause.
        source: std::io::Error,
    },
    /// The file holds no valid certificate.
    #[error("gateway.ca_file holds no certificate")]
    Unfit(#[source] ureq::Error),
}

/// HTTP method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum HttpMethod {
    Get,
    Post,
}

/// HTTP client of one merchant account.
#[derive(Debug, Clone)]
pub(super) struct Client {
    agent: Agent,
    base_url: String,
    /// The value of the `Authorization` header.
    authorization: SecretString,
}

impl Client {
    pub(super) fn new(settings: &Settings) -> Result<Self, CertificateError> {
        let agent = Agent::config_builder()
            .timeout_global(Some(Duration::from_secs(settings.timeout_seconds.max(1))))
            .http_status_as_error(false)
            // The key must go to no other address than the configured one.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(None)
            .user_agent("lumbung")
            .tls_config(tls(settings)?)
            .build()
            .new_agent();
        let credentials = STANDARD.encode(format!("{}:", settings.server_key.expose_secret()));
        let authorization = SecretString::from(format!("Basic {credentials}"));
        Ok(Client { agent, base_url: settings.base_url.clone(), authorization })
    }

    /// The URL of a path.
    pub(super) fn address(&self, path: &str) -> String {
        format!("{}{path}", self.base_url)
    }

    /// Sends a request and reads the response. Blocks.
    pub(super) fn call(
        &self,
        method: HttpMethod,
        path: &str,
        body: Option<&Value>,
    ) -> Result<MidtransMessage, GatewayError> {
        let result = match method {
            HttpMethod::Get => self.authorized(self.agent.get(self.address(path))).call(),
            HttpMethod::Post => {
                let request =
                    self.authorized(self.agent.post(self.address(path))).header(CONTENT_TYPE, "application/json");
                request.send(body.unwrap_or(&Value::Null).to_string())
            }
        };
        let mut response = result.map_err(later)?;
        let status = response.status().as_u16();
        let bytes = response.body_mut().with_config().limit(MAX_RESPONSE_BYTES).read_to_vec().map_err(later)?;
        let unreadable = || GatewayError::Later(format!("it answered {status} with something that cannot be read"));
        let message = MidtransMessage::read(&bytes).ok_or_else(unreadable)?;
        Ok(message.with_code(status))
    }

    fn authorized<B>(&self, request: ureq::RequestBuilder<B>) -> ureq::RequestBuilder<B> {
        request.header(ACCEPT, "application/json").header(AUTHORIZATION, self.authorization.expose_secret())
    }
}

/// A configured CA is trusted alone; else the system's certificates, as for mail.
fn tls(settings: &Settings) -> Result<TlsConfig, CertificateError> {
    let trusted: Vec<Certificate<'static>> = if settings.ca_file.as_os_str().is_empty() {
        let certificates = rustls_native_certs::load_native_certs().certs;
        certificates.iter().map(|authority| Certificate::from_der(authority).to_owned()).collect()
    } else {
        let pem = std::fs::read(&settings.ca_file)
            .map_err(|source| CertificateError::Unread { path: settings.ca_file.clone(), source })?;
        vec![Certificate::from_pem(&pem).map_err(CertificateError::Unfit)?]
    };
    Ok(TlsConfig::builder()
        .provider(TlsProvider::Rustls)
        .root_certs(RootCerts::new_with_certs(&trusted))
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .build())
}

/// A transport error is retried: the charge may have been created all the same, and the retry finds it.
fn later(error: ureq::Error) -> GatewayError {
    GatewayError::Later(error.to_string().chars().take(300).collect())
}
