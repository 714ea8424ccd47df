//! At the bureau's desk.

use std::path::{Path, PathBuf};

use super::{Passphrase, turn_to, type_passphrase};
use crate::{Step, driver::App};

/// A centre as it is entered.
pub struct Centre<'a> {
    /// Its name, as Article 24 wants it.
    pub name: &'a str,
    /// Its host unit.
    pub host: &'a str,
    /// The unit's code.
    pub code: &'a str,
    /// The folder of its dossier.
    pub folder: &'a Path,
}

/// Begins a round.
///
/// # Errors
/// When the wizard does not go on to the scheme.
pub fn begin_round(app: &App<'_>, title: &str, held_on: &str) -> Step {
    app.click("round-new")?;
    app.fill("round-title-input", title)?;
    app.fill_day("held-on", held_on)?;
    // Asked where the meeting's day or today lies outside the measures' period.
    if app.has("out-of-force-reason")? {
        app.fill("out-of-force-reason", "示例：办法试行期满，经局务会同意沿用。")?;
    }
    app.click("basics-save")?;
    app.see("scheme-pending")
}

/// Confirms the points and bands that the measures leave open.
///
/// # Errors
/// When they are not confirmed.
pub fn confirm_scheme(app: &App<'_>, basis: &str) -> Step {
    app.fill("scheme-basis", basis)?;
    app.click("scheme-understood")?;
    app.click("scheme-confirm")?;
    app.see("scheme-confirmed")?;
    app.click("scheme-next")
}

/// Adds a centre with its dossier from a folder of PDFs, as the one at that place.
///
/// # Errors
/// When it does not appear in the list.
pub fn add_centre(app: &App<'_>, place: usize, centre: &Centre<'_>) -> Step {
    app.click("centre-add")?;
    app.fill("centre-name", centre.name)?;
    app.fill("centre-host-name", centre.host)?;
    app.fill("centre-host-code", centre.code)?;
    app.place().answer(&[centre.folder])?;
    app.click("centre-folder")?;
    app.see("centre-folder-path")?;
    app.click("centre-save")?;
    app.see_text(&format!("draft-centre-{place}"), centre.name)?;
    app.see_no_more("centre-save")
}

/// Signs the round; gives the file.
///
/// # Errors
/// When it is not issued.
pub fn issue(app: &App<'_>, folder: &Path, passphrase: Passphrase<'_>) -> Step<PathBuf> {
    app.click("step-issue")?;
    type_passphrase(app, "issue-passphrase", passphrase)?;
    app.place().answer(&[folder])?;
    app.click("issue-round")?;
    app.written_one(".hjround")
}

/// Opens a panel that a secretary has sent.
///
/// # Errors
/// When it does not open.
pub fn open_panel(app: &App<'_>, panel: &Path) -> Step {
    turn_to(app, "panels")?;
    app.place().answer(&[panel])?;
    app.click("open-panel")?;
    app.see("panel-members")
}

/// Approves the opened panel; gives the roster.
///
/// # Errors
/// When it is not approved.
pub fn approve(app: &App<'_>, folder: &Path, passphrase: Passphrase<'_>) -> Step<PathBuf> {
    type_passphrase(app, "approve-passphrase", passphrase)?;
    app.place().answer(&[folder])?;
    app.click("approve-panel")?;
    app.written_one(".hjroster")
}

/// Hands a result in, whatever comes of it.
///
/// # Errors
/// When the window shows no report.
pub fn import_result(app: &App<'_>, result: &Path) -> Step {
    turn_to(app, "results")?;
    app.place().answer(&[result])?;
    app.click("import-result")?;
    app.see("check-report")
}

/// Decides on every centre as the result says.
///
/// # Errors
/// When a decision does not appear.
pub fn decide_all(app: &App<'_>, note: &str) -> Step<usize> {
    let mut made = 0;
    app.see("grades")?;
    while app.now("return document.querySelector('[data-test^=decide-c-]') !== null", &[])? == true {
        app.click_found(
            "a centre to decide on",
            "return ready([...document.querySelectorAll('[data-test^=decide-c-]')].find(shown))",
            &[],
        )?;
        app.fill("decide-note", note)?;
        app.click("decide-confirm")?;
        app.see_no_more("decide-dialog")?;
        made += 1;
        let count = "return all('decided').length === arguments[0]";
        app.until(&format!("decision {made}"), count, &[serde_json::json!(made)])?;
    }
    Ok(made)
}

/// Writes the result and its summaries into a folder.
///
/// # Errors
/// When nothing is written.
pub fn export_files(app: &App<'_>, folder: &Path) -> Step<Vec<PathBuf>> {
    app.place().answer(&[folder])?;
    app.click("export-result-files")?;
    app.written()
}
