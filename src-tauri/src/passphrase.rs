//! A passphrase on its way from the window to the desk.

use std::ops::Deref;

use serde::Deserialize;
use specta::Type;
use zeroize::Zeroizing;

/// A passphrase (口令) as a page sends it; wiped from memory when dropped, never printed. What the webview itself keeps of a
/// field that was typed into is out of reach from here.
#[derive(Deserialize, Type)]
#[serde(transparent)]
#[specta(transparent)]
pub struct Passphrase(#[specta(type = String)] Zeroizing<String>);

impl Deref for Passphrase {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}
