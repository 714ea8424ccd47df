//! Killed while scoring: every score that was said to be saved is there, and the audit trail is whole.

use desk::{common, expert};
use review::{points::Points, scheme::Dimension};

use crate::{
    fixture::{Hall, PASSPHRASE, Plan, centre, reopened},
    process::{self, Running},
};

/// How often the application is killed.
const ROUNDS: u32 = 20;

/// The score that is saved as the `count`th, of a dimension: what follows from it can be told from what was there before.
fn score(count: u32) -> (u8, u32) {
    let dimension = u8::try_from(count % 6).unwrap();
    (dimension, (count / 6 % 20 + 1) * 50)
}

/// Saves one score after the other and says so, until it is killed.
#[test]
#[ignore = "the process that is killed; started by the test below"]
fn scoring_without_end() {
    let Some(folder) = process::folder() else { return };
    let host = desk::Host::sample("2025-06-18T10:00:00+08:00".parse().unwrap(), 1).into();
    let mut desk = reopened(&host, &folder);
    let round = expert::expert_rounds(&mut desk).unwrap()[0].round.id.clone();
    // Goes on where the last one was killed.
    let first: u32 = std::fs::read_to_string(folder.join("next")).map_or(0, |text| text.parse().unwrap());
    process::say("ready");
    for count in first.. {
        let (dimension, hundredths) = score(count);
        let score = Some(Points::from_hundredths(hundredths));
        let change = desk::dto::DraftChange::Score { dimension, score };
        expert::save_draft(&mut desk, &round, &centre(0), change).unwrap();
        process::say(count);
    }
}

#[test]
fn every_score_that_was_said_to_be_saved_is_there_after_a_kill() {
    let _alone = process::alone();
    let mut hall = Hall::ready(&Plan::of(9, 1));
    let (host, round) = (hall.host.clone(), hall.round.clone());
    let desk = hall.experts.remove(0);
    let folder = desk.folder().to_owned();
    drop(desk);
    let mut said: [Option<u32>; 6] = [None; 6];
    let (mut next, mut rows) = (0_u32, 0);
    for killing in 0..ROUNDS {
        std::fs::write(folder.join("next"), next.to_string()).unwrap();
        let mut child = Running::start(&[], "killed::scoring_without_end", &folder);
        assert_eq!(child.hear().as_deref(), Some("ready"));
        // Killed after another number of saves each time, at whatever point of the next one it then is.
        let acknowledged = 1 + killing * 7 % 23;
        let mut heard = vec![];
        for _ in 0..acknowledged {
            heard.push(child.hear().unwrap());
        }
        heard.extend(child.kill());
        for count in heard.iter().map(|count| count.parse::<u32>().unwrap()) {
            let (dimension, hundredths) = score(count);
            said[usize::from(dimension)] = Some(hundredths);
            next = count + 1;
        }

        let mut desk = reopened(&host, &folder);
        let found = expert::my_scores(&mut desk, &round).unwrap()[0].scores.clone();
        // One save may have been made and not been said.
        let (unsaid, unsaid_score) = score(next);
        for dimension in Dimension::ALL {
            let place = dimension.index();
            let found = found[place].map(Points::hundredths);
            let made = usize::from(unsaid) == place && found == Some(unsaid_score);
            assert!(found == said[place] || made, "kill {killing}: {dimension:?} is {found:?}, not {:?}", said[place]);
        }
        let check = common::check(&desk).unwrap();
        assert!(check.database_ok && check.audit_broken_at.is_none(), "kill {killing}: {check:?}");
        assert!(check.audit_rows >= rows + u32::try_from(heard.len()).unwrap(), "kill {killing}: each has its row");
        rows = check.audit_rows;
        drop(desk);
    }
    let mut desk = reopened(&host, &folder);
    for dimension in 0..6 {
        let change = desk::dto::DraftChange::Score { dimension, score: Some(Points::whole(9)) };
        expert::save_draft(&mut desk, &round, &centre(0), change).unwrap();
    }
    expert::sign(&mut desk, &round, &[centre(0)], PASSPHRASE).unwrap();
}
