//! Where one run of the application keeps its things, and what it needs of this machine.

use std::{
    env, fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde_json::Value;
use tempfile::TempDir;

use crate::{Failure, Step};

/// Names the application; set by whoever built it.
const APP: &str = "HENGJIAN_APP";
/// Any of these set means that a run that cannot take place is a failure: whoever set it counts on the run.
const REQUIRED: [&str; 3] = [APP, "CI", "HENGJIAN_E2E"];

/// A data folder of its own for the application, with the script that answers its file dialogs.
pub struct Place {
    folder: TempDir,
    app: PathBuf,
}

impl Place {
    /// An empty one.
    ///
    /// # Errors
    /// When the application was not built, or no folder can be made.
    pub fn empty() -> Step<Self> {
        let place = Self { folder: tempfile::Builder::new().prefix("hengjian-").tempdir()?, app: application()? };
        fs::create_dir_all(place.home())?;
        fs::write(place.script(), "")?;
        Ok(place)
    }

    /// One in which the sample meeting is made already: handed out, and all but the chair have handed back.
    ///
    /// # Errors
    /// As [`Place::empty`], and those of making the meeting.
    pub fn with_sample() -> Step<Self> {
        let place = Self::empty()?;
        desk::sample::prepare(&place.home().join("sample"), &mut |_, _, _| {})?;
        Ok(place)
    }

    /// Where the desks are kept (`HENGJIAN_HOME`).
    pub fn home(&self) -> PathBuf {
        self.folder.path().join("衡鉴")
    }

    /// A folder for files that travel, made where it is missing.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn stick(&self, name: &str) -> Step<PathBuf> {
        let folder = self.folder.path().join("U盘").join(name);
        fs::create_dir_all(&folder)?;
        Ok(folder)
    }

    /// What the next file dialog that opens is to answer; dialogs take their answers in the order given.
    ///
    /// # Errors
    /// When the script cannot be written.
    pub fn answer<P: AsRef<Path>>(&self, paths: &[P]) -> Step {
        let line: Vec<String> = paths.iter().map(|path| path.as_ref().display().to_string()).collect();
        let mut script = fs::OpenOptions::new().append(true).open(self.script())?;
        writeln!(script, "{}", serde_json::to_string(&line)?)?;
        Ok(())
    }

    /// How many answers no dialog has taken.
    ///
    /// # Errors
    /// When the script cannot be read.
    pub fn answers_left(&self) -> Step<usize> {
        Ok(fs::read_to_string(self.script())?.lines().filter(|line| !line.trim().is_empty()).count())
    }

    /// What the application and the driver said on their standard error stream.
    pub(super) fn log(&self) -> PathBuf {
        self.folder.path().join("log.txt")
    }

    pub(super) fn app(&self) -> &Path {
        &self.app
    }

    /// What the application is told about where to keep things, and about this machine.
    pub(super) fn variables(&self) -> Vec<(&'static str, PathBuf)> {
        let own = |name: &str| self.folder.path().join(name);
        vec![
            ("HENGJIAN_HOME", self.home()),
            ("HENGJIAN_DIALOGS", self.script()),
            ("XDG_DATA_HOME", own("data")),
            ("XDG_CACHE_HOME", own("cache")),
            ("XDG_CONFIG_HOME", own("config")),
            ("TAURI_WEBVIEW_AUTOMATION", "true".into()),
            ("GSETTINGS_BACKEND", "memory".into()),
            ("GDK_BACKEND", "x11".into()),
            ("NO_AT_BRIDGE", "1".into()),
        ]
    }

    fn script(&self) -> PathBuf {
        self.folder.path().join("dialogs.jsonl")
    }

    /// The processes that were started for this place and still run; only the application itself when asked so.
    pub fn processes(&self, only_the_application: bool) -> Vec<u32> {
        let mark = format!("HENGJIAN_HOME={}", self.home().display()).into_bytes();
        let ours = |process: &PathBuf| {
            let environment = fs::read(process.join("environ")).unwrap_or_default();
            let of_this_place = environment.split(|byte| *byte == 0).any(|variable| variable == mark);
            let program = fs::read_link(process.join("exe")).unwrap_or_default();
            of_this_place && (!only_the_application || program == self.app)
        };
        let number = |process: PathBuf| process.file_name()?.to_str()?.parse().ok();
        let processes = fs::read_dir("/proc").into_iter().flatten().flatten().map(|entry| entry.path());
        processes.filter(ours).filter_map(number).collect()
    }

    /// Ends those processes at once, as a power failure would: without a chance to save anything.
    ///
    /// # Errors
    /// When they cannot be ended.
    pub fn kill(&self, only_the_application: bool) -> Step {
        let processes = self.processes(only_the_application);
        if processes.is_empty() {
            return Ok(());
        }
        // One that ended by itself in the meantime is no failure; whether any is left is asked by the caller.
        Command::new("kill").arg("-KILL").args(processes.iter().map(u32::to_string)).stderr(Stdio::null()).status()?;
        Ok(())
    }

    /// The network interfaces that the application sees, by name.
    ///
    /// # Errors
    /// When the application does not run.
    pub fn interfaces(&self) -> Step<Vec<String>> {
        let process =
            self.processes(true).first().copied().ok_or_else(|| Failure::new("the application is not running"))?;
        interfaces(&format!("/proc/{process}/net/dev"))
    }
}

