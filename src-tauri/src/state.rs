//! What the application holds while it runs: where desks are kept, and the one that is open.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
};

use desk::{
    Desk, DeskError, Host, common,
    dto::{DeskEntry, DeskView, NewDesk, StartView},
    sample,
};
use tauri::State;

/// What a command gets of the application.
pub type App<'a> = State<'a, Arc<Application>>;

/// What a command answers.
pub type Answer<T> = Result<T, DeskError>;

/// The running application.
pub struct Application {
    host: Arc<Host>,
    home: PathBuf,
    /// One desk at a time, and one use case at a time on it. Locked only off the window's thread.
    desk: Mutex<Option<Desk>>,
    /// Held while the sample meeting is made, so that two clicks make one.
    making_sample: Mutex<()>,
    /// How many use cases were asked for and are not done.
    under_way: Mutex<u32>,
    /// Told each time one of them is.
    done: Condvar,
}

impl Application {
    /// An application without an open desk, whose desks live under `home`.
    pub fn new(host: Host, home: PathBuf) -> Self {
        Self {
            host: Arc::new(host),
            home,
            desk: Mutex::new(None),
            making_sample: Mutex::new(()),
            under_way: Mutex::new(0),
            done: Condvar::new(),
        }
    }

    /// Runs work where it may block, so that the window never waits for it.
    pub async fn run<T, W>(self: &Arc<Self>, work: W) -> Answer<T>
    where
        T: Send + 'static,
        W: FnOnce(&Self) -> Answer<T> + Send + 'static,
    {
        let app = Arc::clone(self);
        let answer = tauri::async_runtime::spawn_blocking(move || work(&app)).await;
        // The text of a panic may name people; it has gone to the standard error stream and goes no further.
        answer.unwrap_or_else(|_| Err(DeskError::new("INTERNAL").with("detail", "the command broke off")))
    }

    /// Runs work on the open desk; `NO_DESK_OPEN` where there is none.
    pub async fn with_desk<T, W>(self: &Arc<Self>, work: W) -> Answer<T>
    where
        T: Send + 'static,
        W: FnOnce(&mut Desk) -> Answer<T> + Send + 'static,
    {
        // Taken before anything is waited for: from now on the application does not end without this work.
        let place = UnderWay::begin(self);
        self.run(move |app| {
            let _until_done = place;
            app.open_desk().as_mut().map_or_else(|| Err(DeskError::new("NO_DESK_OPEN")), work)
        })
        .await
    }

    /// The desks there are, and the one that is open.
    pub fn start_view(&self) -> StartView {
        StartView {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            home: self.desks().display().to_string(),
            desks: desk::list(&self.desks()),
            sample_desks: desk::list(&self.sample_desks()),
            open: self.open_desk().as_ref().map(Desk::view),
        }
    }

    /// Makes a desk and opens it.
    pub fn create(&self, new: &NewDesk) -> Answer<DeskView> {
        let folder = desk::new_folder(&self.desks(), &new.name);
        self.replace(|host| Desk::create(host, &folder, new, false))
    }

    /// Opens a desk.
    pub fn open(&self, folder: &Path, passphrase: &str) -> Answer<DeskView> {
        self.replace(|host| Desk::open(host, folder, passphrase))
    }

    /// Opens a desk by its recovery key, with a new passphrase.
    pub fn recover(&self, folder: &Path, recovery_key: &str, passphrase: &str) -> Answer<DeskView> {
        self.replace(|host| Desk::open_with_recovery(host, folder, recovery_key, passphrase))
    }

    /// Opens a desk of the sample meeting.
    pub fn open_sample(&self, folder: &Path) -> Answer<DeskView> {
        let passphrase = desk::sample_passphrase(folder);
        let passphrase = passphrase.ok_or_else(|| DeskError::new("NOT_FOUND").with("what", "desk"))?;
        self.open(folder, &passphrase)
    }

    /// Closes the open desk, after what is under way on it.
    pub fn close(&self) {
        self.open_desk().take();
    }

    /// Ends: waits for every use case that was asked for, then closes the desk.
    pub fn finish(&self) {
        let count = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        drop(self.done.wait_while(count, |count| *count > 0));
        self.close();
    }

    /// Restores a backup into a folder named after the file.
    pub fn restore(&self, backup: &Path) -> Answer<DeskEntry> {
        let name = backup.file_stem().unwrap_or_default().to_string_lossy();
        common::restore(backup, &desk::new_folder(&self.desks(), &name))
    }

