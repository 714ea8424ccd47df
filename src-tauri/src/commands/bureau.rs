//! The bureau's desk (科技局).

use std::path::PathBuf;

use desk::dto::Scheme;
use desk::{
    bureau,
    dto::{
        CentreInput, DeadlineView, DecisionView, DraftView, Exported, PanelFiling, RegisterRow, ResultView, RoundInput,
        RoundSummary, RoundView, Written,
    },
};
use tauri::AppHandle;

use crate::{
    passphrase::Passphrase,
    progress::Reporter,
    state::{Answer, App},
};

/// The rounds of this desk: drafts, issued and received.
#[tauri::command]
#[specta::specta]
pub async fn rounds(app: App<'_>) -> Answer<Vec<RoundSummary>> {
    app.with_desk(|desk| bureau::rounds(desk)).await
}

/// Begins a round.
#[tauri::command]
#[specta::specta]
pub async fn round_new(app: App<'_>, input: RoundInput) -> Answer<DraftView> {
    app.with_desk(move |desk| bureau::round_new(desk, &input)).await
}

/// Changes a draft's title, kind and days.
#[tauri::command]
#[specta::specta]
pub async fn round_update(app: App<'_>, round: String, input: RoundInput) -> Answer<DraftView> {
    app.with_desk(move |desk| bureau::round_update(desk, &round, &input)).await
}

/// A round in preparation.
#[tauri::command]
#[specta::specta]
pub async fn draft(app: App<'_>, round: String) -> Answer<DraftView> {
    app.with_desk(move |desk| bureau::draft(desk, &round)).await
}

/// Changes a draft's scheme, which takes its confirmation back.
#[tauri::command]
#[specta::specta]
pub async fn set_scheme(app: App<'_>, round: String, scheme: Scheme) -> Answer<DraftView> {
    app.with_desk(move |desk| bureau::set_scheme(desk, &round, scheme)).await
}

/// Confirms a draft's scheme on a stated basis.
#[tauri::command]
#[specta::specta]
pub async fn confirm_scheme(app: App<'_>, round: String, basis: String) -> Answer<DraftView> {
    app.with_desk(move |desk| bureau::confirm_scheme(desk, &round, &basis)).await
}

/// Adds a centre with the folder of its dossier.
#[tauri::command]
#[specta::specta]
pub async fn add_centre(app: App<'_>, round: String, input: CentreInput, folder: PathBuf) -> Answer<DraftView> {
    app.with_desk(move |desk| bureau::add_centre(desk, &round, &input, &folder)).await
}

/// Changes a centre of a draft; its documents stay.
#[tauri::command]
#[specta::specta]
pub async fn update_centre(app: App<'_>, round: String, centre: String, input: CentreInput) -> Answer<DraftView> {
    app.with_desk(move |desk| bureau::update_centre(desk, &round, &centre, &input)).await
}

/// Takes a centre out of a draft.
#[tauri::command]
#[specta::specta]
pub async fn remove_centre(app: App<'_>, round: String, centre: String) -> Answer<DraftView> {
    app.with_desk(move |desk| bureau::remove_centre(desk, &round, &centre)).await
}

/// A round that was issued or received.
#[tauri::command]
#[specta::specta]
pub async fn round_view(app: App<'_>, round: String) -> Answer<RoundView> {
    app.with_desk(move |desk| bureau::round_view(desk, &round)).await
}

/// Signs a round and writes its file into a folder.
#[tauri::command]
#[specta::specta]
pub async fn issue_round(app: App<'_>, round: String, folder: PathBuf, passphrase: Passphrase) -> Answer<Written> {
    app.with_desk(move |desk| bureau::issue_round(desk, &round, &folder, &passphrase)).await
}

/// A panel file, as the bureau sees it before approving.
#[tauri::command]
#[specta::specta]
pub async fn read_panel(app: App<'_>, path: PathBuf) -> Answer<PanelFiling> {
    app.with_desk(move |desk| bureau::read_panel(desk, &path)).await
}

/// Signs the roster of a panel and writes its file into a folder.
#[tauri::command]
#[specta::specta]
pub async fn approve_panel(app: App<'_>, path: PathBuf, folder: PathBuf, passphrase: Passphrase) -> Answer<Written> {
    app.with_desk(move |desk| bureau::approve_panel(desk, &path, &folder, &passphrase)).await
}

/// Recomputes a result file and files it when everything holds.
#[tauri::command]
#[specta::specta]
pub async fn import_result(app: App<'_>, window: AppHandle, path: PathBuf) -> Answer<ResultView> {
    let mut reporter = Reporter::new(window);
    app.with_desk(move |desk| {
        bureau::import_result(desk, &path, &mut |done, total| reporter.report("import_result", done, total))
    })
    .await
}

/// The filed results.
#[tauri::command]
#[specta::specta]
pub async fn results(app: App<'_>) -> Answer<Vec<ResultView>> {
    app.with_desk(bureau::results).await
}

/// Decides on one centre of a filed result.
#[tauri::command]
#[specta::specta]
pub async fn decide(app: App<'_>, result_digest: String, centre: String, note: String) -> Answer<DecisionView> {
    app.with_desk(move |desk| bureau::decide(desk, &result_digest, &centre, &note)).await
}

/// The centres over the years.
#[tauri::command]
#[specta::specta]
pub async fn register(app: App<'_>) -> Answer<Vec<RegisterRow>> {
    app.with_desk(|desk| bureau::register(desk)).await
}

/// Writes the register as a workbook.
#[tauri::command]
#[specta::specta]
pub async fn export_register(app: App<'_>, path: PathBuf) -> Answer<Written> {
    app.with_desk(move |desk| bureau::export_register(desk, &path)).await
}

/// What is due, and when.
#[tauri::command]
#[specta::specta]
pub async fn deadlines(app: App<'_>) -> Answer<Vec<DeadlineView>> {
    app.with_desk(bureau::deadlines).await
}

/// Writes the summary of a filed result as PDF and workbook into a folder.
#[tauri::command]
#[specta::specta]
pub async fn export_result_files(app: App<'_>, result_digest: String, folder: PathBuf) -> Answer<Exported> {
    app.with_desk(move |desk| bureau::export_result_files(desk, &result_digest, &folder)).await
}
