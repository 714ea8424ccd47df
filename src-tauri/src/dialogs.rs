//! Where the user chooses files: by the system's dialogs, or in a test by a script.

use std::{path::PathBuf, sync::Arc};

use tauri::{AppHandle, Manager};
use tauri_plugin_dialog::{DialogExt, FileDialogBuilder, FilePath};

use crate::state::Answer;

/// Asks the user for files and folders. Blocks until answered: never call it on the window's thread.
pub trait FileDialogs: Send + Sync {
    /// Files with one of these endings (without the dot; none: any). Empty when cancelled.
    fn pick_files(&self, title: &str, extensions: &[String]) -> Answer<Vec<PathBuf>>;
    /// A folder, `None` when cancelled.
    fn pick_folder(&self, title: &str) -> Answer<Option<PathBuf>>;
    /// Where to write a file, `None` when cancelled.
    fn pick_save(&self, title: &str, file_name: &str) -> Answer<Option<PathBuf>>;
}

/// The dialogs of this run: the system's own, unless this was built for tests and a test says otherwise.
pub fn of(app: &AppHandle) -> Arc<dyn FileDialogs> {
    #[cfg(feature = "e2e")]
    if let Some(script) = std::env::var_os(scripted::SCRIPT) {
        return Arc::new(scripted::Scripted::new(script.into()));
    }
    Arc::new(Native { app: app.clone() })
}

/// The system's own dialogs, over the window.
struct Native {
    app: AppHandle,
}

impl Native {
    fn dialog(&self, title: &str) -> FileDialogBuilder<tauri::Wry> {
        let dialog = self.app.dialog().file().set_title(title);
        match self.app.get_webview_window(crate::WINDOW) {
            Some(window) => dialog.set_parent(&window),
            None => dialog,
        }
    }
}

impl FileDialogs for Native {
    fn pick_files(&self, title: &str, extensions: &[String]) -> Answer<Vec<PathBuf>> {
        let mut dialog = self.dialog(title);
        if !extensions.is_empty() {
            let extensions: Vec<&str> = extensions.iter().map(String::as_str).collect();
            dialog = dialog.add_filter(title, &extensions);
        }
        let files = dialog.blocking_pick_files().unwrap_or_default();
        Ok(files.into_iter().filter_map(local).collect())
    }

    fn pick_folder(&self, title: &str) -> Answer<Option<PathBuf>> {
        Ok(self.dialog(title).blocking_pick_folder().and_then(local))
    }

    fn pick_save(&self, title: &str, file_name: &str) -> Answer<Option<PathBuf>> {
        Ok(self.dialog(title).set_file_name(file_name).blocking_save_file().and_then(local))
    }
}

/// A file on this machine; desktop dialogs give no other.
fn local(file: FilePath) -> Option<PathBuf> {
    file.into_path().ok()
}

/// Answers from a script, for tests of the whole application: what follows the choice is the real code.
#[cfg(feature = "e2e")]
mod scripted {
    use std::{
        fs,
        path::PathBuf,
        sync::{Mutex, PoisonError},
    };

    use desk::DeskError;

    use super::FileDialogs;
    use crate::state::Answer;

    /// The environment variable that names the script.
    pub(super) const SCRIPT: &str = "HENGJIAN_DIALOGS";

    /// A file of JSON lines, each an array of paths: every dialog takes the first line off, an empty array cancels.
    pub(super) struct Scripted {
        script: Mutex<PathBuf>,
    }

    impl Scripted {
        pub(super) fn new(script: PathBuf) -> Self {
            Self { script: Mutex::new(script) }
        }

        fn next(&self) -> Answer<Vec<PathBuf>> {
            let script = self.script.lock().unwrap_or_else(PoisonError::into_inner);
            let text = fs::read_to_string(&*script).map_err(|error| refused(&error.to_string()))?;
            let (line, rest) = text.split_once('\n').unwrap_or((&text, ""));
            if line.trim().is_empty() {
                return Err(refused("the script of dialogs has no line left"));
            }
            let paths = serde_json::from_str(line).map_err(|error| refused(&error.to_string()))?;
            fs::write(&*script, rest).map_err(|error| refused(&error.to_string()))?;
            Ok(paths)
        }

        fn next_one(&self) -> Answer<Option<PathBuf>> {
            Ok(self.next()?.into_iter().next())
        }
    }

    impl FileDialogs for Scripted {
        fn pick_files(&self, _: &str, _: &[String]) -> Answer<Vec<PathBuf>> {
            self.next()
        }

        fn pick_folder(&self, _: &str) -> Answer<Option<PathBuf>> {
            self.next_one()
        }

        fn pick_save(&self, _: &str, _: &str) -> Answer<Option<PathBuf>> {
            self.next_one()
        }
    }

    fn refused(detail: &str) -> DeskError {
        DeskError::new("INTERNAL").with("detail", detail)
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        fn script(lines: &str) -> (tempfile::TempDir, Scripted) {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("对话框.jsonl");
            fs::write(&path, lines).unwrap();
            (folder, Scripted::new(path))
        }

        #[test]
        fn each_dialog_takes_the_next_line() {
            let (_folder, dialogs) = script("[\"a.hjcard\",\"b.hjcard\"]\n[\"文件夹\"]\n[\"out.xlsx\"]\n");
            assert_eq!(dialogs.pick_files("", &[]).unwrap(), [PathBuf::from("a.hjcard"), PathBuf::from("b.hjcard")]);
            assert_eq!(dialogs.pick_folder("").unwrap(), Some(PathBuf::from("文件夹")));
            assert_eq!(dialogs.pick_save("", "x.xlsx").unwrap(), Some(PathBuf::from("out.xlsx")));
        }

        #[test]
        fn an_empty_array_cancels() {
            let (_folder, dialogs) = script("[]\n[]");
            assert_eq!(dialogs.pick_files("", &[]).unwrap(), Vec::<PathBuf>::new());
            assert_eq!(dialogs.pick_folder("").unwrap(), None);
        }

        #[test]
        fn a_script_that_ran_out_is_an_error_and_no_cancellation() {
            let (_folder, dialogs) = script("[\"a\"]");
            dialogs.pick_folder("").unwrap();
            assert_eq!(dialogs.pick_folder("").unwrap_err().code, "INTERNAL");
        }
    }
}
