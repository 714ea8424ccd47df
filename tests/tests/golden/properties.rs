//! What holds for every file, tried on random ones: no bit is free, and no order matters.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::Cursor,
};

use desk::secretary;
use proptest::{prelude::*, test_runner::TestRunner};
use review::{compile, ids::Digest, sheet::Sheet};
use seal::{
    jws::{self, Verified},
    meeting::{Issued, Meeting},
    packages::{RoundFile, check_dossiers},
};

use crate::{
    fixture::{Hall, PASSPHRASE, Plan, copy_folder, reopened, sheet, signed, split, temporary},
    zipper::Zip,
};

/// Flips random bits of a file one at a time; each must be refused.
fn no_bit_is_free(what: &str, file: &[u8], accepts: impl Fn(&[u8]) -> bool) {
    assert!(accepts(file), "the {what} itself");
    let bits = file.len() * 8;
    // The first and the last bytes, which random places rarely meet, and then random ones.
    let edges = (0..64).chain(bits - 64..bits);
    let flipped = |bit: usize| {
        let mut bytes = file.to_vec();
        bytes[bit / 8] ^= 1 << (bit % 8);
        accepts(&bytes)
    };
    for bit in edges {
        assert!(!flipped(bit), "bit {bit} of the {what} is free");
    }
    let mut runner = TestRunner::new(ProptestConfig { cases: 512, ..ProptestConfig::default() });
    let run = runner.run(&(0..bits), |bit| {
        prop_assert!(!flipped(bit), "bit {} of the {} is free", bit, what);
        Ok(())
    });
    run.unwrap();
}

#[test]
fn any_bit_flipped_in_a_sheet_a_roster_a_card_or_a_round_file_is_refused() {
    let mut hall = Hall::issued(&Plan::of(9, 1));
    hall.seat(&(0..9).collect::<Vec<_>>());
    let meeting = hall.meeting();
    let bytes = signed(&sheet(&meeting, 0, 0, split(8450)), &hall.keys.experts[0]);
    no_bit_is_free("sheet", &bytes, |bytes| meeting.read_sheet(bytes).is_ok());

    let roster = fs::read(&hall.roster_file).unwrap();
    no_bit_is_free("roster", &roster, |bytes| Meeting::read(meeting.issued().clone(), bytes).is_ok());

    let card = meeting.issued().bureau().bytes().to_vec();
    no_bit_is_free("card", &card, |bytes| jws::read_card(bytes).is_ok());

    let whole = |bytes: &[u8]| {
        let file = RoundFile::open(Cursor::new(bytes.to_vec()));
        file.is_ok_and(|mut file| check_dossiers(&mut file.bag, &mut |_, _| {}).is_ok())
    };
    no_bit_is_free("round file", &fs::read(&hall.round_file).unwrap(), whole);
}

#[test]
fn any_bit_flipped_in_a_panel_file_or_a_dossier_package_is_refused() {
    let mut hall = Hall::issued(&Plan::of(9, 1));
    hall.seat(&(0..9).collect::<Vec<_>>());
    let panel = fs::read(&hall.panel_file).unwrap();
    no_bit_is_free("panel file", &panel, |bytes| seal::packages::PanelFile::read(Cursor::new(bytes)).is_ok());
    let (round, folder) = (hall.round.clone(), hall.place("卷宗包"));
    let pack = secretary::issue_packs(hall.secretary(), &round, &folder, PASSPHRASE, &mut |_, _| {}).unwrap();
    let whole = |bytes: &[u8]| {
        let pack = seal::packages::Pack::open(Cursor::new(bytes.to_vec()));
        pack.is_ok_and(|mut pack| check_dossiers(&mut pack.bag, &mut |_, _| {}).is_ok())
    };
    no_bit_is_free("dossier package", &fs::read(pack.path).unwrap(), whole);
}

/// Sheets with versions, forks, replays and gaps among them, as signed files.
fn tangle(meeting: &Meeting, hall: &Hall) -> Vec<Vec<u8>> {
    let mut files: Vec<Vec<u8>> = vec![];
    for expert in 0..9 {
        let key = &hall.keys.experts[expert];
        let version = |seq: u32, supersedes: &[&Vec<u8>], total: u32| {
            let mut sheet = sheet(meeting, expert, 0, split(total));
            sheet.seq = seq;
            sheet.supersedes = supersedes.iter().map(|bytes| seal::key::sha256(bytes)).collect();
            signed(&sheet, key)
        };
        let first = version(1, &[], 8000);
        let second = version(2, &[&first], 8100);
        match expert {
            // A fork that the third version settles.
            0 => {
                let fork = version(2, &[&first], 9000);
                let third = version(3, &[&second, &fork], 8500);
                files.extend([first, second, fork, third]);
            }
            // A fork that nothing settles.
            1 => files.extend([first, version(1, &[], 9500)]),
            // A gap.
            2 => files.extend([first, version(3, &[&second], 9500)]),
            // A replay.
            3 => files.extend([first, second, version(1, &[], 9500)]),
            4 => files.extend([first, second]),
            _ => files.push(first),
        }
    }
    files
}

