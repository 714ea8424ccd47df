//! At the expert's desk.

use std::path::{Path, PathBuf};

use fantoccini::key::Key;
use serde_json::json;

use super::{Passphrase, turn_to, type_passphrase};
use crate::{Failure, Step, driver::App};

/// Takes a dossier package in, after looking at who signed it.
///
/// # Errors
/// When it is not taken in.
pub fn take_pack(app: &App<'_>, pack: &Path) -> Step {
    app.place().answer(&[pack])?;
    app.click("import-pack")?;
    app.see("trust-key")?;
    app.click("trust-accept")?;
    app.see("dossier-list")?;
    app.see_no_more("trust-dialog")
}

/// Promises confidentiality; before that no dossier opens.
///
/// # Errors
/// When the promise is not kept.
pub fn promise(app: &App<'_>) -> Step {
    app.click("promise-agree")?;
    app.click("promise")?;
    app.see("promised")
}

/// Opens a dossier of the list by its place, and waits for the first page of its first document.
///
/// # Errors
/// When it does not open.
pub fn open_dossier(app: &App<'_>, place: usize) -> Step {
    app.click(&format!("dossier-{place}"))?;
    app.see("score-input-0")?;
    read_first_page(app)
}

/// Waits until the reader has drawn a page that is not blank.
///
/// # Errors
/// When it stays blank.
pub fn read_first_page(app: &App<'_>) -> Step {
    // Ink on the page, not merely an element: a quarter of a percent of dark pixels is a few words.
    let script = "const canvas = one('reader-pages')?.querySelector('canvas');
        if (!canvas || canvas.width < 100) return null;
        const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
        let dark = 0;
        for (let at = 0; at < data.length; at += 4) if (data[at] + data[at + 1] + data[at + 2] < 300) dark += 1;
        return dark * 400 > canvas.width * canvas.height";
    app.until("a drawn page of the document", script, &[]).map(drop)
}

/// Scores all six dimensions without the mouse: figures, and Enter from one to the next.
///
/// # Errors
/// When a score is not taken or not saved.
pub fn score_by_keyboard(app: &App<'_>, scores: [&str; 6]) -> Step {
    app.click("score-input-0")?;
    for (place, score) in scores.into_iter().enumerate() {
        let field = format!("score-input-{place}");
        app.until(
            &format!("the focus in [{field}]"),
            "return document.activeElement?.dataset.test === arguments[0]",
            &[json!(field)],
        )?;
        // In place of what is there; a field entered by the mouse is not selected.
        app.press(&format!("{}a", Key::Control))?;
        app.press(score)?;
        let typed = app.value(&field)?;
        if typed != score {
            return Err(app.failure(&format!("[{field}] holds “{typed}” after “{score}” was typed")));
        }
        app.press(&Key::Enter.to_string())?;
    }
    saved(app)
}

/// Cites the page that the reader shows as evidence for a dimension, by the key E.
///
/// # Errors
/// When the mark does not appear.
pub fn cite(app: &App<'_>, dimension: usize) -> Step {
    app.click(&format!("score-input-{dimension}"))?;
    app.press("e")?;
    app.see(&format!("evidence-{dimension}-0"))?;
    saved(app)
}

/// Writes a comment on a dimension.
///
/// # Errors
/// When it is not saved.
pub fn comment(app: &App<'_>, dimension: usize, words: &str) -> Step {
    app.fill(&format!("score-comment-{dimension}"), words)?;
    saved(app)
}

/// Writes the opinion and recommends a grade by its words.
///
/// # Errors
/// When they are not saved.
pub fn conclude(app: &App<'_>, opinion: &str, grade: &str) -> Step {
    app.fill("opinion", opinion)?;
    app.choose("recommended", grade)?;
    saved(app)
}

/// Waits until the window says 已保存.
///
/// # Errors
/// When it does not.
pub fn saved(app: &App<'_>) -> Step {
    app.see_data("save-state", "state", "saved")?;
    app.see_text("save-state", "已保存").map(drop)
}

/// Fills in the declaration of a conflict of interest, without signing it.
///
/// # Errors
/// When the form does not take it.
pub fn declare_conflict(app: &App<'_>, kind: &str, reason: &str) -> Step {
    app.click("recuse-open")?;
    app.click(&format!("recuse-kind-{kind}"))?;
    app.fill("recuse-reason", reason)
}

/// Signs the declaration that was filled in.
///
/// # Errors
/// When the dossier is not locked by it.
pub fn sign_recusal(app: &App<'_>, passphrase: Passphrase<'_>) -> Step {
    type_passphrase(app, "recuse-passphrase", passphrase)?;
    app.click("recuse-confirm")?;
    app.see_no_more("recuse-dialog")?;
    app.see("review-locked")
}

/// Signs all that is ready.
///
/// # Errors
/// When it is not signed.
pub fn sign(app: &App<'_>, passphrase: Passphrase<'_>) -> Step {
    turn_to(app, "sign")?;
    type_passphrase(app, "sign-passphrase", passphrase)?;
    app.click("sign-all")?;
    app.see("signed-note")
}

/// Writes the signed sheets and their prints into a folder; gives the files.
///
/// # Errors
/// When they are not written.
pub fn export(app: &App<'_>, folder: &Path) -> Step<Vec<PathBuf>> {
    app.place().answer(&[folder])?;
    app.click("export-sheets")?;
    app.written()
}

/// Opens a result that the secretary signed; every check must pass.
///
/// # Errors
/// When it does not open or does not agree.
pub fn open_result(app: &App<'_>, result: &Path) -> Step {
    turn_to(app, "countersign")?;
    app.place().answer(&[result])?;
    app.click("open-result")?;
    app.see("check-report")?;
    app.see("countersign-passphrase")
}

/// The chair signs the opened result; gives the file.
///
/// # Errors
/// When it is not signed.
pub fn countersign(app: &App<'_>, folder: &Path, passphrase: Passphrase<'_>) -> Step<PathBuf> {
    type_passphrase(app, "countersign-passphrase", passphrase)?;
    app.place().answer(&[folder])?;
    app.click("countersign")?;
    app.written_one(".hjresult")
}

/// Asks whether one's own sheets are in a result; gives the verdict on each.
///
/// # Errors
/// When there is no answer.
pub fn check_own_sheets(app: &App<'_>, result: &Path) -> Step<Vec<String>> {
    turn_to(app, "check")?;
    app.place().answer(&[result])?;
    app.click("check-result")?;
    app.see("my-sheet-checks")?;
    let verdicts = app.now(
        "return [...one('my-sheet-checks').querySelectorAll('tr[data-verdict]')].map((el) => el.dataset.verdict)",
        &[],
    )?;
    let verdicts = verdicts.as_array().ok_or_else(|| Failure::new("no verdicts"))?;
    Ok(verdicts.iter().filter_map(|verdict| verdict.as_str().map(str::to_owned)).collect())
}
