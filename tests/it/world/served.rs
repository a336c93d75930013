//! The service as a separate process.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant as Stopwatch};

use super::TestDatabase;

/// A server process on a free port.
pub struct ServerProcess {
    process: Child,
    pub port: u16,
}

impl ServerProcess {
    pub fn start(database: &TestDatabase, drain: u64) -> ServerProcess {
        ServerProcess::start_with(database, drain, &[], Stdio::null())
    }

    /// Starts with additional environment variables, and its log redirected.
    pub fn start_with(database: &TestDatabase, drain: u64, more: &[(&str, &str)], log: Stdio) -> ServerProcess {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let process = Command::new(env!("CARGO_BIN_EXE_lumbung"))
            .arg("serve")
            .current_dir(database.folder.path())
            .env("LUMBUNG__DATA_DIR", database.folder.path())
            .env("LUMBUNG__DATABASE__URL", &database.url)
            .env("LUMBUNG__SERVER__PORT", port.to_string())
            .env("LUMBUNG__SERVER__DRAIN_SECONDS", drain.to_string())
            .env("LUMBUNG__METRICS__PORT", "0")
            .env("LUMBUNG__LOG__FORMAT", "json")
            .envs(more.iter().copied())
            .stderr(log)
            .spawn()
            .unwrap();
        let server = ServerProcess { process, port };
        let start_time = Stopwatch::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() || !server.get("/health/live").contains(" 200 ") {
            assert!(start_time.elapsed() < Duration::from_secs(30), "the server does not start");
            std::thread::sleep(Duration::from_millis(20));
        }
        server
    }

    pub fn get(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").unwrap();
        let mut response = String::new();
        let _ = stream.read_to_string(&mut response);
        response
    }

    /// The peak memory usage, in KiB.
    pub fn peak_memory_kib(&self) -> i64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }

    pub fn terminate(&self) {
        let outcome = Command::new("kill").args(["-TERM", &self.process.id().to_string()]).status().unwrap();
        assert!(outcome.success());
    }

    pub fn wait_for_exit(&mut self, within: Duration) -> std::process::ExitStatus {
        let start_time = Stopwatch::now();
        loop {
            if let Some(status) = self.process.try_wait().unwrap() {
                return status;
            }
            assert!(start_time.elapsed() < within, "the server does not stop");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl ServerProcess {
    /// Kills the process without warning.
    pub fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
