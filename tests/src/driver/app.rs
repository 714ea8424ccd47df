//! One window of the application, and what a person can do in it.

use std::{
    fs,
    future::Future,
    path::Path,
    sync::atomic::{AtomicU32, Ordering},
    thread,
    time::{Duration, Instant},
};

use fantoccini::{Client, ClientBuilder, error::CmdError};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tokio::{runtime::Runtime, time::timeout};

use super::{
    place::{Place, target, text},
    server::{LOOK, Server},
};
use crate::{Failure, Step};

/// How long the window may take to show what a step has brought about. Deriving a key from a passphrase takes a second in a
/// build without optimisation, making the sample meeting many.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);

/// How long the driver and the application may take to meet; usually a second.
const MEETING: Duration = Duration::from_secs(30);

/// What every script may use: elements by their `data-test` name, and whether a person could see or press them.
const WORDS: &str = r#"
const all = (name) => [...document.querySelectorAll(`[data-test="${name}"]`)];
const shown = (el) => {
  const box = el.getBoundingClientRect();
  return box.width > 0 && box.height > 0 && getComputedStyle(el).visibility !== "hidden";
};
const one = (name) => all(name).find(shown) ?? null;
const still = (el) => !document.getAnimations().some((moving) => moving.playState === "running" && moving.effect?.target?.contains?.(el));
const ready = (el) => {
  if (!el || el.disabled || el.ariaDisabled === "true" || el.closest(".is-disabled") || el.closest("[aria-busy=true]")) return null;
  if (!still(el)) return null;
  el.scrollIntoView({ block: "center", inline: "nearest" });
  const box = el.getBoundingClientRect();
  const hit = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
  return hit && (el.contains(hit) || hit.contains(el)) ? el : null;
};
const said = (el) => (el?.textContent ?? "").replace(/\s+/g, " ").trim();
"#;

/// The running application with its window. Dropping it closes the window and ends every process that it had started, also
/// when a test panics.
pub struct App<'a> {
    runtime: Runtime,
    client: Option<Client>,
    server: Server,
    place: &'a Place,
}

impl<'a> App<'a> {
    /// Starts the application and waits for its first page.
    ///
    /// # Errors
    /// When the driver or the application does not start.
    pub fn open(place: &'a Place) -> Step<Self> {
        // The driver and the application meet on a port that the driver chose as free. When somebody else was faster they
        // never meet, through no fault of either: then again, and said aloud.
        let app = match Self::start(place) {
            Ok(app) => app,
            Err(failure) => {
                eprintln!("starting again: {failure}");
                Self::start(place)?
            }
        };
        app.until("the first page", "return document.querySelector('main h1, main .seal') !== null", &[])?;
        Ok(app)
    }

    fn start(place: &'a Place) -> Step<Self> {
        let server = Server::start(place)?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let wanted = json!({
            "browserName": "wry",
            "webkitgtk:browserOptions": { "binary": place.app(), "args": [] },
        });
        let mut capabilities = fantoccini::wd::Capabilities::new();
        capabilities.extend(wanted.as_object().cloned().unwrap_or_default());
        let mut builder = ClientBuilder::new(HttpConnector::new());
        builder.capabilities(capabilities);
        let address = server.address();
        let connected = runtime.block_on(async { timeout(MEETING, builder.connect(&address)).await });
        let mut app = Self { runtime, client: None, server, place };
        match connected {
            Ok(Ok(client)) => app.client = Some(client),
            Ok(Err(error)) => return Err(app.not_opened(&error.to_string())),
            Err(_) => return Err(app.not_opened(&format!("no window in {MEETING:?}"))),
        }
        Ok(app)
    }

