//! Clocks are only informative: what counts follows from `seq`.

use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, FixedOffset, TimeDelta};
use desk::{Clock, Host, RandomNames, common};
use review::points::Points;
use seal::key::SystemRandom;

use crate::{
    fixture::{Hall, Plan},
    process,
};

/// A clock whose every look lies an hour before the last one.
struct Backwards(DateTime<FixedOffset>, AtomicI64);

impl Clock for Backwards {
    fn now(&self) -> DateTime<FixedOffset> {
        self.0 - TimeDelta::hours(self.1.fetch_add(1, Ordering::Relaxed))
    }
}

#[test]
fn with_a_clock_that_runs_backwards_the_newest_sheet_is_still_the_one_of_the_highest_seq() {
    let _alone = process::alone();
    let start = "2025-06-18T10:00:00+08:00".parse().unwrap();
    let clock = Box::new(Backwards(start, AtomicI64::new(0)));
    let host = Host { clock, names: Box::new(RandomNames), random: SystemRandom::new(), ..Host::sample(start, 1) };
    let mut hall = Hall::issued_by(&Plan::of(9, 1), host);
    hall.seat(&(0..9).collect::<Vec<_>>());
    hall.hand_out();
    hall.vote_all(8000);
    for total in [5000, 9850] {
        hall.vote(3, 0, total);
    }
    hall.collect();
    assert_eq!(hall.compile().grades[0].totals[3].total, Points::from_hundredths(9850));
    let (result, _) = hall.sign_result().unwrap();
    let view = hall.import(&result);
    assert!(view.filed, "{:?}", view.checks);
    for desk in [&hall.bureau, &hall.experts[3]] {
        assert_eq!(common::check(desk).unwrap().audit_broken_at, None, "the trail is chained by number and digest");
    }
}