/// The state of each cell.
fn matrix(meeting: &Meeting, sheets: &[Verified<Sheet>]) -> Vec<compile::MatrixCell> {
    let sheets: Vec<(Digest, &Sheet)> = sheets.iter().map(|sheet| (sheet.digest(), sheet.value())).collect();
    compile::matrix(meeting.round(), meeting.panel(), &sheets, &[])
}

#[test]
fn the_order_of_the_sheets_and_how_often_each_comes_never_change_the_matrix() {
    let mut hall = Hall::issued(&Plan::of(9, 1));
    hall.seat(&(0..9).collect::<Vec<_>>());
    let meeting = hall.meeting();
    let sheets: Vec<_> = tangle(&meeting, &hall).iter().map(|bytes| meeting.read_sheet(bytes).unwrap()).collect();
    let expected = matrix(&meeting, &sheets);
    let twice: Vec<_> = sheets.iter().chain(&sheets).cloned().collect();
    let mut runner = TestRunner::new(ProptestConfig { cases: 256, ..ProptestConfig::default() });
    let run = runner.run(&Just(twice).prop_shuffle(), |shuffled| {
        prop_assert_eq!(&matrix(&meeting, &shuffled), &expected);
        Ok(())
    });
    run.unwrap();
}

#[test]
fn the_order_in_which_files_are_imported_never_changes_what_the_desk_shows() {
    let mut hall = Hall::issued(&Plan::of(9, 1));
    hall.seat(&(0..9).collect::<Vec<_>>());
    let (meeting, host, round) = (hall.meeting(), hall.host.clone(), hall.round.clone());
    let files = tangle(&meeting, &hall);
    let template = hall.close_secretary();
    let stick = hall.place("优盘");
    fs::create_dir(&stick).unwrap();
    let paths: Vec<_> = (0..files.len()).map(|number| stick.join(format!("{number:02}.hjsheet"))).collect();
    for (path, bytes) in paths.iter().zip(&files) {
        fs::write(path, bytes).unwrap();
    }
    // Some at once and some one by one, as sticks come in over an afternoon.
    let shown = |order: &[std::path::PathBuf], at_once: usize| {
        let copy = temporary();
        copy_folder(&template, copy.path());
        let mut desk = reopened(&host, copy.path());
        for paths in order.chunks(at_once) {
            secretary::collect(&mut desk, &round, paths).unwrap();
        }
        let view = secretary::collect_view(&mut desk, &round).unwrap();
        let cells: Vec<_> = view.rows.iter().map(|row| (row.cells[0].state.clone(), row.cells[0].seq)).collect();
        let mut problems = BTreeMap::new();
        for problem in view.problems {
            problems.insert(problem.file_name, (problem.error.code, problem.quarantined));
        }
        (cells, problems)
    };
    let expected = shown(&paths, paths.len());
    assert_eq!(expected.0[0], ("scored".to_owned(), 3));
    assert_eq!(expected.0[1].0, "conflict");
    let mut runner = TestRunner::new(ProptestConfig { cases: 24, ..ProptestConfig::default() });
    let run = runner.run(&(Just(paths).prop_shuffle(), 1..9_usize), |(order, at_once)| {
        prop_assert_eq!(&shown(&order, at_once), &expected);
        Ok(())
    });
    run.unwrap();
}

#[test]
fn a_package_put_together_again_in_the_accepted_form_is_the_same_file() {
    // What the tables of broken packages rest on: the twist is the only difference.
    let hall = Hall::issued(&Plan::of(9, 2));
    let file = fs::read(&hall.round_file).unwrap();
    let again = Zip::of(&file).with_manifests().file();
    assert!(again == file);
    let issued: Issued = RoundFile::open(File::open(&hall.round_file).unwrap()).unwrap().issued;
    assert_eq!(issued.round().centres.len(), 2);
}
