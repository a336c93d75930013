//! A fake SMTP server whose reaction to each message is selectable.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

/// The reaction to a message.
#[derive(Debug, Clone)]
pub enum Reaction {
    /// Accept.
    Accept,
    /// Reject the message with this response.
    Reject(&'static str),
    /// Reject the recipient with this response.
    RejectRecipient(&'static str),
    /// Accept, and drop the connection before the response.
    AcceptAndDrop,
    /// Accept after a delay.
    AcceptSlowly(Duration),
}

/// A received message.
#[derive(Debug, Clone)]
pub struct Received {
    pub from: String,
    pub to: String,
    /// Headers and body, without dot stuffing.
    pub raw: String,
    pub encrypted: bool,
}

impl Received {
    /// The header names, in order.
    pub fn header_names(&self) -> Vec<String> {
        let head = self.raw.split("\r\n\r\n").next().unwrap_or_default();
        head.split("\r\n")
            .filter(|line| !line.starts_with([' ', '\t']))
            .map(|line| line.split(':').next().unwrap_or_default().to_owned())
            .collect()
    }

    /// The unfolded value of a header.
    pub fn header(&self, name: &str) -> String {
        let head = self.raw.split("\r\n\r\n").next().unwrap_or_default().replace("\r\n ", " ");
        let prefix = format!("{name}: ");
        head.split("\r\n").find_map(|line| line.strip_prefix(&prefix)).unwrap_or_default().to_owned()
    }
}

/// The TLS mode of a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tls {
    Never,
    /// STARTTLS.
    Starttls,
    /// Implicit TLS.
    Always,
}

/// The required credentials and mechanism.
#[derive(Debug, Clone)]
struct Access {
    mechanism: &'static str,
    name: String,
    password: String,
}

#[derive(Default)]
struct State {
    reactions: Mutex<VecDeque<Reaction>>,
    received: Mutex<Vec<Received>>,
    access: Mutex<Option<Access>>,
}

impl State {
    fn access(&self) -> Option<Access> {
        self.access.lock().unwrap().clone()
    }
}

pub struct SmtpServer {
    pub address: SocketAddr,
    /// The CA certificate of a server with TLS.
    pub certificate: Option<String>,
    state: Arc<State>,
    stop: Option<tokio::sync::oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl SmtpServer {
    /// A server without TLS that accepts everything.
    pub async fn open() -> SmtpServer {
        SmtpServer::start("127.0.0.1:0".parse().unwrap(), Tls::Never, Arc::default()).await
    }

    /// A server with STARTTLS and a self-signed certificate for `localhost`.
    pub async fn with_starttls() -> SmtpServer {
        SmtpServer::start("127.0.0.1:0".parse().unwrap(), Tls::Starttls, Arc::default()).await
    }

    /// A server with implicit TLS and a self-signed certificate for `localhost`.
    pub async fn with_tls() -> SmtpServer {
        SmtpServer::start("127.0.0.1:0".parse().unwrap(), Tls::Always, Arc::default()).await
    }

    /// Requires these credentials by this mechanism: `PLAIN` or `LOGIN`.
    pub fn require_auth(&self, mechanism: &'static str, name: &str, password: &str) {
        let access = Access { mechanism, name: name.to_owned(), password: password.to_owned() };
        *self.state.access.lock().unwrap() = Some(access);
    }

    /// Starts the server on its own thread, because the test's thread sends letters synchronously.
    async fn start(address: SocketAddr, tls: Tls, state: Arc<State>) -> SmtpServer {
        let listener = std::net::TcpListener::bind(address).unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let (acceptor, certificate) =
            if tls == Tls::Never { (None, None) } else { Some(self_signed_acceptor()).unzip() };
        let shared = Arc::clone(&state);
        let (stop, mut stopped) = tokio::sync::oneshot::channel::<()>();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async move {
                let listener = TcpListener::from_std(listener).unwrap();
                let mut conversations = tokio::task::JoinSet::new();
                loop {
                    tokio::select! {
                        _ = &mut stopped => return,
                        Ok((stream, _)) = listener.accept() => {
                            conversations.spawn(greet(stream, acceptor.clone(), tls, Arc::clone(&shared)));
                        }
                    }
                }
            });
        });
        SmtpServer { address, certificate, state, stop: Some(stop), thread: Some(thread) }
    }

    /// Queues the reactions to the next messages; later ones are accepted.
    pub fn queue_reactions(&self, reactions: impl IntoIterator<Item = Reaction>) {
        self.state.reactions.lock().unwrap().extend(reactions);
    }

    pub fn received(&self) -> Vec<Received> {
        self.state.received.lock().unwrap().clone()
    }

    /// Closes all connections and stops; the result can be restarted.
    pub async fn shut_down(mut self) -> StoppedSmtpServer {
        self.stop();
        StoppedSmtpServer { address: self.address, state: Arc::clone(&self.state) }
    }

    fn stop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Drop for SmtpServer {
    fn drop(&mut self) {
        self.stop();
    }
}

/// A stopped server.
pub struct StoppedSmtpServer {
    pub address: SocketAddr,
    state: Arc<State>,
}

impl StoppedSmtpServer {
    pub async fn restart(self) -> SmtpServer {
        SmtpServer::start(self.address, Tls::Never, self.state).await
    }
}

pub(super) fn self_signed_acceptor() -> (TlsAcceptor, String) {
    let own = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(own.signing_key.serialize_der()));
    let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![own.cert.der().clone()], key)
        .unwrap();
    (TlsAcceptor::from(Arc::new(config)), own.cert.pem())
}

