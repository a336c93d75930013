//! A mail server on loopback that does what a test tells it, message by message.

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

/// What happens to a message.
#[derive(Debug, Clone)]
pub enum Plan {
    /// It is taken.
    Take,
    /// This is answered at the end of the message, which is not taken.
    Refuse(&'static str),
    /// This is answered when the recipient is named.
    RefuseRecipient(&'static str),
    /// It is taken, but the connection breaks before the answer.
    TakeAndDrop,
    /// It is taken after this long.
    TakeSlowly(Duration),
}

/// A message as it came over the wire.
#[derive(Debug, Clone)]
pub struct Received {
    pub from: String,
    pub to: String,
    /// Headers and body, dots unstuffed.
    pub raw: String,
    pub encrypted: bool,
}

impl Received {
    /// The names of the headers, in order.
    pub fn header_names(&self) -> Vec<String> {
        let head = self.raw.split("\r\n\r\n").next().unwrap_or_default();
        head.split("\r\n")
            .filter(|line| !line.starts_with([' ', '\t']))
            .map(|line| line.split(':').next().unwrap_or_default().to_owned())
            .collect()
    }

    /// One header's value, unfolded.
    pub fn header(&self, name: &str) -> String {
        let head = self.raw.split("\r\n\r\n").next().unwrap_or_default().replace("\r\n ", " ");
        let prefix = format!("{name}: ");
        head.split("\r\n").find_map(|line| line.strip_prefix(&prefix)).unwrap_or_default().to_owned()
    }
}

/// When a server speaks TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tls {
    Never,
    /// When it is asked to.
    Starttls,
    /// From the first byte.
    Always,
}

/// Who may send, and by which mechanism they say who they are.
#[derive(Debug, Clone)]
struct Access {
    mechanism: &'static str,
    name: String,
    password: String,
}

#[derive(Default)]
struct State {
    plans: Mutex<VecDeque<Plan>>,
    received: Mutex<Vec<Received>>,
    access: Mutex<Option<Access>>,
}

impl State {
    fn access(&self) -> Option<Access> {
        self.access.lock().unwrap().clone()
    }
}

pub struct Peer {
    pub address: SocketAddr,
    /// The certificate of its own authority, when it speaks TLS.
    pub certificate: Option<String>,
    state: Arc<State>,
    stop: Option<tokio::sync::oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Peer {
    /// A server that takes everything, without TLS.
    pub async fn open() -> Peer {
        Peer::start("127.0.0.1:0".parse().unwrap(), Tls::Never, Arc::default()).await
    }

    /// A server that offers STARTTLS, with a certificate of its own for `localhost`.
    pub async fn with_starttls() -> Peer {
        Peer::start("127.0.0.1:0".parse().unwrap(), Tls::Starttls, Arc::default()).await
    }

    /// A server that speaks TLS from the first byte, with a certificate of its own for `localhost`.
    pub async fn with_tls() -> Peer {
        Peer::start("127.0.0.1:0".parse().unwrap(), Tls::Always, Arc::default()).await
    }

    /// From now on only this person may send, and says who they are by this mechanism: `PLAIN` or `LOGIN`.
    pub fn admits(&self, mechanism: &'static str, name: &str, password: &str) {
        let access = Access { mechanism, name: name.to_owned(), password: password.to_owned() };
        *self.state.access.lock().unwrap() = Some(access);
    }

    /// It lives on a thread of its own: letters are sent, and connections closed, from the test's.
    async fn start(address: SocketAddr, tls: Tls, state: Arc<State>) -> Peer {
        let listener = std::net::TcpListener::bind(address).unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let (acceptor, certificate) = if tls == Tls::Never { (None, None) } else { Some(certified()).unzip() };
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
        Peer { address, certificate, state, stop: Some(stop), thread: Some(thread) }
    }

    /// What happens to the next messages; after that everything is taken.
    pub fn plan(&self, plans: impl IntoIterator<Item = Plan>) {
        self.state.plans.lock().unwrap().extend(plans);
    }

    pub fn received(&self) -> Vec<Received> {
        self.state.received.lock().unwrap().clone()
    }

    /// Breaks all connections and takes no more; tells where it was, to be opened again.
    pub async fn go_away(mut self) -> Gone {
        self.stop();
        Gone { address: self.address, state: Arc::clone(&self.state) }
    }

    fn stop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.stop();
    }
}

/// A server that is away.
pub struct Gone {
    pub address: SocketAddr,
    state: Arc<State>,
}

impl Gone {
    pub async fn come_back(self) -> Peer {
        Peer::start(self.address, Tls::Never, self.state).await
    }
}

pub(super) fn certified() -> (TlsAcceptor, String) {
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

/// Speaks until the client leaves; `Some(true)` when it wants TLS now.
async fn converse<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut BufReader<S>,
    offers_tls: bool,
    encrypted: bool,
    state: &State,
) -> Option<bool> {
    let (mut from, mut to, mut plan) = (String::new(), String::new(), Plan::Take);
    let access = state.access().filter(|_| !offers_tls);
    let mut admitted = access.is_none();
    loop {
        let line = read_line(stream).await?;
        let command = line.trim_end().to_ascii_uppercase();
        let answer = match command.split([' ', ':']).next().unwrap_or_default() {
            "EHLO" | "HELO" if offers_tls => "250-localhost\r\n250-8BITMIME\r\n250 STARTTLS".to_owned(),
            "EHLO" | "HELO" => match &access {
                Some(access) => format!("250-localhost\r\n250-8BITMIME\r\n250 AUTH {}", access.mechanism),
                None => "250-localhost\r\n250 8BITMIME".to_owned(),
            },
            "AUTH" => {
                let told = sign_in(stream, line.trim_end()).await?;
                admitted = access.as_ref().is_some_and(|access| told == (access.name.clone(), access.password.clone()));
                if admitted { "235 come in".to_owned() } else { "535 5.7.8 nobody of that name and word".to_owned() }
            }
            "STARTTLS" if offers_tls => {
                stream.write_all(b"220 go ahead\r\n").await.ok()?;
                return Some(true);
            }
            "MAIL" if offers_tls => "530 5.7.0 must issue STARTTLS first".to_owned(),
            "MAIL" if !admitted => "530 5.7.0 sign in first".to_owned(),
            "MAIL" => {
                from = line.trim_end().to_owned();
                "250 ok".to_owned()
            }
            "RCPT" => {
                to = line.trim_end().to_owned();
                plan = state.plans.lock().unwrap().pop_front().unwrap_or(Plan::Take);
                match plan {
                    Plan::RefuseRecipient(answer) => answer.to_owned(),
                    _ => "250 ok".to_owned(),
                }
            }
            "DATA" => {
                stream.write_all(b"354 go on\r\n").await.ok()?;
                let raw = read_message(stream).await?;
                let received = Received { from: from.clone(), to: to.clone(), raw, encrypted };
                let take = || state.received.lock().unwrap().push(received.clone());
                match &plan {
                    Plan::Refuse(answer) | Plan::RefuseRecipient(answer) => (*answer).to_owned(),
                    Plan::TakeAndDrop => {
                        take();
                        return None;
                    }
                    Plan::TakeSlowly(time) => {
                        tokio::time::sleep(*time).await;
                        take();
                        "250 taken".to_owned()
                    }
                    Plan::Take => {
                        take();
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
        // In one packet: two would wait for each other's acknowledgement.
        stream.write_all(format!("{answer}\r\n").as_bytes()).await.ok()?;
    }
}

/// The name and the password that are told by `AUTH PLAIN` or `AUTH LOGIN`.
async fn sign_in<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut BufReader<S>, line: &str) -> Option<(String, String)> {
    let read = |text: &str| String::from_utf8(STANDARD.decode(text.trim()).unwrap_or_default()).unwrap_or_default();
    let mut words = line.split(' ').skip(1);
    if words.next().is_some_and(|mechanism| mechanism.eq_ignore_ascii_case("PLAIN")) {
        let told = read(words.next().unwrap_or_default());
        let mut parts = told.split('\0').skip(1).map(str::to_owned);
        return Some((parts.next().unwrap_or_default(), parts.next().unwrap_or_default()));
    }
    let mut told = Vec::new();
    for question in ["Username:", "Password:"] {
        stream.write_all(format!("334 {}\r\n", STANDARD.encode(question)).as_bytes()).await.ok()?;
        told.push(read(&read_line(stream).await?));
    }
    Some((told.remove(0), told.remove(0)))
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
