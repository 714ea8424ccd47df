//! The secretary's desk (评审组秘书).

use std::path::PathBuf;

use desk::dto::FindingKind;
use desk::{
    dto::{
        CollectView, CompileView, Exported, ImportReport, PanelInput, PanelView, RoundSummary, RoundView, SignedResult,
        Written,
    },
    secretary,
};
use tauri::AppHandle;

use crate::{
    passphrase::Passphrase,
    progress::Reporter,
    state::{Answer, App},
};

/// A round file before it is trusted: with the bureau's key to compare by voice.
#[tauri::command]
#[specta::specta]
pub async fn preview_round(app: App<'_>, path: PathBuf) -> Answer<RoundView> {
    app.with_desk(move |desk| secretary::preview_round(desk, &path)).await
}

/// Takes a round file in and trusts its bureau.
#[tauri::command]
#[specta::specta]
pub async fn import_round(app: App<'_>, window: AppHandle, path: PathBuf) -> Answer<RoundView> {
    let mut reporter = Reporter::new(window);
    app.with_desk(move |desk| {
        secretary::import_round(desk, &path, &mut |done, total| reporter.report("import_round", done, total))
    })
    .await
}

/// Takes enrolment cards in.
#[tauri::command]
#[specta::specta]
pub async fn import_cards(app: App<'_>, paths: Vec<PathBuf>) -> Answer<ImportReport> {
    app.with_desk(move |desk| secretary::import_cards(desk, &paths)).await
}

/// The panel of a round, with what Article 11 says to it.
#[tauri::command]
#[specta::specta]
pub async fn panel(app: App<'_>, round: String) -> Answer<PanelView> {
    app.with_desk(move |desk| secretary::panel(desk, &round)).await
}

/// Chooses members, chair and term.
#[tauri::command]
#[specta::specta]
pub async fn set_panel(app: App<'_>, round: String, input: PanelInput) -> Answer<PanelView> {
    app.with_desk(move |desk| secretary::set_panel(desk, &round, &input)).await
}

/// Signs the panel for filing and writes its file into a folder.
#[tauri::command]
#[specta::specta]
pub async fn submit_panel(app: App<'_>, round: String, folder: PathBuf, passphrase: Passphrase) -> Answer<Written> {
    app.with_desk(move |desk| secretary::submit_panel(desk, &round, &folder, &passphrase)).await
}

/// Takes the bureau's roster in.
#[tauri::command]
#[specta::specta]
pub async fn import_roster(app: App<'_>, path: PathBuf) -> Answer<RoundSummary> {
    app.with_desk(move |desk| secretary::import_roster(desk, &path)).await
}

/// Writes the dossier package, readable by the members alone, into a folder.
#[tauri::command]
#[specta::specta]
pub async fn issue_packs(
    app: App<'_>,
    window: AppHandle,
    round: String,
    folder: PathBuf,
    passphrase: Passphrase,
) -> Answer<Written> {
    let mut reporter = Reporter::new(window);
    app.with_desk(move |desk| {
        secretary::issue_packs(desk, &round, &folder, &passphrase, &mut |done, total| {
            reporter.report("issue_packs", done, total)
        })
    })
    .await
}

/// Takes sheets, or a countersigned result, in from files and folders.
#[tauri::command]
#[specta::specta]
pub async fn collect(app: App<'_>, round: String, paths: Vec<PathBuf>) -> Answer<ImportReport> {
    app.with_desk(move |desk| secretary::collect(desk, &round, &paths)).await
}

/// The matrix of experts and centres.
#[tauri::command]
#[specta::specta]
pub async fn collect_view(app: App<'_>, round: String) -> Answer<CollectView> {
    app.with_desk(move |desk| secretary::collect_view(desk, &round)).await
}

/// Signs that an expert did not score a centre, and why.
#[tauri::command]
#[specta::specta]
pub async fn record_absence(
    app: App<'_>,
    round: String,
    expert: String,
    centre: String,
    reason: String,
    passphrase: Passphrase,
) -> Answer<CollectView> {
    app.with_desk(move |desk| secretary::record_absence(desk, &round, &expert, &centre, &reason, &passphrase)).await
}

/// Records a finding of Article 22 with its evidence.
#[tauri::command]
#[specta::specta]
pub async fn record_finding(
    app: App<'_>,
    round: String,
    centre: String,
    kind: FindingKind,
    evidence: String,
) -> Answer<CollectView> {
    app.with_desk(move |desk| secretary::record_finding(desk, &round, &centre, kind, &evidence)).await
}

/// Takes a finding back before the result is signed.
#[tauri::command]
#[specta::specta]
pub async fn remove_finding(app: App<'_>, round: String, id: u32) -> Answer<CollectView> {
    app.with_desk(move |desk| secretary::remove_finding(desk, &round, id)).await
}

/// Puts a problem file aside as settled.
#[tauri::command]
#[specta::specta]
pub async fn dismiss_problem(app: App<'_>, round: String, id: u32) -> Answer<CollectView> {
    app.with_desk(move |desk| secretary::dismiss_problem(desk, &round, id)).await
}

/// The grades as the sheets stand now.
#[tauri::command]
#[specta::specta]
pub async fn compile(app: App<'_>, round: String) -> Answer<CompileView> {
    app.with_desk(move |desk| secretary::compile(desk, &round)).await
}

/// Signs the result as secretary.
#[tauri::command]
#[specta::specta]
pub async fn sign_result(app: App<'_>, round: String, passphrase: Passphrase) -> Answer<SignedResult> {
    app.with_desk(move |desk| secretary::sign_result(desk, &round, &passphrase)).await
}

/// Writes the result file, its summary as PDF and as workbook into a folder.
#[tauri::command]
#[specta::specta]
pub async fn export_result(app: App<'_>, round: String, folder: PathBuf) -> Answer<Exported> {
    app.with_desk(move |desk| secretary::export_result(desk, &round, &folder)).await
}

/// Writes a signed receipt for every expert who handed in sheets into a folder.
#[tauri::command]
#[specta::specta]
pub async fn export_receipts(app: App<'_>, round: String, folder: PathBuf, passphrase: Passphrase) -> Answer<Exported> {
    app.with_desk(move |desk| secretary::export_receipts(desk, &round, &folder, &passphrase)).await
}

/// Writes for every expert the proof that the own sheets are in the result into a folder.
#[tauri::command]
#[specta::specta]
pub async fn export_inclusions(
    app: App<'_>,
    round: String,
    folder: PathBuf,
    passphrase: Passphrase,
) -> Answer<Exported> {
    app.with_desk(move |desk| secretary::export_inclusions(desk, &round, &folder, &passphrase)).await
}
