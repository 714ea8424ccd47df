//! Before a desk is open: making, opening and closing one, and the sample meeting.

use std::path::PathBuf;

use desk::dto::{DeskView, NewDesk, StartView, UnitInput};
use tauri::AppHandle;
use zeroize::Zeroize;

use crate::{
    passphrase::Passphrase,
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
pub async fn create_desk(app: App<'_>, mut desk: NewDesk) -> Answer<DeskView> {
    app.run(move |app| {
        let made = app.create(&desk);
        desk.passphrase.zeroize();
        made
    })
    .await
}

/// Opens a desk; the one that was open is closed first.
#[tauri::command]
#[specta::specta]
pub async fn open_desk(app: App<'_>, folder: PathBuf, passphrase: Passphrase) -> Answer<DeskView> {
    app.run(move |app| app.open(&folder, &passphrase)).await
}

/// Opens a desk by its recovery key (恢复密钥) and sets a new passphrase; the one that was open is closed first.
#[tauri::command]
#[specta::specta]
pub async fn recover_desk(
    app: App<'_>,
    folder: PathBuf,
    recovery_key: Passphrase,
    passphrase: Passphrase,
) -> Answer<DeskView> {
    app.run(move |app| app.recover(&folder, &recovery_key, &passphrase)).await
}

/// The recovery key of a desk that was just made, once; nothing for any other.
#[tauri::command]
#[specta::specta]
pub async fn take_recovery_key(app: App<'_>) -> Answer<Option<String>> {
    app.with_desk(|desk| Ok(desk.take_recovery_key().map(|key| key.to_string()))).await
}

/// Makes a new recovery key; the one before no longer opens the desk.
#[tauri::command]
#[specta::specta]
pub async fn renew_recovery_key(app: App<'_>, passphrase: Passphrase) -> Answer<String> {
    app.with_desk(move |desk| Ok(desk.renew_recovery_key(&passphrase)?.to_string())).await
}

/// Changes the passphrase of the open desk.
#[tauri::command]
#[specta::specta]
pub async fn change_passphrase(app: App<'_>, old: Passphrase, passphrase: Passphrase) -> Answer<()> {
    app.with_desk(move |desk| desk.change_passphrase(&old, &passphrase)).await
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
