//! The server that is measured: this very program, serving as it would serve people, in a process of its own.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant as Stopwatch};

use super::client::{Request, ask};
use crate::cli::Failure;

/// How long it may take to be ready.
const PATIENCE: Duration = Duration::from_secs(30);
/// In how many ticks a second Linux counts the time of processes.
const TICKS: f64 = 100.0;

/// A running `lumbung serve`; it ends with this.
pub(super) struct Server {
    child: Child,
    pub(super) address: SocketAddr,
    /// From its start until it said that it is ready.
    pub(super) ready_after: Duration,
}

impl Server {
    /// Starts one on this database.
    pub(super) fn start(database: &str, data: &Path) -> Result<Self, Failure> {
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let begun = Stopwatch::now();
        let child = Command::new(std::env::current_exe()?)
            .arg("serve")
            .env("LUMBUNG__SERVER__PORT", address.port().to_string())
            .env("LUMBUNG__DATABASE__URL", database)
            .env("LUMBUNG__DATA_DIR", data)
            .env("LUMBUNG__METRICS__PORT", "0")
            // What a proxy in front would do: no line a request, no counting of callers.
            .env("LUMBUNG__LOG__FILTER", "warn")
            .env("LUMBUNG__RATE__ENABLED", "false")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()?;
        let mut server = Server { child, address, ready_after: Duration::ZERO };
        while begun.elapsed() < PATIENCE {
            if let Some(status) = server.child.try_wait()? {
                return Err(Failure::new(format!("the server ended with {status}")));
            }
            if ask(address, Request::get("/health/ready")).is_ok_and(|reply| reply.status == 200) {
                server.ready_after = begun.elapsed();
                return Ok(server);
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        Err(Failure::new("the server is not ready"))
    }

    /// Megabytes of memory it holds, and at most held; only Linux tells.
    pub(super) fn memory(&self) -> Option<(f64, f64)> {
        let text = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let megabytes = |key: &str| -> Option<f64> {
            let line = text.lines().find(|line| line.starts_with(key))?;
            Some(line.split_whitespace().nth(1)?.parse::<f64>().ok()? / 1024.0)
        };
        Some((megabytes("VmRSS:")?, megabytes("VmHWM:")?))
    }

    /// Milliseconds of processor time it has used; only Linux tells.
    pub(super) fn processor(&self) -> Option<f64> {
        let text = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).ok()?;
        // The name may hold spaces, and ends with the last bracket; then come the state and eleven figures.
        let mut fields = text.rsplit_once(')')?.1.split_whitespace().skip(11);
        let (user, system): (f64, f64) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
        Some((user + system) * 1000.0 / TICKS)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _: io::Result<()> = self.child.kill();
        let _ = self.child.wait();
    }
}
