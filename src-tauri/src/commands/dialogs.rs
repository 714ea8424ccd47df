//! Choosing files and folders.

use std::{path::PathBuf, sync::Arc};

use tauri::State;

use crate::{
    dialogs::FileDialogs,
    state::{Answer, App},
};

/// Asks for files with one of these endings (without the dot; none: any). Empty when cancelled.
#[tauri::command]
#[specta::specta]
pub async fn pick_files(
    app: App<'_>,
    dialogs: State<'_, Arc<dyn FileDialogs>>,
    title: String,
    extensions: Vec<String>,
) -> Answer<Vec<PathBuf>> {
    let dialogs = Arc::clone(&dialogs);
    app.run(move |_| dialogs.pick_files(&title, &extensions)).await
}

/// Asks for a folder.
#[tauri::command]
#[specta::specta]
pub async fn pick_folder(
    app: App<'_>,
    dialogs: State<'_, Arc<dyn FileDialogs>>,
    title: String,
) -> Answer<Option<PathBuf>> {
    let dialogs = Arc::clone(&dialogs);
    app.run(move |_| dialogs.pick_folder(&title)).await
}

/// Asks where to write a file.
#[tauri::command]
#[specta::specta]
pub async fn pick_save(
    app: App<'_>,
    dialogs: State<'_, Arc<dyn FileDialogs>>,
    title: String,
    file_name: String,
) -> Answer<Option<PathBuf>> {
    let dialogs = Arc::clone(&dialogs);
    app.run(move |_| dialogs.pick_save(&title, &file_name)).await
}
