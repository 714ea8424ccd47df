//! How far a long command has come, told to the pages by the event `progress`.

use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use specta::Type;
use tauri::{AppHandle, Emitter};

/// The name of the event.
const EVENT: &str = "progress";

/// The shortest time between two events of one step: 20 a second move a bar smoothly and leave the window time to draw.
const PAUSE: Duration = Duration::from_millis(50);

/// How far a step has come.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct Progress {
    /// Stable key of the step.
    pub step: String,
    /// How much is done, in the step's own unit (bytes, files, people).
    pub done: u64,
    /// Of how much, 0 where it is not known.
    pub total: u64,
}

/// Sends the progress of one command.
pub struct Reporter {
    app: AppHandle,
    throttle: Throttle,
}

impl Reporter {
    /// Reports to the pages of this application.
    pub fn new(app: AppHandle) -> Self {
        Self { app, throttle: Throttle::default() }
    }

    /// Tells how far a step has come, unless that was told just before.
    pub fn report(&mut self, step: &str, done: u64, total: u64) {
        let progress = Progress { step: step.to_owned(), done, total };
        if self.throttle.admits(&progress, Instant::now()) {
            // Where the window is closing nobody listens any more: the work itself goes on.
            let _ = self.app.emit(EVENT, progress);
        }
    }
}

/// Lets the first and the last event of a step through, and between them one in each [`PAUSE`].
#[derive(Default)]
struct Throttle {
    last: Option<(String, Instant)>,
}

impl Throttle {
    fn admits(&mut self, progress: &Progress, now: Instant) -> bool {
        let ended = progress.done == progress.total;
        let recent = self.last.as_ref().is_some_and(|(step, at)| *step == progress.step && now < *at + PAUSE);
        if recent && !ended {
            return false;
        }
        self.last = Some((progress.step.clone(), now));
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(step: &str, done: u64) -> Progress {
        Progress { step: step.to_owned(), done, total: 100 }
    }

    #[test]
    fn a_thousand_reports_at_once_become_the_first_and_the_last() {
        let mut throttle = Throttle::default();
        let now = Instant::now();
        let told = (0..=100).filter(|done| throttle.admits(&at("packs", *done), now)).collect::<Vec<_>>();
        assert_eq!(told, [0, 100]);
    }

    #[test]
    fn a_report_comes_through_again_after_the_pause() {
        let mut throttle = Throttle::default();
        let now = Instant::now();
        assert!(throttle.admits(&at("packs", 1), now));
        assert!(!throttle.admits(&at("packs", 2), now + PAUSE / 2));
        assert!(throttle.admits(&at("packs", 3), now + PAUSE));
    }

    #[test]
    fn a_new_step_is_told_at_once() {
        let mut throttle = Throttle::default();
        let now = Instant::now();
        assert!(throttle.admits(&at("packs", 1), now));
        assert!(throttle.admits(&at("sheets", 0), now));
    }
}
