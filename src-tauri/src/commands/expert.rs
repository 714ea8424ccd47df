//! The expert's desk (专家).

use std::path::PathBuf;

use desk::{
    dto::{
        CountersignView, DraftChange, ExpertRound, Exported, ImportReport, MyCheck, RecusalInput, ReviewView,
        RoundView, Saved, ScoreRow, SignView, Written,
    },
    expert,
};
use tauri::{AppHandle, ipc::Response};

use crate::{
    passphrase::Passphrase,
    progress::Reporter,
    state::{Answer, App},
};

/// A dossier package before it is trusted: with the bureau's key to compare by voice.
#[tauri::command]
#[specta::specta]
pub async fn preview_pack(app: App<'_>, path: PathBuf) -> Answer<RoundView> {
    app.with_desk(move |desk| expert::preview_pack(desk, &path)).await
}

/// Takes a dossier package in and trusts its bureau.
#[tauri::command]
#[specta::specta]
pub async fn import_pack(app: App<'_>, window: AppHandle, path: PathBuf) -> Answer<ExpertRound> {
    let mut reporter = Reporter::new(window);
    app.with_desk(move |desk| {
        expert::import_pack(desk, &path, &mut |done, total| reporter.report("import_pack", done, total))
    })
    .await
}

/// My rounds and dossiers.
#[tauri::command]
#[specta::specta]
pub async fn expert_rounds(app: App<'_>) -> Answer<Vec<ExpertRound>> {
    app.with_desk(expert::expert_rounds).await
}

/// Promises confidentiality, before which no dossier opens.
#[tauri::command]
#[specta::specta]
pub async fn promise(app: App<'_>, round: String) -> Answer<ExpertRound> {
    app.with_desk(move |desk| expert::promise(desk, &round)).await
}

/// One dossier with my drafts.
#[tauri::command]
#[specta::specta]
pub async fn review_view(app: App<'_>, round: String, centre: String) -> Answer<ReviewView> {
    app.with_desk(move |desk| expert::review_view(desk, &round, &centre)).await
}

/// Saves one change to my draft; answers when it is on the disk.
#[tauri::command]
#[specta::specta]
pub async fn save_draft(app: App<'_>, round: String, centre: String, change: DraftChange) -> Answer<Saved> {
    app.with_desk(move |desk| expert::save_draft(desk, &round, &centre, change)).await
}

/// Signs a recusal (回避).
#[tauri::command]
#[specta::specta]
pub async fn recuse(
    app: App<'_>,
    round: String,
    centre: String,
    input: RecusalInput,
    passphrase: Passphrase,
) -> Answer<ExpertRound> {
    app.with_desk(move |desk| expert::recuse(desk, &round, &centre, &input, &passphrase)).await
}

/// My scores side by side.
#[tauri::command]
#[specta::specta]
pub async fn my_scores(app: App<'_>, round: String) -> Answer<Vec<ScoreRow>> {
    app.with_desk(move |desk| expert::my_scores(desk, &round)).await
}

/// What can be signed, and what each dossier still lacks.
#[tauri::command]
#[specta::specta]
pub async fn sign_view(app: App<'_>, round: String) -> Answer<SignView> {
    app.with_desk(move |desk| expert::sign_view(desk, &round)).await
}

/// Signs my sheets for these centres.
#[tauri::command]
#[specta::specta]
pub async fn sign(app: App<'_>, round: String, centres: Vec<String>, passphrase: Passphrase) -> Answer<SignView> {
    app.with_desk(move |desk| expert::sign(desk, &round, &centres, &passphrase)).await
}

/// Writes my signed sheets, each also as PDF, into a folder.
#[tauri::command]
#[specta::specta]
pub async fn export_sheets(app: App<'_>, round: String, folder: PathBuf) -> Answer<Exported> {
    app.with_desk(move |desk| expert::export_sheets(desk, &round, &folder)).await
}

/// Takes in sheets of mine that were signed on another laptop.
#[tauri::command]
#[specta::specta]
pub async fn adopt_sheets(app: App<'_>, round: String, paths: Vec<PathBuf>) -> Answer<ImportReport> {
    app.with_desk(move |desk| expert::adopt_sheets(desk, &round, &paths)).await
}

/// A result as its chair sees it before signing.
#[tauri::command]
#[specta::specta]
pub async fn read_result(app: App<'_>, path: PathBuf) -> Answer<CountersignView> {
    app.with_desk(move |desk| expert::read_result(desk, &path)).await
}

/// Signs a result as chair (组长) and writes its file into a folder.
#[tauri::command]
#[specta::specta]
pub async fn countersign(app: App<'_>, path: PathBuf, folder: PathBuf, passphrase: Passphrase) -> Answer<Written> {
    app.with_desk(move |desk| expert::countersign(desk, &path, &folder, &passphrase)).await
}

/// What a receipt, a proof of inclusion or a result says of my sheets.
#[tauri::command]
#[specta::specta]
pub async fn check_my_sheets(app: App<'_>, path: PathBuf) -> Answer<MyCheck> {
    app.with_desk(move |desk| expert::check_mine(desk, &path)).await
}

/// The bytes of one document. They travel as they are and not as JSON, so that a large PDF opens at once; therefore this
/// command is not among the generated bindings, and a page calls it as `invoke<ArrayBuffer>("document", …)`.
#[tauri::command]
pub async fn document(app: App<'_>, round: String, centre: String, name: String) -> Answer<Response> {
    app.with_desk(move |desk| expert::document(desk, &round, &centre, &name)).await.map(Response::new)
}
