//! What happens to a folder in which one expert's sheet is broken.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    sync::Arc,
};

use desk::{
    Desk, Host, common,
    dto::{CollectView, ImportReport},
    secretary,
};
use review::sheet::Sheet;
use seal::{key::SigningKey, meeting::Meeting};
use tempfile::TempDir;

use crate::{
    fixture::{Hall, Keys, Plan, copy_folder, reopened, sheet, signed, split, temporary},
    wording::has_a_sentence,
};

/// The member whose sheet for the first centre is broken.
pub const EXPERT: usize = 3;
const MEMBERS: usize = 9;
const CENTRES: usize = 2;

/// A seated panel whose secretary has collected nothing yet.
pub struct Stage {
    pub meeting: Meeting,
    pub keys: Keys,
    pub round: String,
    host: Arc<Host>,
    folder: TempDir,
    secretary: PathBuf,
}

/// What lies in the folder instead of the sheet.
pub enum Content {
    Bytes(Vec<u8>),
    /// So many bytes of nothing that take no room on the disk.
    Sparse(u64),
}

/// One way to break it.
pub struct Broken {
    /// What the file is called.
    pub name: &'static str,
    /// The files that lie in the folder for the cell.
    pub files: Vec<Content>,
    /// The codes of those of them that are refused or set aside.
    pub codes: Vec<&'static str>,
    /// Whether they are kept aside rather than refused.
    pub quarantined: bool,
    /// What the matrix says of the cell.
    pub cell: &'static str,
}

/// A file that is refused outright.
pub fn refused(name: &'static str, code: &'static str, bytes: Vec<u8>) -> Broken {
    let files = vec![Content::Bytes(bytes)];
    Broken { name, files, codes: vec![code], quarantined: false, cell: "missing" }
}

/// Files of which some are set aside, because they do not fit together.
pub fn set_aside(name: &'static str, codes: &[&'static str], files: Vec<Vec<u8>>) -> Broken {
    let files = files.into_iter().map(Content::Bytes).collect();
    Broken { name, files, codes: codes.to_vec(), quarantined: true, cell: "conflict" }
}

impl Stage {
    pub fn new() -> Self {
        let mut hall = Hall::issued(&Plan::of(MEMBERS, CENTRES));
        hall.seat(&(0..MEMBERS).collect::<Vec<_>>());
        let meeting = hall.meeting();
        let secretary = hall.close_secretary();
        let Hall { folder, host, keys, round, .. } = hall;
        Self { meeting, keys, round, host, folder, secretary }
    }

    pub fn key(&self) -> &SigningKey {
        &self.keys.experts[EXPERT]
    }

    /// The sheet that would be sound.
    pub fn sheet(&self) -> Sheet {
        sheet(&self.meeting, EXPERT, 0, split(8450))
    }

    /// The sound sheet with a change, truly signed.
    pub fn changed(&self, change: impl FnOnce(&mut Sheet)) -> Vec<u8> {
        let mut sheet = self.sheet();
        change(&mut sheet);
        signed(&sheet, self.key())
    }

    /// The secretary's desk before anything was collected.
    fn fresh(&self) -> (TempDir, Desk) {
        let copy = temporary();
        copy_folder(&self.secretary, copy.path());
        let desk = reopened(&self.host, copy.path());
        (copy, desk)
    }

    /// Everyone's sound sheets but the one.
    fn write_the_others(&self, stick: &Path) {
        for expert in 0..MEMBERS {
            for place in (0..CENTRES).filter(|place| (expert, *place) != (EXPERT, 0)) {
                let bytes = signed(&sheet(&self.meeting, expert, place, split(8450)), &self.keys.experts[expert]);
                fs::write(stick.join(format!("{expert}-{place}.hjsheet")), bytes).unwrap();
            }
        }
    }

    /// Collects a folder with the broken file among sound ones, twice, and says what is not as it must be.
    fn try_out(&self, broken: &Broken) -> Result<(), String> {
        let (_copy, mut desk) = self.fresh();
        let stick = temporary();
        self.write_the_others(stick.path());
        for (number, content) in broken.files.iter().enumerate() {
            let path = stick.path().join(format!("{}-{number}.hjsheet", broken.name));
            match content {
                Content::Bytes(bytes) => fs::write(path, bytes).unwrap(),
                Content::Sparse(size) => File::create(path).unwrap().set_len(*size).unwrap(),
            }
        }
        let first = self.collect(&mut desk, stick.path());
        let view = secretary::collect_view(&mut desk, &self.round).unwrap();
        let others = MEMBERS * CENTRES - 1;
        let accepted = others + broken.files.len() - broken.codes.len();
        expect("accepted", first.accepted, u32::try_from(accepted).unwrap())?;
        expect("codes", codes(&first), broken.codes.clone())?;
        for problem in &first.problems {
            expect("the file named", problem.file_name.starts_with(broken.name), true)?;
            expect("kept aside", problem.quarantined, broken.quarantined)?;
        }
        expect("listed problems", view.problems.len(), broken.codes.len())?;
        expect("the other cells", scored(&view), others)?;
        let cell = &view.rows[EXPERT].cells[0];
        expect("the cell", cell.state.as_str(), broken.cell)?;

        let before = (json(&view), common::check(&desk).unwrap().audit_rows);
        let again = self.collect(&mut desk, stick.path());
        expect("accepted again", again.accepted, 0)?;
        if !broken.quarantined {
            expect("codes again", codes(&again), broken.codes.clone())?;
        }
        let view = secretary::collect_view(&mut desk, &self.round).unwrap();
        expect("what stands after importing twice", (json(&view), common::check(&desk).unwrap().audit_rows), before)
    }

    fn collect(&self, desk: &mut Desk, stick: &Path) -> ImportReport {
        secretary::collect(desk, &self.round, &[stick.to_owned()]).unwrap()
    }

    /// Tries every row of a table, and fails with all that are wrong.
    pub fn try_all(&self, table: &[Broken]) {
        let wrong: Vec<String> = table
            .iter()
            .filter_map(|broken| Some(format!("{}: {}", broken.name, self.try_out(broken).err()?)))
            .collect();
        assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
        table.iter().flat_map(|broken| &broken.codes).for_each(|code| has_a_sentence(code));
        assert!(self.folder.path().exists());
    }
}

/// The codes of a report, in their order of letters.
fn codes(report: &ImportReport) -> Vec<&str> {
    let mut codes: Vec<&str> = report.problems.iter().map(|problem| problem.error.code.as_str()).collect();
    codes.sort_unstable();
    codes
}

fn expect<T: PartialEq + std::fmt::Debug>(what: &str, found: T, expected: T) -> Result<(), String> {
    if found == expected { Ok(()) } else { Err(format!("{what}: {found:?} instead of {expected:?}")) }
}

fn scored(view: &CollectView) -> usize {
    let all =
        view.rows.iter().enumerate().flat_map(|(row, cells)| cells.cells.iter().enumerate().map(move |c| (row, c)));
    all.filter(|(row, (place, cell))| (*row, *place) != (EXPERT, 0) && cell.state == "scored").count()
}

fn json(view: &CollectView) -> String {
    serde_json::to_string(view).unwrap()
}
