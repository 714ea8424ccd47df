//! The WebDriver server that starts the application.

use std::{
    fs,
    io::{Read, Write},
    net::{Ipv4Addr, TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use super::place::Place;
use crate::{Failure, Step};

/// How long the server may take to answer.
const PATIENCE: Duration = Duration::from_secs(20);
/// Between two looks at whether something has come about.
pub(super) const LOOK: Duration = Duration::from_millis(25);

/// A running server; ended when dropped, with all that it started.
pub(super) struct Server {
    process: Child,
    port: u16,
}

impl Server {
    /// Starts one for this place and waits until it answers.
    pub(super) fn start(place: &Place) -> Step<Self> {
        // Between asking for a free port and taking it someone else may take it: then again.
        let mut last = Failure::new("no attempt");
        for _ in 0..3 {
            match Self::start_on(free_port()?, place) {
                Ok(server) => return Ok(server),
                Err(failure) => last = failure,
            }
        }
        Err(last.during("WebKitWebDriver"))
    }

    fn start_on(port: u16, place: &Place) -> Step<Self> {
        let log = fs::OpenOptions::new().create(true).append(true).open(place.log())?;
        let process = Command::new("WebKitWebDriver")
            .arg(format!("--port={port}"))
            .envs(place.variables())
            // The application must neither find nor use what belongs to the person at this machine.
            .env_remove("WAYLAND_DISPLAY")
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()?;
        let mut server = Self { process, port };
        let until = Instant::now() + PATIENCE;
        while !server.is_ready() {
            if let Some(status) = server.process.try_wait()? {
                return Err(Failure::new(format!("ended with {status}")));
            }
            if Instant::now() > until {
                return Err(Failure::new("does not answer"));
            }
            thread::sleep(LOOK);
        }
        Ok(server)
    }

    pub(super) fn address(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }

    /// Ends it, if it has not ended already.
    pub(super) fn stop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }

    fn is_ready(&self) -> bool {
        let ask = || -> std::io::Result<String> {
            let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))?;
            stream.set_read_timeout(Some(Duration::from_secs(2)))?;
            stream.write_all(b"GET /status HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")?;
            let mut answer = [0; 512];
            let read = stream.read(&mut answer)?;
            Ok(String::from_utf8_lossy(answer.get(..read).unwrap_or_default()).into_owned())
        };
        ask().is_ok_and(|answer| answer.starts_with("HTTP/1.1 200"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

fn free_port() -> Step<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}
