//! The service as a process of its own, for what only a process can show.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant as Stopwatch};

use super::TestDatabase;

/// A server process of its own on a free port.
pub struct Served {
    process: Child,
    pub port: u16,
}

impl Served {
    pub fn start(database: &TestDatabase, drain: u64) -> Served {
        Served::start_with(database, drain, &[], Stdio::null())
    }

    /// The same with more of its configuration, telling its log to this.
    pub fn start_with(database: &TestDatabase, drain: u64, more: &[(&str, &str)], log: Stdio) -> Served {
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
        let served = Served { process, port };
        let begun = Stopwatch::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() || !served.get("/health/live").contains(" 200 ") {
            assert!(begun.elapsed() < Duration::from_secs(30), "the server does not start");
            std::thread::sleep(Duration::from_millis(20));
        }
        served
    }

    pub fn get(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        let _ = stream.read_to_string(&mut answer);
        answer
    }

    /// The most memory it has held so far, in KiB.
    pub fn most_memory(&self) -> i64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }

    pub fn tell(&self) {
        let told = Command::new("kill").args(["-TERM", &self.process.id().to_string()]).status().unwrap();
        assert!(told.success());
    }

    pub fn end(&mut self, within: Duration) -> std::process::ExitStatus {
        let begun = Stopwatch::now();
        loop {
            if let Some(status) = self.process.try_wait().unwrap() {
                return status;
            }
            assert!(begun.elapsed() < within, "the server does not stop");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Served {
    /// Kills it without a word, as a power cut of the process.
    pub fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
