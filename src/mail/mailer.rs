//! The way out: a mail server, a folder, or memory.

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
use super::store::Outgoing;
use crate::kernel::Instant;

/// How long a mail server that could not be reached is left alone.
const REST: crate::kernel::Duration = crate::kernel::Duration::seconds(15);
/// Answers that are about us and not about the letter: sign in first, the password is wrong, use TLS.
const OUR_FAULT: [u16; 6] = [500, 503, 530, 534, 535, 538];
/// Letters that are taken at once when no server has to be waited for.
const BATCH: u32 = 32;

/// Why letters cannot leave at all.
#[derive(Debug, thiserror::Error)]
pub enum MailerError {
    /// The sender is no address.
    #[error("mail.from is no address")]
    From(#[source] lettre::address::AddressError),
    /// The certificate cannot be read.
    #[error("mail.ca_file cannot be read")]
    Certificate(#[source] std::io::Error),
    /// The certificate is none, or TLS cannot be set up.
    #[error("TLS to the mail server cannot be set up")]
    Tls(#[source] lettre::transport::smtp::Error),
}

/// A letter caught in memory, for tests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Captured {
    /// What kind of letter.
    pub kind: String,
    /// The address.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// The plain text.
    pub text: String,
    /// The HTML.
    pub html: String,
    /// The whole message as it would leave.
    pub raw: String,
}

/// How sending one letter went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Sending {
    Sent,
    /// Worth another try.
    Later(String),
    /// Never.
    Never(String),
}

/// The way out; cheap to clone.
#[derive(Clone)]
pub struct Mailer {
    from: Mailbox,
    carrier: Carrier,
    /// Until when the server is left alone.
    resting: Arc<Mutex<Option<Instant>>>,
}

#[derive(Clone)]
enum Carrier {
    Smtp { transport: SmtpTransport, connections: u32 },
    File(PathBuf),
    Memory(Arc<Mutex<Vec<Captured>>>),
}

impl Mailer {
    /// Sets out the way; nothing is connected yet. `data` is the data folder.
    pub fn open(settings: &Settings, data: &Path) -> Result<Self, MailerError> {
        let from = settings.from.parse().map_err(MailerError::From)?;
        let carrier = match settings.transport {
            Transport::Smtp => Carrier::Smtp { transport: smtp(settings)?, connections: settings.connections.max(1) },
            Transport::File if settings.folder.as_os_str().is_empty() => Carrier::File(data.join("outbox")),
            Transport::File => Carrier::File(settings.folder.clone()),
            Transport::Memory => Carrier::Memory(Arc::default()),
        };
        Ok(Mailer { from, carrier, resting: Arc::default() })
    }

    /// The letters caught in memory so far, oldest first.
    pub fn captured(&self) -> Vec<Captured> {
        match &self.carrier {
            Carrier::Memory(caught) => caught.lock().unwrap_or_else(PoisonError::into_inner).clone(),
            _ => Vec::new(),
        }
    }

    /// How many letters are taken at once.
    pub(super) fn batch(&self) -> u32 {
        match &self.carrier {
            Carrier::Smtp { connections, .. } => *connections,
            _ => BATCH,
        }
    }

    /// Whether letters stay on this machine: then nothing is slow, and a second copy lands on the first.
    pub(super) fn is_local(&self) -> bool {
        !matches!(self.carrier, Carrier::Smtp { .. })
    }

    /// Whether the server is left alone at this moment, because it could not be reached.
    pub(super) fn is_resting(&self, now: Instant) -> bool {
        self.resting.lock().unwrap_or_else(PoisonError::into_inner).is_some_and(|until| now < until)
    }

    /// Asks whether letters can leave, without sending one: an open door, TLS and the password.
    ///
    /// A server that is away is no letter's fault: letters then wait without losing a try.
    pub fn knock(&self, now: Instant) -> Result<(), String> {
        let outcome = match &self.carrier {
            Carrier::Smtp { transport, .. } => match transport.test_connection() {
                Ok(true) => Ok(()),
                Ok(false) => Err("the mail server does not answer".to_owned()),
                Err(error) => Err(told(&error)),
            },
            Carrier::File(folder) => std::fs::create_dir_all(folder).map_err(|error| told(&error)),
            Carrier::Memory(_) => Ok(()),
        };
        let until = outcome.is_err().then(|| now.after(REST));
        *self.resting.lock().unwrap_or_else(PoisonError::into_inner) = until;
        outcome
    }

