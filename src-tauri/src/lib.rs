//! The shell: opens the window and lets the pages call the desks.

/// Opens the window and runs until it is closed.
///
/// # Errors
/// When the window system or the webview cannot be started.
pub fn run() -> tauri::Result<()> {
    tauri::Builder::default().plugin(tauri_plugin_dialog::init()).run(tauri::generate_context!())
}
