//! The shell: opens the window and lets the pages call the desks. It converts and calls, nothing else: no rule, no SQL, no
//! wording.

mod bindings;
mod commands;
mod dialogs;
mod passphrase;
mod progress;
mod state;

use std::{env, path::PathBuf, sync::Arc};

use desk::Host;
use tauri::{AppHandle, Manager, RunEvent, ipc::Invoke};

use crate::state::Application;

/// The label of the one window.
const WINDOW: &str = "main";

/// The one command whose answer is no JSON, and which therefore is not among the generated bindings.
const DOCUMENT: &str = "document";

/// The environment variable that puts the desks elsewhere than in the user's own data folder.
const HOME: &str = "HENGJIAN_HOME";

/// Opens the window and runs until it is closed.
///
/// # Errors
/// When the window system or the webview cannot be started, or the user has no data folder.
pub fn run() -> tauri::Result<()> {
    no_core_files();
    let commands = bindings::bindings().invoke_handler();
    let document: fn(Invoke) -> bool = tauri::generate_handler![commands::expert::document];
    let app = tauri::Builder::default()
        .plugin(tauri_plugin_dialog::init())
        .invoke_handler(move |invoke| match invoke.message.command() {
            DOCUMENT => document(invoke),
            _ => commands(invoke),
        })
        .setup(|app| {
            show_composed_text(app.handle());
            Ok(())
        })
        .build(tauri::generate_context!())?;
    // Before the window is made, which is when `run` begins: a page may call as soon as it is loaded.
    app.manage(Arc::new(Application::new(Host::system(), home(app.handle())?)));
    app.manage(dialogs::of(app.handle()));
    app.run(|app, event| {
        // The process ends after this event: every save that was asked for is waited for.
        if let RunEvent::Exit = event {
            app.state::<Arc<Application>>().finish();
        }
    });
    Ok(())
}

/// Where desks are kept. Local to the machine, never a roaming profile: a database does not survive being copied while open,
/// and dossiers are large.
fn home(app: &AppHandle) -> tauri::Result<PathBuf> {
    env::var_os(HOME).map_or_else(|| app.path().app_local_data_dir(), |home| Ok(home.into()))
}

/// A memory image holds what was typed and the key of the open desk: the system is told to write none.
#[cfg(unix)]
fn no_core_files() {
    // Refused only where the limit is lower already.
    let _ = rlimit::Resource::CORE.set(0, 0);
}

/// Windows writes a memory image only where an administrator has asked for it.
#[cfg(not(unix))]
fn no_core_files() {}

/// Shows Chinese text where it is being composed. The webview library turns this off on Linux.
#[cfg(target_os = "linux")]
fn show_composed_text(app: &AppHandle) {
    use webkit2gtk::{InputMethodContextExt, WebViewExt};

    if let Some(window) = app.get_webview_window(WINDOW) {
        // Without it typing still works, in a window of the input method: nothing to report.
        let _ = window.with_webview(|webview| {
            if let Some(input) = webview.inner().input_method_context() {
                input.set_enable_preedit(true);
            }
        });
    }
}

/// The other systems show it by themselves.
#[cfg(not(target_os = "linux"))]
fn show_composed_text(_: &AppHandle) {}
