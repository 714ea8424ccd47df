//! What a person does in the window: one function for one thing, each ending when the window shows that it is done.
//!
//! Where a step signs, `passphrase` is what the person types; `None` in the sample meeting, whose passphrase stands there already.

pub mod bureau;
pub mod expert;
pub mod secretary;
pub mod start;

use crate::{Step, driver::App};

/// What is typed before a signature.
pub type Passphrase<'a> = Option<&'a str>;

fn type_passphrase(app: &App<'_>, field: &str, passphrase: Passphrase<'_>) -> Step {
    match passphrase {
        Some(passphrase) => app.fill(field, passphrase),
        None => app.see(field),
    }
}

/// Opens a page of the desk by the bar.
///
/// # Errors
/// When there is no such page.
pub fn turn_to(app: &App<'_>, page: &str) -> Step {
    app.click(&format!("nav-{page}"))?;
    app.settled()
}

/// Opens a page that every desk has, by the menu at the end of the bar.
///
/// # Errors
/// When there is no such page.
pub fn turn_to_common(app: &App<'_>, page: &str) -> Step {
    app.click("more")?;
    app.click(&format!("nav-{page}"))?;
    app.until(&format!("page {page}"), "return location.hash === `#/${arguments[0]}`", &[serde_json::json!(page)])?;
    app.settled()
}
