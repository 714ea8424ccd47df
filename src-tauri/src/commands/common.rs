//! What every desk can do.

use std::path::PathBuf;

use desk::{
    common,
    dto::{AuditView, DeskCheck, DeskEntry, RulebookView, Written},
};

use crate::state::{Answer, App};

/// The rules in force, each with its article.
#[tauri::command]
#[specta::specta]
pub async fn rulebook(app: App<'_>) -> Answer<RulebookView> {
    app.run(|_| common::rulebook()).await
}

/// Writes the enrolment card (名片) into a folder.
#[tauri::command]
#[specta::specta]
pub async fn export_card(app: App<'_>, folder: PathBuf) -> Answer<Written> {
    app.with_desk(move |desk| common::export_card(desk, &folder)).await
}

/// The newest rows of the audit trail.
#[tauri::command]
#[specta::specta]
pub async fn audit_trail(app: App<'_>, limit: u32) -> Answer<Vec<AuditView>> {
    app.with_desk(move |desk| common::audit_trail(desk, limit)).await
}

/// Checks the database, the audit chain and every kept file.
#[tauri::command]
#[specta::specta]
pub async fn check_desk(app: App<'_>) -> Answer<DeskCheck> {
    app.with_desk(|desk| common::check(desk)).await
}

/// Writes the whole desk into one file.
#[tauri::command]
#[specta::specta]
pub async fn backup(app: App<'_>, path: PathBuf) -> Answer<Written> {
    app.with_desk(move |desk| common::backup(desk, &path)).await
}

/// Restores a backup into a new folder beside the other desks; nothing is overwritten.
#[tauri::command]
#[specta::specta]
pub async fn restore(app: App<'_>, backup_path: PathBuf) -> Answer<DeskEntry> {
    app.run(move |app| app.restore(&backup_path)).await
}