    /// Makes the sample meeting where there is none. It is made aside and moved into place whole, so that one that broke off
    /// is never taken for the meeting.
    pub fn make_sample(&self, progress: sample::Progress<'_>) -> Answer<StartView> {
        let one_at_a_time = self.making_sample.lock().unwrap_or_else(PoisonError::into_inner);
        let place = self.home.join("sample");
        if !place.exists() {
            let aside = self.home.join("sample.part");
            let refused =
                |error: std::io::Error| DeskError::new("IO").with("path", place.display()).with("reason", error.kind());
            if aside.exists() {
                fs::remove_dir_all(&aside).map_err(refused)?;
            }
            fs::create_dir_all(&aside).map_err(refused)?;
            sample::prepare(&aside, progress)?;
            fs::rename(&aside, &place).map_err(refused)?;
        }
        drop(one_at_a_time);
        Ok(self.start_view())
    }

    /// Where the user's own desks are.
    fn desks(&self) -> PathBuf {
        self.home.join("desks")
    }

    /// Where the desks of the sample meeting are.
    fn sample_desks(&self) -> PathBuf {
        self.home.join("sample").join("desks")
    }

    /// Closes the open desk and puts another in its place: closed first, since a desk is held by whoever opened it, and it may
    /// be the same one.
    fn replace(&self, other: impl FnOnce(Arc<Host>) -> Answer<Desk>) -> Answer<DeskView> {
        let mut open = self.open_desk();
        open.take();
        let desk = other(Arc::clone(&self.host))?;
        let view = desk.view();
        *open = Some(desk);
        Ok(view)
    }

    /// The place of the open desk. After a use case that panicked what the desk holds in memory is not to be trusted, so it is
    /// closed; its folder is sound, since changes to it happen whole or not at all.
    fn open_desk(&self) -> MutexGuard<'_, Option<Desk>> {
        self.desk.lock().unwrap_or_else(|poisoned| {
            self.desk.clear_poison();
            let mut open = poisoned.into_inner();
            open.take();
            open
        })
    }
}

/// One use case under way, until dropped.
struct UnderWay {
    app: Arc<Application>,
}