    /// Where it keeps its things, and what its dialogs answer.
    pub fn place(&self) -> &'a Place {
        self.place
    }

    /// Ends the application as a power failure would.
    ///
    /// # Errors
    /// When it does not end.
    pub fn kill(self) -> Step {
        if self.place.processes(true).is_empty() {
            return Err(Failure::new("the application was not found among the processes"));
        }
        self.place.kill(true)?;
        let until = Instant::now() + PATIENCE;
        while !self.place.processes(true).is_empty() {
            if Instant::now() > until {
                return Err(Failure::new("the application survived SIGKILL"));
            }
            thread::sleep(LOOK);
        }
        Ok(())
    }

    /// Waits until a script gives something other than `null`, `false` and `""`, and gives that. The script sees [`WORDS`] and
    /// its `arguments`.
    ///
    /// # Errors
    /// When it does not come about in time; then a picture and the page's text are kept.
    pub fn until(&self, what: &str, script: &str, arguments: &[Value]) -> Step<Value> {
        let script = format!("{WORDS}{script}");
        let until = Instant::now() + PATIENCE;
        let mut last = Value::Null;
        loop {
            match self.run(self.client()?.execute(&script, arguments.to_vec())) {
                Ok(value) if !matches!(value, Value::Null | Value::Bool(false)) && value != "" => return Ok(value),
                Ok(_) => {}
                Err(failure) => last = json!(failure.to_string()),
            }
            if Instant::now() > until {
                return Err(self.failure(&format!("waited in vain for {what} {last}")));
            }
            thread::sleep(LOOK);
        }
    }

    /// What a script gives now.
    ///
    /// # Errors
    /// When the script or the window fails.
    pub fn now(&self, script: &str, arguments: &[Value]) -> Step<Value> {
        self.run(self.client()?.execute(&format!("{WORDS}{script}"), arguments.to_vec()))
    }

    /// Waits until nothing moves, loads or is about to be drawn.
    ///
    /// # Errors
    /// When the window does not come to rest.
    pub fn settled(&self) -> Step {
        let script = "return document.fonts.status === 'loaded'
            && ![...document.querySelectorAll('[aria-busy=true], .is-loading, .el-skeleton, [data-test=reader-loading], [data-test=loading]')].some(shown)
            && !document.getAnimations().some((moving) => moving.playState === 'running' && moving.effect?.getTiming().iterations !== Infinity)";
        self.until("the page to come to rest", script, &[])?;
        // Twice: the first frame may still hold what was there before.
        let frames = "const done = arguments[arguments.length - 1];
            requestAnimationFrame(() => requestAnimationFrame(() => done(true)))";
        self.run(self.client()?.execute_async(frames, vec![])).map(drop)
    }

    /// Gives the window this size.
    ///
    /// # Errors
    /// When it does not take it: the display may be smaller.
    pub fn resize(&self, width: u32, height: u32) -> Step {
        self.run(self.client()?.set_window_rect(0, 0, width, height))?;
        let script = "return innerWidth === arguments[0] && innerHeight === arguments[1]";
        self.until(&format!("a window of {width}×{height}"), script, &[json!(width), json!(height)])?;
        self.settled()
    }

    /// Keeps a picture of the window.
    ///
    /// # Errors
    /// When none can be taken or written.
    pub fn picture(&self, file: &Path) -> Step {
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)?;
        }
        Ok(fs::write(file, self.run(self.client()?.screenshot())?)?)
    }

    /// A failure of the page as it is now, whose picture and text are kept.
    pub fn failure(&self, reason: &str) -> Failure {
        static NUMBER: AtomicU32 = AtomicU32::new(1);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let kept = target().join("e2e").join(format!("failure-{}-{number}", std::process::id()));
        let picture = kept.with_extension("png");
        // Whatever fails here must not hide the reason.
        let _ = self.picture(&picture);
        let page = self.now("return `${location.hash}\n${document.body.innerText}`", &[]).map(|page| text(&page));
        let page = page.unwrap_or_else(|failure| failure.to_string());
        let log = fs::read_to_string(self.place.log()).unwrap_or_default();
        let _ = fs::write(kept.with_extension("txt"), format!("{reason}\n\n{page}\n\n{log}"));
        Failure::new(format!("{reason}\n  picture: {}\n  page:\n{page}", picture.display()))
    }

    /// The application did not come up: with what it said.
    fn not_opened(&self, reason: &str) -> Failure {
        let log = fs::read_to_string(self.place.log()).unwrap_or_default();
        let processes = self.place.processes(true);
        Failure::new(format!("the application did not open: {reason}; its processes: {processes:?}; it said:\n{log}"))
    }

    pub(super) fn client(&self) -> Step<&Client> {
        self.client.as_ref().ok_or_else(|| Failure::new("the window is closed"))
    }

    pub(super) fn run<T>(&self, command: impl Future<Output = Result<T, CmdError>>) -> Step<T> {
        let answered = self.runtime.block_on(async { timeout(PATIENCE, command).await });
        Ok(answered.map_err(|_| Failure::new(format!("the window gave no answer in {PATIENCE:?}")))??)
    }
}

impl Drop for App<'_> {
    fn drop(&mut self) {
        if let Some(client) = self.client.take() {
            // A window that no longer answers is ended below.
            let _ = self.runtime.block_on(async { timeout(Duration::from_secs(5), client.close()).await });
        }
        self.server.stop();
        let until = Instant::now() + Duration::from_secs(5);
        // Until none is left: the next to open this place must find its desks free.
        while !self.place.processes(false).is_empty() && Instant::now() < until {
            let _ = self.place.kill(false);
            thread::sleep(LOOK);
        }
    }
}