/// The names in a file of the form of `/proc/net/dev`.
fn interfaces(file: &str) -> Step<Vec<String>> {
    let table = fs::read_to_string(file)?;
    Ok(table.lines().filter_map(|line| line.split_once(':')).map(|(name, _)| name.trim().to_owned()).collect())
}

/// The application as it was built: where `HENGJIAN_APP` says, or beside this program.
fn application() -> Step<PathBuf> {
    let app = match env::var_os(APP).filter(|path| !path.is_empty()) {
        Some(path) => PathBuf::from(path),
        None => target().join("debug").join("hengjian-app"),
    };
    // Links are followed, since a process is recognised by its program.
    fs::canonicalize(&app).map_err(|error| {
        Failure::new(format!(
            "no application at {} ({error}); build it: cargo build -p hengjian-app --features custom-protocol,e2e",
            app.display()
        ))
    })
}

/// The folder into which cargo builds.
pub(super) fn target() -> PathBuf {
    let program = env::current_exe().unwrap_or_default();
    let built = program.ancestors().find(|folder| folder.join("CACHEDIR.TAG").is_file());
    built.map_or_else(env::temp_dir, Path::to_path_buf)
}

/// What is missing here for driving the application, if anything.
pub fn reason_not_to_run() -> Option<&'static str> {
    if !cfg!(target_os = "linux") {
        return Some("the application is driven on Linux only");
    }
    if Command::new("WebKitWebDriver").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_err() {
        return Some("WebKitWebDriver is missing (Debian: webkit2gtk-driver)");
    }
    if env::var_os("DISPLAY").is_none_or(|display| display.is_empty()) {
        return Some("there is no display (run under xvfb-run)");
    }
    None
}

/// Whether the application can be driven here. Where it cannot, says so and gives `false`, unless the run is counted on.
///
/// # Errors
/// When something is missing though the run is counted on: `HENGJIAN_APP`, `CI` or `HENGJIAN_E2E` is set.
pub fn can_run() -> Step<bool> {
    let Some(reason) = reason_not_to_run() else { return Ok(true) };
    if cfg!(target_os = "linux") && REQUIRED.iter().any(|name| env::var_os(name).is_some()) {
        return Err(Failure::new(reason));
    }
    eprintln!("SKIPPED, nothing was tested: {reason}");
    Ok(false)
}

/// A JSON value as text, empty where it is none.
pub(super) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
