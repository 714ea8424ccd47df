//! Patience with wrong passphrases: after two of them each further one makes the next wait longer.
//!
//! Against somebody who sits at the keyboard. Whoever can write to the folder can remove `desk.tries`; against them stands the
//! work of scrypt alone.

use std::{fs, path::Path};

use chrono::{DateTime, FixedOffset};
use seal::key::KeyError;
use serde::{Deserialize, Serialize};

use crate::{DeskError, host::Host};

/// Kept beside the database, so that starting anew does not help.
const TRIES: &str = "desk.tries";
/// Seconds to wait after so many wrong passphrases; the last stands for all further ones.
const WAITS: [i64; 8] = [0, 0, 0, 2, 4, 8, 16, 30];

#[derive(Serialize, Deserialize)]
struct Tries {
    wrong: u32,
    last: DateTime<FixedOffset>,
}

/// Tries a passphrase, unless it is too early for another try.
///
/// # Errors
/// `PASSPHRASE_WAIT` with the seconds left, and then nothing was tried; whatever trying gives.
pub(crate) fn tried<T>(
    host: &Host,
    folder: &Path,
    attempt: impl FnOnce() -> Result<T, KeyError>,
) -> Result<T, DeskError> {
    let path = folder.join(TRIES);
    // What cannot be read counts as nothing: it protects nothing that is not protected otherwise.
    let before: Option<Tries> = fs::read(&path).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
    if let Some(tries) = &before {
        let wait = seconds_after(tries.wrong);
        if wait > 0 {
            let passed = (host.clock.now() - tries.last).num_seconds();
            // A clock that was set back must not lock anybody out for longer than the wait itself.
            if (0..wait).contains(&passed) {
                return Err(DeskError::new("PASSPHRASE_WAIT").with("seconds", wait - passed));
            }
        }
    }
    match attempt() {
        Err(KeyError::WrongPassphrase) => {
            let wrong = before.map_or(0, |tries| tries.wrong).saturating_add(1);
            let tries = Tries { wrong, last: host.clock.now() };
            // A folder that cannot be written is told when the store is opened.
            let _ = serde_json::to_vec(&tries).map(|bytes| fs::write(&path, bytes));
            Err(KeyError::WrongPassphrase.into())
        }
        Err(other) => Err(other.into()),
        Ok(opened) => {
            if before.is_some() {
                let _ = fs::remove_file(&path);
            }
            Ok(opened)
        }
    }
}

/// Forgets what was tried, once the desk was opened another way.
pub(crate) fn forget(folder: &Path) {
    let _ = fs::remove_file(folder.join(TRIES));
}

fn seconds_after(wrong: u32) -> i64 {
    let place = usize::try_from(wrong).unwrap_or(usize::MAX).min(WAITS.len() - 1);
    WAITS[place]
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use chrono::TimeDelta;

    use super::*;
    use crate::host::Clock;

    /// A clock that stands until it is set.
    struct Set(Arc<Mutex<DateTime<FixedOffset>>>);

    impl Clock for Set {
        fn now(&self) -> DateTime<FixedOffset> {
            *self.0.lock().unwrap()
        }
    }

    fn host() -> (Host, Arc<Mutex<DateTime<FixedOffset>>>) {
        let start = DateTime::parse_from_rfc3339("2025-06-18T08:30:00+08:00").unwrap();
        let time = Arc::new(Mutex::new(start));
        (Host { clock: Box::new(Set(Arc::clone(&time))), ..Host::sample(start, 1) }, time)
    }

    fn wrong(host: &Host, folder: &Path) -> DeskError {
        tried(host, folder, || Err::<(), _>(KeyError::WrongPassphrase)).unwrap_err()
    }

    #[test]
    fn after_two_wrong_passphrases_the_wait_grows_to_thirty_seconds_and_no_further() {
        let folder = tempfile::tempdir().unwrap();
        let (host, time) = host();
        for wait in [0, 0, 2, 4, 8, 16, 30, 30, 30] {
            assert_eq!(wrong(&host, folder.path()).code, "PASSPHRASE_WRONG");
            if wait == 0 {
                continue;
            }
            // Another host, as after a restart.
            let early = tried(&host, folder.path(), || Ok(())).unwrap_err();
            assert_eq!((early.code.as_str(), &early.params["seconds"]), ("PASSPHRASE_WAIT", &wait.to_string()));
            *time.lock().unwrap() += TimeDelta::seconds(wait);
        }
    }

    #[test]
    fn while_waiting_nothing_is_tried_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let (host, time) = host();
        for _ in 0..3 {
            wrong(&host, folder.path());
        }
        let mut asked = false;
        tried(&host, folder.path(), || {
            asked = true;
            Ok(())
        })
        .unwrap_err();
        assert!(!asked);
        *time.lock().unwrap() += TimeDelta::seconds(2);
        tried(&host, folder.path(), || Ok(())).unwrap();
    }

    #[test]
    fn the_right_passphrase_makes_everything_as_at_first() {
        let folder = tempfile::tempdir().unwrap();
        let (host, _) = host();
        wrong(&host, folder.path());
        tried(&host, folder.path(), || Ok(())).unwrap();
        wrong(&host, folder.path());
        wrong(&host, folder.path());
        tried(&host, folder.path(), || Ok(())).unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_clock_set_back_by_a_year_locks_nobody_out() {
        let folder = tempfile::tempdir().unwrap();
        let (host, time) = host();
        for _ in 0..3 {
            wrong(&host, folder.path());
        }
        *time.lock().unwrap() -= TimeDelta::days(365);
        tried(&host, folder.path(), || Ok(())).unwrap();
    }

    #[test]
    fn what_is_no_passphrase_matter_is_not_counted() {
        let folder = tempfile::tempdir().unwrap();
        let (host, _) = host();
        for _ in 0..9 {
            let damaged = tried(&host, folder.path(), || Err::<(), _>(KeyError::Damaged)).unwrap_err();
            assert_eq!(damaged.code, "DESK_DAMAGED");
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
