//! At the secretary's desk.

use std::path::{Path, PathBuf};

use serde_json::json;

use super::{Passphrase, turn_to, type_passphrase};
use crate::{Step, driver::App};

/// Takes a round in, after comparing the bureau's key.
///
/// # Errors
/// When it is not taken in.
pub fn take_round(app: &App<'_>, round: &Path) -> Step {
    app.place().answer(&[round])?;
    app.click("import-round")?;
    app.see("trust-key")?;
    app.click("trust-accept")?;
    app.see_no_more("trust-dialog")?;
    app.see("import-cards")
}

/// Takes the experts' cards in.
///
/// # Errors
/// When one is not accepted.
pub fn take_cards(app: &App<'_>, cards: &[PathBuf]) -> Step {
    app.place().answer(cards)?;
    app.click("import-cards")?;
    app.see_text("import-report", &cards.len().to_string())?;
    app.see("candidates")
}

/// Takes a person into the panel or out of it, and waits for Article 11 to be worked out anew for that many members.
///
/// # Errors
/// When the panel does not change.
pub fn choose_member(app: &App<'_>, name: &str, members: usize) -> Step {
    let script = "const line = [...document.querySelectorAll('tr[data-test^=candidate-]')].find((el) => el.querySelector('b')?.textContent === arguments[0]);
        return ready(line?.querySelector('input[type=checkbox]'))";
    app.click_found(&format!("the box of {name}"), script, &[json!(name)])?;
    let counted = "const chips = [...document.querySelectorAll('[data-test^=composition-]')].filter(shown);
        return chips.length > 0 && chips.every((el) => said(el).startsWith(`${arguments[0]} 人`))";
    app.until(&format!("a panel of {members}"), counted, &[json!(members)]).map(drop)
}

/// Names the chair.
///
/// # Errors
/// When the choice does not stand.
pub fn choose_chair(app: &App<'_>, name: &str) -> Step {
    let button = "const line = [...document.querySelectorAll('tr[data-test^=candidate-]')].find((el) => el.querySelector('b')?.textContent === arguments[0]);
        const button = line?.querySelector('input[type=radio]');";
    app.click_found(
        &format!("the chair’s button of {name}"),
        &format!("{button} return ready(button)"),
        &[json!(name)],
    )?;
    app.until(&format!("{name} in the chair"), &format!("{button} return button?.checked"), &[json!(name)]).map(drop)
}

/// Signs the panel for the bureau; gives the file.
///
/// # Errors
/// When it is refused.
pub fn submit_panel(app: &App<'_>, folder: &Path, passphrase: Passphrase<'_>) -> Step<PathBuf> {
    app.click("submit-panel")?;
    type_passphrase(app, "submit-passphrase", passphrase)?;
    app.place().answer(&[folder])?;
    app.click("submit-confirm")?;
    app.see_no_more("submit-dialog")?;
    app.written_one(".hjpanel")
}

/// Takes the approved roster in.
///
/// # Errors
/// When it is refused.
pub fn take_roster(app: &App<'_>, roster: &Path) -> Step {
    turn_to(app, "round")?;
    app.place().answer(&[roster])?;
    app.click("import-roster")?;
    app.see("roster-imported")
}

/// Hands the dossiers out; gives the package.
///
/// # Errors
/// When it is not written.
pub fn hand_out(app: &App<'_>, folder: &Path, passphrase: Passphrase<'_>) -> Step<PathBuf> {
    turn_to(app, "handout")?;
    app.click("issue-packs")?;
    type_passphrase(app, "issue-passphrase", passphrase)?;
    app.place().answer(&[folder])?;
    app.click("issue-confirm")?;
    app.see_no_more("issue-dialog")?;
    app.written_one(".hjpack")
}

/// Collects a folder of sheets; gives what the window says of it.
///
/// # Errors
/// When it says nothing.
pub fn collect(app: &App<'_>, folder: &Path) -> Step<String> {
    turn_to(app, "collect")?;
    app.place().answer(&[folder])?;
    app.click("collect-folder")?;
    app.see_text("import-report", "")
}

/// Opens the record of an absence for the first cell that has nothing, and writes the reason.
///
/// # Errors
/// When every cell has something.
pub fn explain_absence(app: &App<'_>, reason: &str) -> Step {
    let script = "return ready([...document.querySelectorAll('[data-test^=cell-][data-state=missing]')].find(shown))";
    app.click_found("a cell without a sheet", script, &[])?;
    app.fill("absence-reason", reason)
}

/// Signs the absence that was written.
///
/// # Errors
/// When the matrix does not show it.
pub fn sign_absence(app: &App<'_>, passphrase: Passphrase<'_>) -> Step {
    type_passphrase(app, "absence-passphrase", passphrase)?;
    app.click("absence-confirm")?;
    app.see_no_more("absence-dialog")?;
    app.until(
        "an absence in the matrix",
        "return document.querySelector('[data-test^=cell-][data-state=absent]') !== null",
        &[],
    )
    .map(drop)
}

/// Compiles; the result must be ready to be signed.
///
/// # Errors
/// When something stands against it.
pub fn compile(app: &App<'_>) -> Step {
    turn_to(app, "compile")?;
    app.see("grades")?;
    app.see("compile-ready")
}

/// Signs the result.
///
/// # Errors
/// When it is not signed.
pub fn sign_result(app: &App<'_>, passphrase: Passphrase<'_>) -> Step {
    turn_to(app, "sign")?;
    type_passphrase(app, "result-passphrase", passphrase)?;
    app.click("sign-result")?;
    app.see_data("result-signed", "signatures", "1")
}

/// Takes in the result that the chair has signed as well.
///
/// # Errors
/// When it is refused.
pub fn take_countersigned(app: &App<'_>, result: &Path) -> Step {
    turn_to(app, "sign")?;
    app.place().answer(&[result])?;
    app.click("import-countersigned")?;
    app.see("chair-signed")
}

/// Writes the result and its summaries into a folder; gives the result package.
///
/// # Errors
/// When it is not written.
pub fn export_result(app: &App<'_>, folder: &Path) -> Step<PathBuf> {
    app.place().answer(&[folder])?;
    app.click("export-result")?;
    app.written_one(".hjresult")
}
