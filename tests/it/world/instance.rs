//! A server in this process: the application on a free port, stopped on drop.

use std::net::TcpListener;

use lumbung::app::Application;
use lumbung::config::Config;
use lumbung::kernel::{Clock, Entropy};

use super::Client;

pub struct Instance {
    pub app: Application,
    pub base_url: String,
    pub(super) server: Server,
}

/// A server on its own thread.
pub(super) struct Server {
    stop: Option<tokio::sync::oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Instance {
    pub(super) fn of(config: &Config, clock: &Clock) -> Instance {
        let app = Application::build(config, clock.clone(), Entropy::System).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base_url = format!("http://{}", listener.local_addr().unwrap());
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let application = app.clone();
        let thread = std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let server = lumbung::server::serve(&application, listener, 1).unwrap();
                let handle = server.handle();
                actix_web::rt::spawn(async move {
                    let _ = stopped.await;
                    handle.stop(false).await;
                });
                server.await.unwrap();
            });
        });
        Instance { app, base_url, server: Server { stop: Some(stop), thread: Some(thread) } }
    }

    /// An anonymous client of this server.
    pub fn guest(&self) -> Client {
        Client::new(reqwest::Client::new(), &self.base_url)
    }
}

impl Server {
    pub(super) fn stop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}
