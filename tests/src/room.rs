//! The others in the room: experts who do their part through the use cases themselves, so that one expert's work in the
//! window is enough of a test of the window.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use desk::{
    Desk, Host, RandomNames, SystemClock, common,
    dto::{DraftChange, NewDesk, UnitInput},
    expert,
};
use review::{points::Points, roster::Role};
use seal::key::SystemRandom;

use crate::Step;

/// Of every desk in the room but the window's.
const PASSPHRASE: &str = "在座专家的示例口令";

/// The experts beside the one at the window.
pub struct Room {
    experts: Vec<Desk>,
}

impl Room {
    /// Experts with these names, units and unit codes, each with a desk below `folder`.
    ///
    /// # Errors
    /// Those of making a desk.
    pub fn of(folder: &Path, people: &[(&str, &str, &str)]) -> Step<Self> {
        // Their keys protect nothing, so guessing their passphrases need not be hard work.
        let host = Arc::new(Host {
            clock: Box::new(SystemClock),
            names: Box::new(RandomNames),
            random: SystemRandom::new(),
            scrypt_log_n: 8,
        });
        let desk = |(name, unit, code): &(&str, &str, &str)| {
            let new = NewDesk {
                roles: vec![Role::Expert],
                name: (*name).to_owned(),
                unit: UnitInput { name: (*unit).to_owned(), code: (*code).to_owned() },
                title: "教授".to_owned(),
                passphrase: PASSPHRASE.to_owned(),
            };
            Desk::create(Arc::clone(&host), &folder.join(name), &new, false)
        };
        Ok(Self { experts: people.iter().map(desk).collect::<Result<_, _>>()? })
    }

    /// Everyone's card, written into a folder.
    ///
    /// # Errors
    /// Those of writing.
    pub fn cards(&mut self, folder: &Path) -> Step<Vec<PathBuf>> {
        let card = |desk: &mut Desk| Ok(PathBuf::from(common::export_card(desk, folder)?.path));
        self.experts.iter_mut().map(card).collect()
    }

    /// Everyone takes the package in, promises, gives the scores of each centre (in hundredths, in the order of Article 21),
    /// signs and hands back into a folder. `(expert, centre)` of whom `is_missing` is true is not scored.
    ///
    /// # Errors
    /// Those of every step.
    pub fn review(
        &mut self,
        pack: &Path,
        scores: &[[u32; 6]],
        is_missing: impl Fn(usize, usize) -> bool,
        folder: &Path,
    ) -> Step {
        for (place, desk) in self.experts.iter_mut().enumerate() {
            let round = expert::import_pack(desk, pack, &mut |_, _| {})?.round.id;
            let dossiers = expert::promise(desk, &round)?.dossiers;
            let mut signed = vec![];
            for (number, (dossier, scores)) in dossiers.iter().zip(scores).enumerate() {
                if is_missing(place, number) {
                    continue;
                }
                for (dimension, score) in (0..).zip(scores) {
                    let score = Some(Points::from_hundredths(*score));
                    expert::save_draft(desk, &round, &dossier.centre, DraftChange::Score { dimension, score })?;
                }
                signed.push(dossier.centre.clone());
            }
            expert::sign(desk, &round, &signed, PASSPHRASE)?;
            expert::export_sheets(desk, &round, folder)?;
        }
        Ok(())
    }
}