    pub(super) fn send(&self, letter: &Outgoing) -> Sending {
        let message = match self.message(letter) {
            Ok(message) => message,
            Err(fault) => return Sending::Never(fault),
        };
        match &self.carrier {
            Carrier::Smtp { transport, .. } => match transport.send(&message) {
                Ok(_) => Sending::Sent,
                Err(error) => judge(&error),
            },
            Carrier::File(folder) => match keep(folder, letter, &message.formatted()) {
                Ok(()) => Sending::Sent,
                Err(error) => Sending::Later(told(&error)),
            },
            Carrier::Memory(caught) => {
                caught.lock().unwrap_or_else(PoisonError::into_inner).push(Captured {
                    kind: letter.kind.clone(),
                    to: letter.recipient.clone(),
                    subject: letter.subject.clone(),
                    text: letter.text.clone(),
                    html: letter.html.clone(),
                    raw: String::from_utf8_lossy(&message.formatted()).into_owned(),
                });
                Sending::Sent
            }
        }
    }

    /// The whole message. What could end a header early is refused here once more, whoever wrote the row.
    fn message(&self, letter: &Outgoing) -> Result<Message, String> {
        if !is_one_line(&letter.subject) || !is_one_line(&letter.recipient) {
            return Err("the subject or the address holds control characters".into());
        }
        let recipient: Address = letter.recipient.parse().map_err(|_| "the address is none".to_owned())?;
        let written = u64::try_from(letter.created_at.micros()).unwrap_or(0);
        let name = HeaderName::new_from_ascii_str("Auto-Submitted");
        Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, recipient))
            .subject(letter.subject.clone())
            .date(SystemTime::UNIX_EPOCH.checked_add(Duration::from_micros(written)).unwrap_or(SystemTime::UNIX_EPOCH))
            .message_id(Some(format!("<{}@{}>", letter.id, self.from.email.domain())))
            .raw_header(HeaderValue::new(name, "auto-generated".into()))
            .multipart(MultiPart::alternative_plain_html(letter.text.clone(), letter.html.clone()))
            .map_err(|error| told(&error))
    }
}

fn smtp(settings: &Settings) -> Result<SmtpTransport, MailerError> {
    let parameters = || {
        let mut builder = TlsParameters::builder(settings.host.clone());
        if !settings.ca_file.as_os_str().is_empty() {
            let pem = std::fs::read(&settings.ca_file).map_err(MailerError::Certificate)?;
            let certificate = Certificate::from_pem(&pem).map_err(MailerError::Tls)?;
            // Who names an authority trusts that one alone.
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

/// What the server's answer means for the letter.
fn judge(error: &lettre::transport::smtp::Error) -> Sending {
    let ours = error.status().is_some_and(|code| OUR_FAULT.contains(&u16::from(code)));
    if error.is_permanent() && !ours { Sending::Never(told(error)) } else { Sending::Later(told(error)) }
}

/// Writes the file under another name first, so that nobody reads half a letter.
fn keep(folder: &Path, letter: &Outgoing, message: &[u8]) -> std::io::Result<()> {
    let unfinished = folder.join(format!(".{}.part", letter.id));
    std::fs::write(&unfinished, message)?;
    std::fs::rename(unfinished, folder.join(format!("{}.eml", letter.id)))
}

/// An error with its causes in one line, cut to what a row should hold.
fn told(error: &(dyn std::error::Error + 'static)) -> String {
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
        let carrier = match &self.carrier {
            Carrier::Smtp { .. } => "smtp",
            Carrier::File(_) => "file",
            Carrier::Memory(_) => "memory",
        };
        f.debug_struct("Mailer").field("carrier", &carrier).finish_non_exhaustive()
    }
}
