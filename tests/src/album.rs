//! Pictures of the window, kept under names.

use std::{
    cell::Cell,
    path::{Path, PathBuf},
};

use crate::{Step, driver::App};

/// The smallest size that the pages are made for, and full HD: width and height in pixels.
pub const SIZES: [(u32, u32); 2] = [(1366, 768), (1920, 1080)];

/// Where pictures go.
pub enum Album {
    /// Nowhere.
    None,
    /// One folder, numbered in the order in which they were taken: a meeting as a story.
    Story {
        /// The folder.
        folder: PathBuf,
        /// How many were taken.
        taken: Cell<u32>,
    },
    /// One folder for each of [`SIZES`], every picture under its plain name.
    Gallery {
        /// The folder above those folders.
        folder: PathBuf,
    },
}

impl Album {
    /// A story in this folder.
    pub fn story(folder: PathBuf) -> Self {
        Self::Story { folder, taken: Cell::new(0) }
    }

    /// Takes a picture of the window when it has come to rest, and sees that the page is whole.
    ///
    /// # Errors
    /// When the window does not come to rest, the page is not whole, or the picture cannot be kept.
    pub fn take(&self, app: &App<'_>, name: &str) -> Step {
        app.settled()?;
        is_whole(app).map_err(|failure| failure.during(name))?;
        match self {
            Self::None => Ok(()),
            Self::Story { folder, taken } => {
                taken.set(taken.get() + 1);
                app.picture(&folder.join(format!("{:02}-{name}.png", taken.get())))
            }
            Self::Gallery { folder } => {
                for (width, height) in SIZES {
                    app.resize(width, height)?;
                    is_whole(app).map_err(|failure| failure.during(name))?;
                    app.picture(&picture(folder, (width, height), name))?;
                }
                let (width, height) = SIZES[0];
                app.resize(width, height)
            }
        }
    }
}

/// What no page of a meeting without faults may show: words that are missing from the locale files (their key stands in their
/// place), something that reaches beyond the window's side, an error.
fn is_whole(app: &App<'_>) -> Step {
    let script = r"
        const key = /(^|[^\w./])(about|audit|backup|bureau|checks|common|consequence|errors|expert|forms|grades|identity|imports|nav|panel|scheme|secretary|settings|start|trust)\.[A-Za-z_]+(\.\w+)*/;
        const missing = document.body.innerText.split('\n').find((line) => key.test(line));
        if (missing) return `missing words: ${missing}`;
        const boxes = [document.documentElement, ...document.querySelectorAll('main, .page-pad, .side')];
        const wide = boxes.find((box) => box.scrollWidth > box.clientWidth + 1);
        if (wide) return `wider than the window: ${wide.className || wide.tagName} ${wide.scrollWidth} > ${wide.clientWidth}`;
        const error = one('error');
        return error ? `an error: ${said(error)}` : ''";
    match app.now(script, &[])?.as_str() {
        Some("") => Ok(()),
        found => Err(app.failure(found.unwrap_or("the page gave no answer"))),
    }
}

/// Where a gallery keeps the picture of that size and name.
pub fn picture(folder: &Path, (width, height): (u32, u32), name: &str) -> PathBuf {
    folder.join(format!("{width}x{height}")).join(format!("{name}.png"))
}
