//! The mail transports: SMTP, a directory, or memory.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::PoolConfig;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, CertificateStore, Tls, TlsParameters};
use lettre::{Address, Message, SmtpTransport, Transport as _};
use secrecy::ExposeSecret;

use super::letter::is_one_line;
use super::settings::{Security, Settings, Transport};
use super::store::OutgoingLetter;
use crate::kernel::Instant;

/// The pause after a failed connection to the mail server.
const BACKOFF: crate::kernel::Duration = crate::kernel::Duration::seconds(15);
/// SMTP codes about our session and not about the letter: authentication required or failed, TLS required.
const SESSION_ERRORS: [u16; 6] = [500, 503, 530, 534, 535, 538];
/// Letters per batch of the local transports.
const BATCH_SIZE: u32 = 32;

/// Why the mailer cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum MailerError {
    /// The sender is not an address.
    #[error("mail.from is no address")]
    From(#[source] lettre::address::AddressError),
    /// The certificate cannot be read.
    #[error("mail.ca_file: {} cannot be read", path.display())]
    Certificate {
        /// The path of the file.
        path: PathBuf,
        /// The cause.
        source: std::io::Error,
    },
    /// The certificate is invalid, or TLS cannot be set up.
    #[error("TLS to the mail server cannot be set up")]
    Tls(#[source] lettre::transport::smtp::Error),
}

/// A letter captured in memory, for tests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CapturedLetter {
    /// The letter's kind.
    pub kind: String,
    /// The recipient's address.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// The plain-text body.
    pub text: String,
    /// The HTML body.
    pub html: String,
    /// The whole message as it would be sent.
    pub raw: String,
}

/// The outcome of sending a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum SendOutcome {
    Sent,
    /// Failed for now; retried.
    Temporary(String),
    /// Failed for good.
    Permanent(String),
}

/// Sends letters; cheap to clone.
#[derive(Clone)]
pub struct Mailer {
    from: Mailbox,
    backend: Backend,
    backoff_until: Arc<Mutex<Option<Instant>>>,
}

#[derive(Clone)]
enum Backend {
    Smtp { transport: SmtpTransport, connections: u32 },
    File(PathBuf),
    Memory(Arc<Mutex<Vec<CapturedLetter>>>),
}

impl Mailer {
    /// Configures the transport without connecting.
    pub fn open(settings: &Settings, data_dir: &Path) -> Result<Self, MailerError> {
        let from = settings.from.parse().map_err(MailerError::From)?;
        let backend = match settings.transport {
            Transport::Smtp => {
                Backend::Smtp { transport: smtp_transport(settings)?, connections: settings.connections.max(1) }
            }
            Transport::File if settings.folder.as_os_str().is_empty() => Backend::File(data_dir.join("outbox")),
            Transport::File => Backend::File(settings.folder.clone()),
            Transport::Memory => Backend::Memory(Arc::default()),
        };
        Ok(Mailer { from, backend, backoff_until: Arc::default() })
    }

    /// The letters captured in memory, oldest first.
    pub fn captured_letters(&self) -> Vec<CapturedLetter> {
        match &self.backend {
            Backend::Memory(letters) => letters.lock().unwrap_or_else(PoisonError::into_inner).clone(),
            _ => Vec::new(),
        }
    }

    /// The number of letters per batch.
    pub(super) fn batch_size(&self) -> u32 {
        match &self.backend {
            Backend::Smtp { connections, .. } => *connections,
            _ => BATCH_SIZE,
        }
    }

    /// Whether letters stay on this machine: delivery is fast then, and a second copy replaces the first.
    pub(super) fn is_local(&self) -> bool {
        !matches!(self.backend, Backend::Smtp { .. })
    }

    /// Whether the pause after a failed connection is not over.
    pub(super) fn is_backing_off(&self, now: Instant) -> bool {
        self.backoff_until.lock().unwrap_or_else(PoisonError::into_inner).is_some_and(|until| now < until)
    }

    /// Checks connection, TLS and authentication without sending a letter. A failure starts the pause.
    ///
    /// Letters lose no attempt while the server is unreachable.
    pub fn check_connection(&self, now: Instant) -> Result<(), String> {
        let outcome = match &self.backend {
            Backend::Smtp { transport, .. } => match transport.test_connection() {
                Ok(true) => Ok(()),
                Ok(false) => Err("the mail server does not answer".to_owned()),
                Err(error) => Err(format_error(&error)),
            },
            Backend::File(folder) => std::fs::create_dir_all(folder).map_err(|error| {
                format!("the outbox {} cannot be created: {}", folder.display(), format_error(&error))
            }),
            Backend::Memory(_) => Ok(()),
        };
        let until = outcome.is_err().then(|| now.after(BACKOFF));
        *self.backoff_until.lock().unwrap_or_else(PoisonError::into_inner) = until;
        outcome
    }

