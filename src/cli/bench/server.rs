//! The measured server: this program as `lumbung serve`, in a child process.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant as Stopwatch};

use super::client::{RawRequest, send_request};
use crate::cli::Failure;

/// How long the server may take to be ready.
const START_TIMEOUT: Duration = Duration::from_secs(30);
/// Linux counts the CPU time of processes in ticks; this is their number per second (`USER_HZ`).
const TICKS_PER_SECOND: f64 = 100.0;

/// A running `lumbung serve`; killed on drop.
pub(super) struct Server {
    child: Child,
    pub(super) address: SocketAddr,
    /// The time from the start until the server was ready.
    pub(super) ready_after: Duration,
}

impl Server {
    /// Starts a server on this database and waits until it is ready.
    pub(super) fn start(database: &str, data: &Path) -> Result<Self, Failure> {
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let started = Stopwatch::now();
        let child = Command::new(std::env::current_exe()?)
            .arg("serve")
            .env("LUMBUNG__SERVER__PORT", address.port().to_string())
            .env("LUMBUNG__DATABASE__URL", database)
            .env("LUMBUNG__DATA_DIR", data)
            .env("LUMBUNG__METRICS__PORT", "0")
            // No request log and no rate limit, as behind a proxy that does both.
            .env("LUMBUNG__LOG__FILTER", "warn")
            .env("LUMBUNG__RATE__ENABLED", "false")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()?;
        let mut server = Server { child, address, ready_after: Duration::ZERO };
        while started.elapsed() < START_TIMEOUT {
            if let Some(status) = server.child.try_wait()? {
                return Err(Failure::new(format!("the server ended with {status}")));
            }
            if send_request(address, RawRequest::get("/health/ready")).is_ok_and(|reply| reply.status == 200) {
                server.ready_after = started.elapsed();
                return Ok(server);
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        Err(Failure::new("the server is not ready"))
    }

    /// The current and the peak memory in megabytes; `None` on systems other than Linux.
    pub(super) fn memory(&self) -> Option<(f64, f64)> {
        let text = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let megabytes = |key: &str| -> Option<f64> {
            let line = text.lines().find(|line| line.starts_with(key))?;
            Some(line.split_whitespace().nth(1)?.parse::<f64>().ok()? / 1024.0)
        };
        Some((megabytes("VmRSS:")?, megabytes("VmHWM:")?))
    }

    /// The used CPU time in milliseconds; `None` on systems other than Linux.
    pub(super) fn cpu_millis(&self) -> Option<f64> {
        let text = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).ok()?;
        // The process name can contain spaces and ends at the last bracket; the CPU times follow eleven fields later.
        let mut fields = text.rsplit_once(')')?.1.split_whitespace().skip(11);
        let (user, system): (f64, f64) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
        Some((user + system) * 1000.0 / TICKS_PER_SECOND)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _: io::Result<()> = self.child.kill();
        let _ = self.child.wait();
    }
}
