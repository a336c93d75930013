//! A small HTTP/1.1 client for measuring: one connection a client, kept open, the next request when the last is
//! answered.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant as Stopwatch};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// How long each case runs before it counts.
const WARM_UP: Duration = Duration::from_millis(500);

/// One answer: its status, head and body.
#[derive(Debug, Default)]
pub(super) struct Reply {
    pub(super) status: u16,
    head: String,
    pub(super) body: Vec<u8>,
}

impl Reply {
    /// The value of a header, by its name in lower case.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

/// A request as it goes over the wire.
#[derive(Debug, Clone)]
pub(super) struct Request(String);

impl Request {
    pub(super) fn get(path: &str) -> Self {
        Request(format!("GET {path} HTTP/1.1\r\nhost: bench\r\n"))
    }

    pub(super) fn post(path: &str, json: &serde_json::Value) -> Self {
        let body = json.to_string();
        let length = body.len();
        Request(format!("POST {path} HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\n"))
            .with("content-length", &length.to_string())
            .ending_with(&body)
    }

    pub(super) fn with(mut self, name: &str, value: &str) -> Self {
        self.0.insert_str(self.0.find("\r\n").map_or(0, |end| end.saturating_add(2)), &format!("{name}: {value}\r\n"));
        self
    }

    fn ending_with(mut self, body: &str) -> Self {
        self.0.push_str("\r\n");
        self.0.push_str(body);
        self
    }

    /// The whole request; one without a body still lacks its empty line.
    pub(super) fn wire(mut self) -> Vec<u8> {
        if !self.0.contains("\r\n\r\n") {
            self.0.push_str("\r\n");
        }
        self.0.into_bytes()
    }
}

/// An open connection with what was read of it beyond the last answer.
struct Line {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Line {
    async fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Line { stream, buffer: Vec::with_capacity(64 * 1024) })
    }

    async fn ask(&mut self, wire: &[u8]) -> io::Result<Reply> {
        self.stream.write_all(wire).await?;
        loop {
            if let Some((reply, used)) = parse(&self.buffer) {
                self.buffer.drain(..used);
                return Ok(reply);
            }
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Err(io::Error::from(io::ErrorKind::UnexpectedEof));
            }
        }
    }
}

fn position(text: &[u8], of: &[u8]) -> Option<usize> {
    text.windows(of.len()).position(|window| window == of)
}

/// The first whole answer in what was read, and how long it is.
fn parse(read: &[u8]) -> Option<(Reply, usize)> {
    let head_end = position(read, b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(read.get(..head_end)?).into_owned();
    let status: u16 = head.get(9..12)?.parse().ok()?;
    let begin = head_end.saturating_add(4);
    let mut reply = Reply { status, head, body: Vec::new() };
    if status == 304 || status == 204 {
        return Some((reply, begin));
    }
    if let Some(length) = reply.header("content-length") {
        let end = begin.saturating_add(length.parse().ok()?);
        reply.body = read.get(begin..end)?.to_vec();
        return Some((reply, end));
    }
    // In chunks: each is its length in hexadecimal, a line's end, that many bytes and a line's end.
    let mut at = begin;
    loop {
        let rest = read.get(at..)?;
        let line = position(rest, b"\r\n")?;
        let length = usize::from_str_radix(std::str::from_utf8(rest.get(..line)?).ok()?.trim(), 16).ok()?;
        let from = at.saturating_add(line).saturating_add(2);
        let to = from.saturating_add(length);
        reply.body.extend_from_slice(read.get(from..to)?);
        at = to.saturating_add(2);
        read.get(..at)?;
        if length == 0 {
            return Some((reply, at));
        }
    }
}

/// What was measured of one case.
#[derive(Debug)]
pub(super) struct Tally {
    /// Microseconds of each request, sorted.
    sorted: Vec<u32>,
    elapsed: Duration,
}

impl Tally {
    /// What took `elapsed` in all, each piece in microseconds.
    pub(super) fn of(mut micros: Vec<u32>, elapsed: Duration) -> Self {
        micros.sort_unstable();
        Tally { sorted: micros, elapsed }
    }

    pub(super) fn count(&self) -> usize {
        self.sorted.len()
    }

    pub(super) fn per_second(&self) -> f64 {
        let count = u32::try_from(self.count()).unwrap_or(u32::MAX);
        f64::from(count) / self.elapsed.as_secs_f64().max(f64::EPSILON)
    }

    /// Milliseconds within which this many of a thousand were answered.
    pub(super) fn within(&self, per_mille: usize) -> f64 {
        let place = self.count().saturating_sub(1).saturating_mul(per_mille).checked_div(1000).unwrap_or(0);
        self.sorted.get(place).map_or(0.0, |micros| f64::from(*micros) / 1000.0)
    }
}

/// Makes the request of a client by its number and the number of the request.
pub(super) type Requests = Arc<dyn Fn(usize, u64) -> Vec<u8> + Send + Sync>;

fn runtime() -> io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()
}

/// One request on a connection of its own.
pub(super) fn ask(address: SocketAddr, request: Request) -> io::Result<Reply> {
    runtime()?.block_on(async { Line::open(address).await?.ask(&request.wire()).await })
}

/// Lets so many clients ask for so long, each as fast as it is answered. An answer of another status ends it all:
/// figures of a service that fails say nothing.
pub(super) fn measure(
    address: SocketAddr,
    clients: usize,
    seconds: f64,
    expected: u16,
    requests: &Requests,
) -> io::Result<Tally> {
    runtime()?.block_on(async {
        let counts_from = Stopwatch::now().checked_add(WARM_UP).unwrap_or_else(Stopwatch::now);
        let until = counts_from.checked_add(Duration::from_secs_f64(seconds)).unwrap_or(counts_from);
        let running: Vec<_> = (0..clients)
            .map(|client| {
                let requests = Arc::clone(requests);
                tokio::spawn(async move {
                    let mut line = Line::open(address).await?;
                    let mut micros = Vec::new();
                    for nth in 0.. {
                        let begun = Stopwatch::now();
                        if begun >= until {
                            break;
                        }
                        let reply = line.ask(&requests(client, nth)).await?;
                        if reply.status != expected {
                            let body = String::from_utf8_lossy(&reply.body).into_owned();
                            return Err(io::Error::other(format!(
                                "answered {} and not {expected}: {body}",
                                reply.status
                            )));
                        }
                        if begun >= counts_from {
                            micros.push(u32::try_from(begun.elapsed().as_micros()).unwrap_or(u32::MAX));
                        }
                    }
                    Ok(micros)
                })
            })
            .collect();
        let mut all = Vec::new();
        for client in running {
            all.extend(client.await.map_err(io::Error::other)??);
        }
        Ok(Tally::of(all, counts_from.elapsed()))
    })
}
