//! What a person does in the window: looks, presses, types.

use std::{path::PathBuf, thread, time::Instant};

use fantoccini::{
    elements::{Element, ElementRef},
    key::Key,
};
use serde_json::{Value, json};

use super::{
    app::{App, PATIENCE},
    place::text,
    server::LOOK,
};
use crate::Step;

impl App<'_> {
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

    fn element(&self, what: &str, script: &str, arguments: &[Value]) -> Step<Element> {
        let found = self.until(&format!("{what} to be ready"), script, arguments)?;
        let id = found.as_object().and_then(|reference| reference.values().next()).map(text);
        let id = id.ok_or_else(|| self.failure(&format!("{what} is no element")))?;
        Ok(Element::from_element_id(self.client()?.clone(), ElementRef::from(id)))
    }
}