    pub(super) fn send(&self, letter: &OutgoingLetter) -> SendOutcome {
        let message = match self.build_message(letter) {
            Ok(message) => message,
            Err(error) => return SendOutcome::Permanent(error),
        };
        match &self.backend {
            Backend::Smtp { transport, .. } => match transport.send(&message) {
                Ok(_) => SendOutcome::Sent,
                Err(error) => classify(&error),
            },
            Backend::File(folder) => match write_file(folder, letter, &message.formatted()) {
                Ok(()) => SendOutcome::Sent,
                Err(error) => SendOutcome::Temporary(format!(
                    "no letter can be written to {}: {}",
                    folder.display(),
                    format_error(&error)
                )),
            },
            Backend::Memory(letters) => {
                letters.lock().unwrap_or_else(PoisonError::into_inner).push(CapturedLetter {
                    kind: letter.kind.clone(),
                    to: letter.recipient.clone(),
                    subject: letter.subject.clone(),
                    text: letter.text.clone(),
                    html: letter.html.clone(),
                    raw: String::from_utf8_lossy(&message.formatted()).into_owned(),
                });
                SendOutcome::Sent
            }
        }
    }

    /// Builds the message. Header injection is rejected again here, in case the row was not written by `enqueue`.
    fn build_message(&self, letter: &OutgoingLetter) -> Result<Message, String> {
        if !is_one_line(&letter.subject) || !is_one_line(&letter.recipient) {
            return Err("the subject or the address holds control characters".into());
        }
        let recipient: Address = letter.recipient.parse().map_err(|_| "the address is none".to_owned())?;
        let created_micros = u64::try_from(letter.created_at.micros()).unwrap_or(0);
        let name = HeaderName::new_from_ascii_str("Auto-Submitted");
        Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, recipient))
            .subject(letter.subject.clone())
            .date(
                SystemTime::UNIX_EPOCH
                    .checked_add(Duration::from_micros(created_micros))
                    .unwrap_or(SystemTime::UNIX_EPOCH),
            )
            .message_id(Some(format!("<{}@{}>", letter.id, self.from.email.domain())))
            .raw_header(HeaderValue::new(name, "auto-generated".into()))
            .multipart(MultiPart::alternative_plain_html(letter.text.clone(), letter.html.clone()))
            .map_err(|error| format_error(&error))
    }
}

fn smtp_transport(settings: &Settings) -> Result<SmtpTransport, MailerError> {
    let parameters = || {
        let mut builder = TlsParameters::builder(settings.host.clone());
        if !settings.ca_file.as_os_str().is_empty() {
            let pem = std::fs::read(&settings.ca_file)
                .map_err(|source| MailerError::Certificate { path: settings.ca_file.clone(), source })?;
            let certificate = Certificate::from_pem(&pem).map_err(MailerError::Tls)?;
            // A configured CA replaces the system's.
            builder = builder.certificate_store(CertificateStore::None).add_root_certificate(certificate);
        }
        builder.build().map_err(MailerError::Tls)
    };
    let tls = match settings.security {
        Security::None => Tls::None,
        Security::Starttls => Tls::Required(parameters()?),
        Security::Tls => Tls::Wrapper(parameters()?),
    };
    let mut builder = SmtpTransport::builder_dangerous(&settings.host)
        .port(settings.port)
        .tls(tls)
        .timeout(Some(Duration::from_secs(settings.timeout_seconds.max(1))))
        .pool_config(PoolConfig::new().max_size(settings.connections.max(1)).idle_timeout(Duration::from_secs(30)));
    if !settings.username.is_empty() {
        builder = builder
            .credentials(Credentials::new(settings.username.clone(), settings.password.expose_secret().to_owned()));
    }
    Ok(builder.build())
}

/// Whether an SMTP error is permanent for the letter.
fn classify(error: &lettre::transport::smtp::Error) -> SendOutcome {
    let is_session_error = error.status().is_some_and(|code| SESSION_ERRORS.contains(&u16::from(code)));
    let message = format_error(error);
    if error.is_permanent() && !is_session_error {
        SendOutcome::Permanent(message)
    } else {
        SendOutcome::Temporary(message)
    }
}

/// Writes to a temporary name first, so that nobody reads an incomplete file.
fn write_file(folder: &Path, letter: &OutgoingLetter, message: &[u8]) -> std::io::Result<()> {
    let unfinished = folder.join(format!(".{}.part", letter.id));
    std::fs::write(&unfinished, message)?;
    std::fs::rename(unfinished, folder.join(format!("{}.eml", letter.id)))
}

/// The error's message with those of its causes in one line of at most 300 characters.
fn format_error(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).take(300).collect()
}

impl std::fmt::Debug for Mailer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let backend = match &self.backend {
            Backend::Smtp { .. } => "smtp",
            Backend::File(_) => "file",
            Backend::Memory(_) => "memory",
        };
        f.debug_struct("Mailer").field("backend", &backend).finish_non_exhaustive()
    }
}
