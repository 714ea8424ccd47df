//! Before a desk is open: making, opening and closing one, and the sample meeting.

use std::path::PathBuf;

use desk::dto::{DeskView, NewDesk, StartView, UnitInput};
use tauri::AppHandle;

use crate::{
    progress::Reporter,
    state::{Answer, App},
};

/// The desks there are, and the one that is open.
#[tauri::command]
#[specta::specta]
pub async fn start_view(app: App<'_>) -> Answer<StartView> {
    app.run(|app| Ok(app.start_view())).await
}

/// Makes an identity with a desk of its own, and opens it.
#[tauri::command]
#[specta::specta]
pub async fn create_desk(app: App<'_>, desk: NewDesk) -> Answer<DeskView> {
    app.run(move |app| app.create(&desk)).await
}

/// Opens a desk; the one that was open is closed first.
#[tauri::command]
#[specta::specta]
pub async fn open_desk(app: App<'_>, folder: PathBuf, passphrase: String) -> Answer<DeskView> {
    app.run(move |app| app.open(&folder, &passphrase)).await
}

/// Closes the desk once what is under way is done.
#[tauri::command]
#[specta::specta]
pub async fn lock_desk(app: App<'_>) -> Answer<()> {
    app.run(|app| {
        app.close();
        Ok(())
    })
    .await
}

/// Makes the sample meeting where there is none yet; tells its progress by the event `progress`.
#[tauri::command]
#[specta::specta]
pub async fn make_sample(app: App<'_>, window: AppHandle) -> Answer<StartView> {
    let mut reporter = Reporter::new(window);
    app.run(move |app| app.make_sample(&mut |step, done, total| reporter.report(step, done.into(), total.into()))).await
}

/// Opens a desk of the sample meeting, whose passphrase lies beside it.
#[tauri::command]
#[specta::specta]
pub async fn open_sample_desk(app: App<'_>, folder: PathBuf) -> Answer<DeskView> {
    app.run(move |app| app.open_sample(&folder)).await
}

/// Whether a 统一社会信用代码 is well formed; an empty one is "not known" and passes.
#[tauri::command]
#[specta::specta]
pub async fn check_unit_code(code: String) -> Answer<()> {
    // The desk checks units whole; the dash stands for a name that is of no matter here.
    desk::unit(&UnitInput { name: "-".to_owned(), code }).map(drop)
}