impl UnderWay {
    fn begin(app: &Arc<Application>) -> Self {
        *app.under_way.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        Self { app: Arc::clone(app) }
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        *self.app.under_way.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
        self.app.done.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use desk::dto::Role;
    use desk::dto::UnitInput;
    use tauri::async_runtime::block_on;

    use super::*;

    /// An application with a quick host in an empty home.
    fn application() -> (tempfile::TempDir, Arc<Application>) {
        let home = tempfile::tempdir().unwrap();
        let start = DateTime::parse_from_rfc3339("2026-01-15T08:30:00+08:00").unwrap();
        let app = Application::new(Host::sample(start, 1), home.path().join("衡鉴"));
        (home, Arc::new(app))
    }

    fn new_desk(name: &str) -> NewDesk {
        NewDesk {
            roles: vec![Role::Expert],
            name: name.to_owned(),
            unit: UnitInput { name: "示例大学".to_owned(), code: String::new() },
            title: "教授".to_owned(),
            passphrase: "一句很长的示例口令".to_owned(),
        }
    }

    fn name_on_desk(app: &Arc<Application>) -> Answer<String> {
        block_on(app.with_desk(|desk| Ok(desk.person().name.clone())))
    }

    #[test]
    fn without_an_open_desk_every_use_case_is_refused() {
        let (_home, app) = application();
        assert_eq!(name_on_desk(&app).unwrap_err().code, "NO_DESK_OPEN");
    }

    #[test]
    fn a_made_desk_is_open_and_listed() {
        let (_home, app) = application();
        let made = app.create(&new_desk("甲示例")).unwrap();
        let start = app.start_view();
        assert_eq!(name_on_desk(&app).unwrap(), "甲示例");
        assert_eq!(start.desks.iter().map(|desk| &desk.folder).collect::<Vec<_>>(), [&made.folder]);
        assert_eq!(start.open.unwrap().folder, made.folder);
        assert!(start.sample_desks.is_empty(), "the sample meeting is made only when asked for");
    }

    #[test]
    fn a_closed_desk_opens_again_with_its_passphrase_alone() {
        let (_home, app) = application();
        let folder = PathBuf::from(app.create(&new_desk("甲示例")).unwrap().folder);
        app.close();
        assert_eq!(name_on_desk(&app).unwrap_err().code, "NO_DESK_OPEN");
        assert_eq!(app.open(&folder, "另一句口令").unwrap_err().code, "PASSPHRASE_WRONG");
        assert_eq!(name_on_desk(&app).unwrap_err().code, "NO_DESK_OPEN", "a wrong passphrase opens nothing");
        app.open(&folder, "一句很长的示例口令").unwrap();
        assert_eq!(name_on_desk(&app).unwrap(), "甲示例");
    }

    #[test]
    fn the_open_desk_can_be_opened_again() {
        let (_home, app) = application();
        let folder = PathBuf::from(app.create(&new_desk("甲示例")).unwrap().folder);
        app.open(&folder, "一句很长的示例口令").unwrap();
        assert_eq!(name_on_desk(&app).unwrap(), "甲示例");
    }

    #[test]
    fn two_people_of_one_name_get_two_folders() {
        let (_home, app) = application();
        let first = app.create(&new_desk("甲示例")).unwrap().folder;
        let second = app.create(&new_desk("甲示例")).unwrap().folder;
        assert_ne!(first, second);
        assert_eq!(app.start_view().desks.len(), 2);
    }

    #[test]
    fn a_desk_of_ones_own_does_not_open_as_a_sample() {
        let (_home, app) = application();
        let folder = PathBuf::from(app.create(&new_desk("甲示例")).unwrap().folder);
        app.close();
        assert_eq!(app.open_sample(&folder).unwrap_err().code, "NOT_FOUND");
    }

    #[test]
    fn a_use_case_that_panics_closes_the_desk_and_the_application_goes_on() {
        let (_home, app) = application();
        let folder = PathBuf::from(app.create(&new_desk("甲示例")).unwrap().folder);
        let broken = block_on(app.with_desk(|_| -> Answer<()> { panic!("as a defect would") }));
        assert_eq!(broken.unwrap_err().code, "INTERNAL");
        assert_eq!(name_on_desk(&app).unwrap_err().code, "NO_DESK_OPEN");
        app.open(&folder, "一句很长的示例口令").unwrap();
        assert_eq!(name_on_desk(&app).unwrap(), "甲示例");
    }

    #[test]
    fn ending_waits_for_what_was_asked_for() {
        let (_home, app) = application();
        app.create(&new_desk("甲示例")).unwrap();
        let (go, wait) = std::sync::mpsc::channel::<()>();
        let first = app.with_desk(move |_| wait.recv().map_err(|_| DeskError::new("CANCELLED")));
        std::thread::scope(|scope| {
            let answer = scope.spawn(|| block_on(first));
            while *app.under_way.lock().unwrap() == 0 {
                std::thread::yield_now();
            }
            let ended = scope.spawn(|| app.finish());
            assert!(!ended.is_finished(), "the first use case has not been let go");
            go.send(()).unwrap();
            ended.join().unwrap();
            assert!(answer.join().unwrap().is_ok(), "the use case under way was done whole");
        });
        assert_eq!(name_on_desk(&app).unwrap_err().code, "NO_DESK_OPEN");
    }

    #[test]
    fn ending_does_not_wait_after_a_panic() {
        let (_home, app) = application();
        app.create(&new_desk("甲示例")).unwrap();
        block_on(app.with_desk(|_| -> Answer<()> { panic!("as a defect would") })).unwrap_err();
        app.finish();
        assert_eq!(*app.under_way.lock().unwrap(), 0);
    }

    #[test]
    fn the_sample_meeting_is_made_once_and_each_of_its_desks_opens() {
        let (_home, app) = application();
        let mut steps = Vec::new();
        let first = app.make_sample(&mut |step, _, _| steps.push(step.to_owned())).unwrap();
        assert!(!steps.is_empty() && !first.sample_desks.is_empty());
        assert!(first.desks.is_empty(), "the sample meeting lies apart from the user's own desks");
        let again = app.make_sample(&mut |_, _, _| panic!("it is there already")).unwrap();
        assert_eq!(first.sample_desks.len(), again.sample_desks.len());
        for sample in &again.sample_desks {
            let opened = app.open_sample(Path::new(&sample.folder)).unwrap();
            assert_eq!(opened.person.name, sample.name);
            assert!(opened.sample_passphrase.is_some());
        }
    }

    #[test]
    fn a_sample_meeting_that_broke_off_is_made_anew() {
        let (_home, app) = application();
        let rest = app.home.join("sample.part").join("desks");
        fs::create_dir_all(&rest).unwrap();
        fs::write(rest.join("rest"), b"from a run that was cut off").unwrap();
        let made = app.make_sample(&mut |_, _, _| {}).unwrap();
        assert!(!made.sample_desks.is_empty());
        assert!(!rest.exists() && !app.sample_desks().join("rest").exists());
    }
}
