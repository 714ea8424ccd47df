//! Before a desk is open.

use serde_json::json;

use crate::{Step, driver::App};

/// Someone who makes a desk.
pub struct Person<'a> {
    /// Role (`expert`, `secretary`, `bureau`).
    pub role: &'a str,
    /// Name.
    pub name: &'a str,
    /// Name of the unit.
    pub unit: &'a str,
    /// Its 统一社会信用代码.
    pub code: &'a str,
    /// Professional title.
    pub title: &'a str,
    /// Passphrase.
    pub passphrase: &'a str,
}

/// Makes a desk, takes note of its recovery key, and arrives at its first page.
///
/// # Errors
/// When the window does not show it.
pub fn new_desk(app: &App<'_>, person: &Person<'_>) -> Step {
    new_desk_with_key(app, person).map(drop)
}

/// The same, and gives the recovery key as it was shown.
///
/// # Errors
/// When the window does not show it.
pub fn new_desk_with_key(app: &App<'_>, person: &Person<'_>) -> Step<String> {
    app.click("new-desk-open")?;
    app.click(&format!("role-{}", person.role))?;
    app.fill("name", person.name)?;
    app.fill("person-title", person.title)?;
    app.fill("unit-name", person.unit)?;
    app.fill("unit-code", person.code)?;
    app.see("unit-code-ok")?;
    app.fill("passphrase", person.passphrase)?;
    app.fill("passphrase-again", person.passphrase)?;
    app.click("create-desk")?;
    let key = take_note(app)?;
    arrived(app)?;
    Ok(key)
}

/// Says that the recovery key is on paper, and gives it.
///
/// # Errors
/// When none is shown.
pub fn take_note(app: &App<'_>) -> Step<String> {
    let key = app.until("the recovery key", "return one('recovery-key')?.dataset.key", &[])?;
    app.click("recovery-noted")?;
    app.click("recovery-done")?;
    app.see_no_more("recovery-key")?;
    Ok(key.as_str().unwrap_or_default().to_owned())
}

/// Opens the desk of this person among those on the computer.
///
/// # Errors
/// When there is none, or the passphrase is wrong.
pub fn open_desk(app: &App<'_>, name: &str, passphrase: &str) -> Step {
    app.see("own-desks")?;
    let line =
        "const line = [...one('own-desks').querySelectorAll('li')].find((el) => said(el).includes(arguments[0]));";
    let chosen = format!(
        "{line} if (line?.querySelector('[data-test=open-desk]')) return true;
        const button = line?.querySelector('[data-test^=choose-desk]'); button?.click(); return false;"
    );
    app.until(&format!("the desk of {name}"), &chosen, &[json!(name)])?;
    app.fill("open-passphrase", passphrase)?;
    app.click("open-desk")?;
    arrived(app)
}

/// Makes the sample meeting by its one click.
///
/// # Errors
/// When it is not made.
pub fn make_sample(app: &App<'_>) -> Step {
    app.click("make-sample")?;
    app.see("sample-desks")
}

/// Opens the desk of this person of the sample meeting.
///
/// # Errors
/// When there is none.
pub fn open_sample(app: &App<'_>, name: &str) -> Step {
    app.see("sample-desks")?;
    let script = "const line = [...one('sample-desks').querySelectorAll('li')].find((el) => el.querySelector('.who b')?.textContent === arguments[0]);
        return ready(line?.querySelector('[data-test^=open-sample]'))";
    app.click_found(&format!("the sample desk of {name}"), script, &[json!(name)])?;
    arrived(app)
}

/// Locks the desk.
///
/// # Errors
/// When the start page does not appear.
pub fn lock(app: &App<'_>) -> Step {
    app.click("lock")?;
    app.until("the start page", "return location.hash === '#/start'", &[])?;
    app.settled()
}

fn arrived(app: &App<'_>) -> Step {
    app.see("lock")?;
    app.until("the desk's first page", "return location.hash !== '#/start'", &[])?;
    app.settled()
}
