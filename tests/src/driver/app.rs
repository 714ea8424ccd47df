//! One window of the application, and what a person can do in it.

use std::{
    fs,
    future::Future,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
    thread,
    time::{Duration, Instant},
};

use fantoccini::{
    Client, ClientBuilder,
    elements::{Element, ElementRef},
    error::CmdError,
    key::Key,
};
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
const PATIENCE: Duration = Duration::from_secs(60);

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
        let client = runtime.block_on(async { timeout(PATIENCE, builder.connect(&server.address())).await })??;
        let app = Self { runtime, client: Some(client), server, place };
        app.until("the first page", "return document.querySelector('main h1, main .seal') !== null", &[])?;
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

    /// Waits until something of this name is to be seen.
    ///
    /// # Errors
    /// When it does not appear.
    pub fn see(&self, name: &str) -> Step {
        self.until(&format!("[{name}]"), "return one(arguments[0]) !== null", &[json!(name)]).map(drop)
    }

    /// Waits until nothing of this name is to be seen any more.
    ///
    /// # Errors
    /// When it stays.
    pub fn see_no_more(&self, name: &str) -> Step {
        self.until(&format!("[{name}] to go"), "return one(arguments[0]) === null", &[json!(name)]).map(drop)
    }

    /// Waits until something of this name says this, among other words; gives all that it says.
    ///
    /// # Errors
    /// When it does not.
    pub fn see_text(&self, name: &str, words: &str) -> Step<String> {
        let script = "return all(arguments[0]).map(said).find((text) => text.includes(arguments[1])) ?? null";
        self.until(&format!("[{name}] to say “{words}”"), script, &[json!(name), json!(words)]).map(|said| text(&said))
    }

    /// Waits until the element of this name has this value in `data-…`.
    ///
    /// # Errors
    /// When it does not come to have it.
    pub fn see_data(&self, name: &str, key: &str, value: &str) -> Step {
        let script = "return all(arguments[0]).some((el) => el.dataset[arguments[1]] === arguments[2])";
        let what = format!("[{name}] with data-{key}={value}");
        self.until(&what, script, &[json!(name), json!(key), json!(value)]).map(drop)
    }

    /// Whether something of this name is to be seen now.
    ///
    /// # Errors
    /// When the window does not answer.
    pub fn has(&self, name: &str) -> Step<bool> {
        self.now("return one(arguments[0]) !== null", &[json!(name)]).map(|seen| seen == true)
    }

    /// What a script gives now.
    ///
    /// # Errors
    /// When the script or the window fails.
    pub fn now(&self, script: &str, arguments: &[Value]) -> Step<Value> {
        self.run(self.client()?.execute(&format!("{WORDS}{script}"), arguments.to_vec()))
    }

    /// What is typed in a field.
    ///
    /// # Errors
    /// When there is no such field.
    pub fn value(&self, name: &str) -> Step<String> {
        self.see(name)?;
        self.now("return one(arguments[0]).value", &[json!(name)]).map(|value| text(&value))
    }

    /// Presses what has this name, as soon as it can be pressed.
    ///
    /// # Errors
    /// When it cannot be pressed in time.
    pub fn click(&self, name: &str) -> Step {
        self.click_found(&format!("[{name}]"), "return ready(one(arguments[0]))", &[json!(name)])
    }

    /// Presses what this script finds.
    ///
    /// # Errors
    /// When it cannot be pressed in time.
    pub fn click_found(&self, what: &str, script: &str, arguments: &[Value]) -> Step {
        let until = Instant::now() + PATIENCE;
        loop {
            let element = self.element(what, script, arguments)?;
            match self.run(element.click()) {
                Ok(()) => return Ok(()),
                // It was redrawn or covered between being found and being pressed.
                Err(_) if Instant::now() < until => thread::sleep(LOOK),
                Err(failure) => return Err(self.failure(&format!("pressing {what}: {failure}"))),
            }
        }
    }

    /// Types into the field of this name, in place of what is there.
    ///
    /// # Errors
    /// When there is no such field, or it does not take the text.
    pub fn fill(&self, name: &str, words: &str) -> Step {
        let script = "const el = ready(one(arguments[0])); if (!el) return null; el.focus(); el.select(); return el;";
        let field = self.element(&format!("[{name}]"), script, &[json!(name)])?;
        self.run(field.send_keys(words))?;
        let taken = "return one(arguments[0])?.value === arguments[1]";
        self.until(&format!("[{name}] to take “{words}”"), taken, &[json!(name), json!(words)]).map(drop)
    }

    /// Types a day into a date field and closes its calendar.
    ///
    /// # Errors
    /// As [`App::fill`].
    pub fn fill_day(&self, name: &str, day: &str) -> Step {
        self.fill(name, day)?;
        self.press(&Key::Enter.to_string())?;
        self.until(
            "the calendar to close",
            "return ![...document.querySelectorAll('.el-picker-panel')].some(shown)",
            &[],
        )
        .map(drop)
    }

    /// Chooses an entry of a list by its words.
    ///
    /// # Errors
    /// When there is no such list or entry.
    pub fn choose(&self, list: &str, words: &str) -> Step {
        self.click(list)?;
        let script = "const found = [...document.querySelectorAll('.el-select-dropdown__item')].filter(shown)
            .find((el) => said(el) === arguments[0]); return ready(found)";
        self.click_found(&format!("“{words}” in [{list}]"), script, &[json!(words)])
    }

    /// Types on the keyboard, into whatever has the focus.
    ///
    /// # Errors
    /// When the window does not take it.
    pub fn press(&self, keys: &str) -> Step {
        let client = self.client()?;
        self.run(async {
            let focused = client.active_element().await?;
            focused.send_keys(keys).await
        })
    }

    /// The name of what has the focus.
    ///
    /// # Errors
    /// When the window does not answer.
    pub fn focused(&self) -> Step<String> {
        self.now("return document.activeElement?.dataset.test ?? ''", &[]).map(|name| text(&name))
    }

    /// Goes to a page by its address, as no person does; for pictures.
    ///
    /// # Errors
    /// When the page does not open.
    pub fn go(&self, route: &str) -> Step {
        self.now("location.hash = arguments[0]", &[json!(route)])?;
        self.until(&format!("page {route}"), "return location.hash === `#${arguments[0]}`", &[json!(route)])?;
        self.settled()
    }

    /// The files that the page says it has written.
    ///
    /// # Errors
    /// When it says nothing of the kind.
    pub fn written(&self) -> Step<Vec<PathBuf>> {
        let script = "const files = all('written-file').filter(shown).map((el) => el.dataset.path);
            return files.length ? files : null";
        let files = self.until("files written", script, &[])?;
        Ok(files.as_array().into_iter().flatten().map(|file| PathBuf::from(text(file))).collect())
    }

    /// The one file with this ending that the page says it has written.
    ///
    /// # Errors
    /// When it says nothing of the kind.
    pub fn written_one(&self, ending: &str) -> Step<PathBuf> {
        let script = "return all('written-file').filter(shown).map((el) => el.dataset.path)
            .find((path) => path.endsWith(arguments[0])) ?? null";
        Ok(self.until(&format!("a written {ending}"), script, &[json!(ending)]).map(|path| text(&path))?.into())
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

    fn element(&self, what: &str, script: &str, arguments: &[Value]) -> Step<Element> {
        let found = self.until(&format!("{what} to be ready"), script, arguments)?;
        let id = found.as_object().and_then(|reference| reference.values().next()).map(text);
        let id = id.ok_or_else(|| self.failure(&format!("{what} is no element")))?;
        Ok(Element::from_element_id(self.client()?.clone(), ElementRef::from(id)))
    }

    fn client(&self) -> Step<&Client> {
        self.client.as_ref().ok_or_else(|| Failure::new("the window is closed"))
    }

    fn run<T>(&self, command: impl Future<Output = Result<T, CmdError>>) -> Step<T> {
        Ok(self.runtime.block_on(async { timeout(PATIENCE, command).await })??)
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