async fn greet(stream: tokio::net::TcpStream, acceptor: Option<TlsAcceptor>, tls: Tls, state: Arc<State>) {
    let _ = stream.set_nodelay(true);
    if let (Tls::Always, Some(acceptor)) = (tls, &acceptor) {
        let Ok(encrypted) = acceptor.accept(stream).await else { return };
        let mut stream = BufReader::new(encrypted);
        let _ = stream.write_all(b"220 localhost ready\r\n").await;
        converse(&mut stream, false, true, &state).await;
        return;
    }
    let mut stream = BufReader::new(stream);
    let _ = stream.write_all(b"220 localhost ready\r\n").await;
    if let Some(true) = converse(&mut stream, acceptor.is_some(), false, &state).await
        && let Some(acceptor) = acceptor
        && let Ok(encrypted) = acceptor.accept(stream.into_inner()).await
    {
        converse(&mut BufReader::new(encrypted), false, true, &state).await;
    }
}

/// Serves a connection until the client leaves; `Some(true)` when it starts TLS.
async fn converse<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut BufReader<S>,
    has_starttls: bool,
    encrypted: bool,
    state: &State,
) -> Option<bool> {
    let (mut from, mut to, mut reaction) = (String::new(), String::new(), Reaction::Accept);
    let access = state.access().filter(|_| !has_starttls);
    let mut is_authenticated = access.is_none();
    loop {
        let line = read_line(stream).await?;
        let command = line.trim_end().to_ascii_uppercase();
        let response = match command.split([' ', ':']).next().unwrap_or_default() {
            "EHLO" | "HELO" if has_starttls => "250-localhost\r\n250-8BITMIME\r\n250 STARTTLS".to_owned(),
            "EHLO" | "HELO" => match &access {
                Some(access) => format!("250-localhost\r\n250-8BITMIME\r\n250 AUTH {}", access.mechanism),
                None => "250-localhost\r\n250 8BITMIME".to_owned(),
            },
            "AUTH" => {
                let credentials = read_credentials(stream, line.trim_end()).await?;
                is_authenticated =
                    access.as_ref().is_some_and(|access| credentials == (access.name.clone(), access.password.clone()));
                if is_authenticated {
                    "235 come in".to_owned()
                } else {
                    "535 5.7.8 nobody of that name and word".to_owned()
                }
            }
            "STARTTLS" if has_starttls => {
                stream.write_all(b"220 go ahead\r\n").await.ok()?;
                return Some(true);
            }
            "MAIL" if has_starttls => "530 5.7.0 must issue STARTTLS first".to_owned(),
            "MAIL" if !is_authenticated => "530 5.7.0 sign in first".to_owned(),
            "MAIL" => {
                from = line.trim_end().to_owned();
                "250 ok".to_owned()
            }
            "RCPT" => {
                to = line.trim_end().to_owned();
                reaction = state.reactions.lock().unwrap().pop_front().unwrap_or(Reaction::Accept);
                match reaction {
                    Reaction::RejectRecipient(response) => response.to_owned(),
                    _ => "250 ok".to_owned(),
                }
            }
            "DATA" => {
                stream.write_all(b"354 go on\r\n").await.ok()?;
                let raw = read_message(stream).await?;
                let received = Received { from: from.clone(), to: to.clone(), raw, encrypted };
                let accept_message = || state.received.lock().unwrap().push(received.clone());
                match &reaction {
                    Reaction::Reject(response) | Reaction::RejectRecipient(response) => (*response).to_owned(),
                    Reaction::AcceptAndDrop => {
                        accept_message();
                        return None;
                    }
                    Reaction::AcceptSlowly(time) => {
                        tokio::time::sleep(*time).await;
                        accept_message();
                        "250 taken".to_owned()
                    }
                    Reaction::Accept => {
                        accept_message();
                        "250 taken".to_owned()
                    }
                }
            }
            "QUIT" => {
                let _ = stream.write_all(b"221 bye\r\n").await;
                return None;
            }
            "NOOP" | "RSET" => "250 ok".to_owned(),
            _ => "502 what?".to_owned(),
        };
        // In one packet, to avoid delayed acknowledgements.
        stream.write_all(format!("{response}\r\n").as_bytes()).await.ok()?;
    }
}

/// Reads the credentials of `AUTH PLAIN` or `AUTH LOGIN`.
async fn read_credentials<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut BufReader<S>,
    line: &str,
) -> Option<(String, String)> {
    let read = |text: &str| String::from_utf8(STANDARD.decode(text.trim()).unwrap_or_default()).unwrap_or_default();
    let mut words = line.split(' ').skip(1);
    if words.next().is_some_and(|mechanism| mechanism.eq_ignore_ascii_case("PLAIN")) {
        let credentials = read(words.next().unwrap_or_default());
        let mut parts = credentials.split('\0').skip(1).map(str::to_owned);
        return Some((parts.next().unwrap_or_default(), parts.next().unwrap_or_default()));
    }
    let mut credentials = Vec::new();
    for question in ["Username:", "Password:"] {
        stream.write_all(format!("334 {}\r\n", STANDARD.encode(question)).as_bytes()).await.ok()?;
        credentials.push(read(&read_line(stream).await?));
    }
    Some((credentials.remove(0), credentials.remove(0)))
}

async fn read_line<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut BufReader<S>) -> Option<String> {
    let mut line = Vec::new();
    match stream.read_until(b'\n', &mut line).await {
        Ok(read) if read > 0 => Some(String::from_utf8_lossy(&line).into_owned()),
        _ => None,
    }
}

async fn read_message<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut BufReader<S>) -> Option<String> {
    let mut message = String::new();
    loop {
        let line = read_line(stream).await?;
        if line == ".\r\n" {
            return Some(message);
        }
        message.push_str(line.strip_prefix('.').unwrap_or(&line));
    }
}
