//! A small HTTP/1.1 load client: one keep-alive connection per client, without pipelining.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant as Stopwatch};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// How long each case runs before it is measured.
const WARM_UP: Duration = Duration::from_millis(500);

/// An HTTP response.
#[derive(Debug, Default)]
pub(super) struct Reply {
    pub(super) status: u16,
    head: String,
    pub(super) body: Vec<u8>,
}

impl Reply {
    /// The value of a header, by its case-insensitive name.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

/// An HTTP request as text.
#[derive(Debug, Clone)]
pub(super) struct RawRequest(String);

impl RawRequest {
    pub(super) fn get(path: &str) -> Self {
        RawRequest(format!("GET {path} HTTP/1.1\r\nhost: bench\r\n"))
    }

    pub(super) fn post(path: &str, json: &serde_json::Value) -> Self {
        let body = json.to_string();
        let length = body.len();
        RawRequest(format!("POST {path} HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\n"))
            .with("content-length", &length.to_string())
            .with_body(&body)
    }

    pub(super) fn with(mut self, name: &str, value: &str) -> Self {
        self.0.insert_str(self.0.find("\r\n").map_or(0, |end| end.saturating_add(2)), &format!("{name}: {value}\r\n"));
        self
    }

    fn with_body(mut self, body: &str) -> Self {
        self.0.push_str("\r\n");
        self.0.push_str(body);
        self
    }

    /// The bytes of the request, with the empty line after the headers.
    pub(super) fn into_bytes(mut self) -> Vec<u8> {
        if !self.0.contains("\r\n\r\n") {
            self.0.push_str("\r\n");
        }
        self.0.into_bytes()
    }
}

/// An open connection with the bytes read after the last response.
struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    async fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Connection { stream, buffer: Vec::with_capacity(64 * 1024) })
    }

    async fn send(&mut self, request: &[u8]) -> io::Result<Reply> {
        self.stream.write_all(request).await?;
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

fn find(text: &[u8], pattern: &[u8]) -> Option<usize> {
    text.windows(pattern.len()).position(|window| window == pattern)
}

/// Parses the first complete response; returns it with its length.
fn parse(read: &[u8]) -> Option<(Reply, usize)> {
    let head_end = find(read, b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(read.get(..head_end)?).into_owned();
    let status: u16 = head.get(9..12)?.parse().ok()?;
    let body_start = head_end.saturating_add(4);
    let mut reply = Reply { status, head, body: Vec::new() };
    if status == 304 || status == 204 {
        return Some((reply, body_start));
    }
    if let Some(length) = reply.header("content-length") {
        let end = body_start.saturating_add(length.parse().ok()?);
        reply.body = read.get(body_start..end)?.to_vec();
        return Some((reply, end));
    }
    // Chunked encoding: each chunk is its length in hexadecimal, CRLF, that many bytes and CRLF.
    let mut offset = body_start;
    loop {
        let rest = read.get(offset..)?;
        let line = find(rest, b"\r\n")?;
        let length = usize::from_str_radix(std::str::from_utf8(rest.get(..line)?).ok()?.trim(), 16).ok()?;
        let from = offset.saturating_add(line).saturating_add(2);
        let to = from.saturating_add(length);
        reply.body.extend_from_slice(read.get(from..to)?);
        offset = to.saturating_add(2);
        read.get(..offset)?;
        if length == 0 {
            return Some((reply, offset));
        }
    }
}

/// The measurement of a case.
#[derive(Debug)]
pub(super) struct Measurement {
    /// The duration of each request in microseconds, sorted.
    sorted: Vec<u32>,
    elapsed: Duration,
}

impl Measurement {
    /// Makes a measurement from the durations in microseconds and the total time.
    pub(super) fn of(mut micros: Vec<u32>, elapsed: Duration) -> Self {
        micros.sort_unstable();
        Measurement { sorted: micros, elapsed }
    }

    pub(super) fn count(&self) -> usize {
        self.sorted.len()
    }

    pub(super) fn per_second(&self) -> f64 {
        let count = u32::try_from(self.count()).unwrap_or(u32::MAX);
        f64::from(count) / self.elapsed.as_secs_f64().max(f64::EPSILON)
    }

    /// The percentile of the durations in milliseconds, given in per mille.
    pub(super) fn percentile_millis(&self, per_mille: usize) -> f64 {
        let index = self.count().saturating_sub(1).saturating_mul(per_mille).checked_div(1000).unwrap_or(0);
        self.sorted.get(index).map_or(0.0, |micros| f64::from(*micros) / 1000.0)
    }
}

/// Makes the bytes of a request, by the number of the client and the number of the request.
pub(super) type RequestSource = Arc<dyn Fn(usize, u64) -> Vec<u8> + Send + Sync>;

fn runtime() -> io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()
}

/// Sends one request on a new connection.
pub(super) fn send_request(address: SocketAddr, request: RawRequest) -> io::Result<Reply> {
    runtime()?.block_on(async { Connection::open(address).await?.send(&request.into_bytes()).await })
}

/// Runs this many clients for this many seconds, each sending its next request after the last response. A response with
/// another status than `expected` is an error, because the speed of failures means nothing.
pub(super) fn measure(
    address: SocketAddr,
    clients: usize,
    seconds: f64,
    expected: u16,
    requests: &RequestSource,
) -> io::Result<Measurement> {
    runtime()?.block_on(async {
        let measure_from = Stopwatch::now().checked_add(WARM_UP).unwrap_or_else(Stopwatch::now);
        let until = measure_from.checked_add(Duration::from_secs_f64(seconds)).unwrap_or(measure_from);
        let running: Vec<_> = (0..clients)
            .map(|client| {
                let requests = Arc::clone(requests);
                tokio::spawn(async move {
                    let mut connection = Connection::open(address).await?;
                    let mut micros = Vec::new();
                    for nth in 0.. {
                        let started = Stopwatch::now();
                        if started >= until {
                            break;
                        }
                        let reply = connection.send(&requests(client, nth)).await?;
                        if reply.status != expected {
                            let body = String::from_utf8_lossy(&reply.body).into_owned();
                            return Err(io::Error::other(format!(
                                "answered {} and not {expected}: {body}",
                                reply.status
                            )));
                        }
                        if started >= measure_from {
                            micros.push(u32::try_from(started.elapsed().as_micros()).unwrap_or(u32::MAX));
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
        Ok(Measurement::of(all, measure_from.elapsed()))
    })
}
