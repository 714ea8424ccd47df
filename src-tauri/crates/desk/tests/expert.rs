//! The expert's desk, in the sample meeting as it is handed out: ten of eleven experts have signed, the chair has not.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    sync::{Arc, OnceLock},
};

use desk::{
    Desk, DeskError, Host, bureau,
    dto::{DraftChange, PanelInput, RecusalInput},
    expert, sample, secretary,
};
use review::{
    points::Points,
    scheme::{Dimension, Grade},
    sheet::{ConflictKind, Evidence},
};
use tempfile::TempDir;

const TERM: (&str, &str) = ("2025-06-01", "2028-05-31");

/// The sample meeting, made once and copied for each test.
fn prepared() -> &'static Path {
    static PREPARED: OnceLock<TempDir> = OnceLock::new();
    let folder = PREPARED.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        sample::prepare(&folder.path().join("m"), &mut |_, _, _| {}).unwrap();
        folder
    });
    folder.path()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let (path, to) = (entry.as_ref().unwrap().path(), to.join(entry.unwrap().file_name()));
        if path.is_dir() {
            copy(&path, &to);
        } else {
            fs::copy(&path, &to).unwrap();
        }
    }
}

/// A meeting of one's own.
struct Room {
    folder: TempDir,
    round: String,
}

impl Room {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        copy(&prepared().join("m"), folder.path());
        let mut room = Self { folder, round: String::new() };
        room.round = expert::expert_rounds(&mut room.open("3-expert-01")).unwrap()[0].round.id.clone();
        room
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn open(&self, desk: &str) -> Desk {
        let host = Arc::new(Host::sample("2026-01-15T14:00:00+08:00".parse().unwrap(), 99));
        Desk::open(host, &self.path("desks").join(desk), sample::PASSPHRASE).unwrap()
    }

    fn chair(&self) -> Desk {
        let mut desk = self.open("3-expert-01");
        expert::promise(&mut desk, &self.round).unwrap();
        desk
    }

    /// Fills in six scores of a centre.
    fn fill(&self, desk: &mut Desk, centre: &str, part: u32) {
        let scheme = expert::review_view(desk, &self.round, centre).unwrap().scheme;
        for dimension in Dimension::ALL {
            let score = Points::from_hundredths(scheme.maximum(dimension).hundredths() * part / 10);
            let place = u8::try_from(dimension.index()).unwrap();
            self.save(desk, centre, DraftChange::Score { dimension: place, score: Some(score) }).unwrap();
        }
    }

    fn save(&self, desk: &mut Desk, centre: &str, change: DraftChange) -> Result<(), DeskError> {
        expert::save_draft(desk, &self.round, centre, change).map(drop)
    }

    fn sign(&self, desk: &mut Desk, centre: &str) -> Result<(), DeskError> {
        expert::sign(desk, &self.round, &[centre.to_owned()], sample::PASSPHRASE).map(drop)
    }

    fn state(&self, desk: &mut Desk, centre: &str) -> (String, u32) {
        let view = expert::review_view(desk, &self.round, centre).unwrap();
        (view.summary.state, view.summary.signed_seq)
    }

    fn export(&self, desk: &mut Desk, folder: &str) -> Vec<PathBuf> {
        let exported = expert::export_sheets(desk, &self.round, &self.path(folder)).unwrap();
        exported.files.iter().map(|file| PathBuf::from(&file.path)).filter(|path| ends(path, "hjsheet")).collect()
    }
}

fn ends(path: &Path, ending: &str) -> bool {
    path.extension().is_some_and(|found| found == ending)
}

fn code<T>(result: Result<T, DeskError>) -> String {
    result.err().map(|error| error.code).unwrap_or_default()
}

fn score(hundredths: u32) -> DraftChange {
    DraftChange::Score { dimension: 0, score: Some(Points::from_hundredths(hundredths)) }
}

#[test]
fn nothing_opens_before_confidentiality_is_promised() {
    let room = Room::new();
    let mut desk = room.open("3-expert-01");
    assert_eq!(code(expert::review_view(&mut desk, &room.round, "c-01")), "PROMISE_MISSING");
    assert_eq!(code(expert::document(&mut desk, &room.round, "c-01", "x.pdf")), "PROMISE_MISSING");
    assert_eq!(code(room.save(&mut desk, "c-01", score(800))), "PROMISE_MISSING");
    assert_eq!(code(room.sign(&mut desk, "c-01")), "PROMISE_MISSING");
    expert::promise(&mut desk, &room.round).unwrap();
    let documents = expert::review_view(&mut desk, &room.round, "c-01").unwrap().centre.documents;
    let bytes = expert::document(&mut desk, &room.round, "c-01", &documents[0].name).unwrap();
    assert!(bytes.starts_with(b"%PDF-"));
}

#[test]
fn what_cannot_stand_is_refused_and_what_stood_before_stays() {
    let room = Room::new();
    let mut desk = room.chair();
    room.save(&mut desk, "c-01", score(850)).unwrap();
    assert_eq!(code(room.save(&mut desk, "c-01", score(1_050))), "SCORE_ABOVE_MAXIMUM");
    assert_eq!(code(room.save(&mut desk, "c-01", score(825))), "SCORE_OFF_STEP");
    let text = "长".repeat(2_001);
    assert_eq!(code(room.save(&mut desk, "c-01", DraftChange::Comment { dimension: 0, text })), "TEXT_LONG");
    let document = expert::review_view(&mut desk, &room.round, "c-01").unwrap().centre.documents[0].name.clone();
    for (document, page) in [(document, 0), ("另一份.pdf".to_owned(), 1)] {
        let pieces = vec![Evidence { dimension: Dimension::Research, document, page }];
        assert_eq!(code(room.save(&mut desk, "c-01", DraftChange::Evidence { pieces })), "EVIDENCE_PAGE");
    }
    assert_eq!(code(room.save(&mut desk, "c-09", score(850))), "NOT_FOUND");
    let view = expert::review_view(&mut desk, &room.round, "c-01").unwrap();
    assert_eq!(view.drafts[0].score, Some(Points::from_hundredths(850)));
    assert!(view.drafts[0].comment.is_empty() && view.evidence.is_empty());
}

#[test]
fn signing_names_what_is_missing_and_signs_nothing() {
    let room = Room::new();
    let mut desk = room.chair();
    room.fill(&mut desk, "c-01", 8);
    room.save(&mut desk, "c-01", DraftChange::Score { dimension: 3, score: None }).unwrap();
    room.fill(&mut desk, "c-02", 9);
    let both = ["c-02".to_owned(), "c-01".to_owned()];
    let refused = expert::sign(&mut desk, &room.round, &both, sample::PASSPHRASE).unwrap_err();
    assert_eq!((refused.code.as_str(), refused.params["dimension"].as_str()), ("SCORE_MISSING", "创新服务数量及质量"));
    assert_eq!(room.state(&mut desk, "c-02"), ("complete".to_owned(), 0), "the complete one is not signed either");
    assert_eq!(code(expert::sign(&mut desk, &room.round, &["c-02".to_owned()], "另一个口令")), "PASSPHRASE_WRONG");
    room.sign(&mut desk, "c-02").unwrap();
    assert_eq!(code(room.sign(&mut desk, "c-02")), "NOTHING_TO_SIGN");
}

#[test]
fn a_recusal_closes_the_dossier() {
    let room = Room::new();
    let mut desk = room.chair();
    room.fill(&mut desk, "c-03", 7);
    let input = RecusalInput { kind: ConflictKind::Cooperation, reason: "近三年有合作项目。".to_owned() };
    expert::recuse(&mut desk, &room.round, "c-03", &input, sample::PASSPHRASE).unwrap();
    assert_eq!(room.state(&mut desk, "c-03").0, "recused");
    assert_eq!(code(room.save(&mut desk, "c-03", score(800))), "RECUSED");
    assert_eq!(code(room.sign(&mut desk, "c-03")), "RECUSED");
    assert_eq!(code(expert::recuse(&mut desk, &room.round, "c-03", &input, sample::PASSPHRASE)), "RECUSED");
    let empty = RecusalInput { reason: "  ".to_owned(), ..input };
    assert_eq!(code(expert::recuse(&mut desk, &room.round, "c-02", &empty, sample::PASSPHRASE)), "TEXT_EMPTY");
}

#[test]
fn a_change_after_signing_is_signed_as_the_next_version() {
    let room = Room::new();
    let mut desk = room.chair();
    room.fill(&mut desk, "c-01", 8);
    room.sign(&mut desk, "c-01").unwrap();
    assert_eq!(room.state(&mut desk, "c-01"), ("signed".to_owned(), 1));
    room.save(&mut desk, "c-01", DraftChange::Recommended { grade: Some(Grade::Good) }).unwrap();
    assert_eq!(room.state(&mut desk, "c-01"), ("changed".to_owned(), 1));
    room.sign(&mut desk, "c-01").unwrap();
    assert_eq!(room.state(&mut desk, "c-01"), ("signed".to_owned(), 2));
    let files = room.export(&mut desk, "out");
    assert_eq!(files.len(), 2, "both versions travel");
    let report = secretary::collect(&mut room.open("2-secretary"), &room.round, &files).unwrap();
    assert_eq!((report.accepted, report.problems.len()), (2, 0));
}

#[test]
fn what_was_signed_on_two_laptops_is_settled_by_one_sheet_that_supersedes_both() {
    let room = Room::new();
    drop(room.chair());
    copy(&room.path("desks/3-expert-01"), &room.path("desks/other-laptop"));
    let (mut one, mut other) = (room.open("3-expert-01"), room.open("other-laptop"));
    room.fill(&mut one, "c-01", 8);
    room.sign(&mut one, "c-01").unwrap();
    room.fill(&mut other, "c-01", 9);
    room.sign(&mut other, "c-01").unwrap();
    let theirs = room.export(&mut other, "other");
    let mut fork = room.export(&mut one, "one");
    fork.extend(theirs.clone());
    let mut desk = room.open("2-secretary");
    secretary::collect(&mut desk, &room.round, &fork).unwrap();
    let state = |desk: &mut Desk| {
        let view = secretary::collect_view(desk, &room.round).unwrap();
        let row = view.rows.into_iter().find(|row| row.chair).unwrap();
        (row.cells[0].state.clone(), row.cells[0].seq)
    };
    assert_eq!(state(&mut desk).0, "conflict");

    let report = expert::adopt_sheets(&mut one, &room.round, &theirs).unwrap();
    assert_eq!((report.accepted, report.problems.len()), (1, 0));
    assert_eq!(expert::adopt_sheets(&mut one, &room.round, &theirs).unwrap().already_here, 1);
    room.save(&mut one, "c-01", DraftChange::Opinion { text: "以本表为准。".to_owned() }).unwrap();
    room.sign(&mut one, "c-01").unwrap();
    secretary::collect(&mut desk, &room.round, &room.export(&mut one, "settled")).unwrap();
    assert_eq!(state(&mut desk), ("scored".to_owned(), 2));
}

#[test]
fn a_sheet_of_somebody_else_or_beyond_any_size_is_not_adopted() {
    let room = Room::new();
    let mut desk = room.chair();
    let other = fs::read_dir(room.path("6-sheets")).unwrap().map(|entry| entry.unwrap().path());
    let other = other.into_iter().find(|path| ends(path, "hjsheet")).unwrap();
    let huge = room.path("huge.hjsheet");
    File::create(&huge).unwrap().set_len(3 << 30).unwrap();
    let report = expert::adopt_sheets(&mut desk, &room.round, &[other, huge, room.path("none.hjsheet")]).unwrap();
    let codes: Vec<&str> = report.problems.iter().map(|problem| problem.error.code.as_str()).collect();
    assert_eq!((report.accepted, codes), (0, vec!["SHEET_SIGNER", "JWS_TOO_LARGE", "IO"]));
}

#[test]
fn under_a_second_roster_an_expert_who_has_signed_signs_anew() {
    let room = Room::new();
    let mut desk = room.open("2-secretary");
    let panel = secretary::panel(&desk, &room.round).unwrap();
    let members = panel.candidates.iter().filter(|c| c.member).map(|c| c.person.key.clone()).collect();
    let input = PanelInput { members, chair: panel.chair, term_from: TERM.0.into(), term_to: "2027-05-31".into() };
    secretary::set_panel(&mut desk, &room.round, &input).unwrap();
    let folder = room.path("second");
    let panel = secretary::submit_panel(&mut desk, &room.round, &folder, sample::PASSPHRASE).unwrap().path;
    let mut office = room.open("1-bureau");
    let roster = bureau::approve_panel(&mut office, panel.as_ref(), &folder, sample::PASSPHRASE).unwrap().path;
    secretary::import_roster(&mut desk, roster.as_ref()).unwrap();
    let pack = secretary::issue_packs(&mut desk, &room.round, &folder, sample::PASSPHRASE, &mut |_, _| {}).unwrap();

    let mut second = room.open("3-expert-02");
    assert_eq!(room.state(&mut second, "c-01"), ("signed".to_owned(), 1));
    expert::import_pack(&mut second, pack.path.as_ref(), &mut |_, _| {}).unwrap();
    assert_eq!(room.state(&mut second, "c-01"), ("complete".to_owned(), 0), "the draft is still there");
    room.sign(&mut second, "c-01").unwrap();
    let files = room.export(&mut second, "anew");
    let report = secretary::collect(&mut desk, &room.round, &files).unwrap();
    assert_eq!((report.accepted, report.problems.len()), (1, 0));
    let old = secretary::collect(&mut desk, &room.round, &[room.path("6-sheets")]).unwrap();
    assert_eq!(old.accepted, 0);
    assert!(old.problems.iter().all(|problem| problem.error.code == "SHEET_ROSTER_MISMATCH"));
}

#[test]
fn an_absence_in_place_of_a_signed_sheet_is_named_for_what_it_is() {
    let room = Room::new();
    let mut chair = room.chair();
    for centre in ["c-01", "c-02", "c-03"] {
        room.fill(&mut chair, centre, 8);
        room.sign(&mut chair, centre).unwrap();
    }
    let mut desk = room.open("2-secretary");
    let files = room.export(&mut chair, "chair");
    let left_out = files.iter().find(|path| path.to_string_lossy().contains("智能农机")).unwrap();
    let sent: Vec<PathBuf> = files.iter().filter(|path| *path != left_out).cloned().collect();
    secretary::collect(&mut desk, &room.round, &sent).unwrap();
    secretary::collect(&mut desk, &room.round, &[room.path("6-sheets")]).unwrap();
    let view = secretary::collect_view(&mut desk, &room.round).unwrap();
    for row in &view.rows {
        for cell in row.cells.iter().filter(|cell| cell.state == "missing") {
            let (key, reason) = (&row.person.key, "未到会。");
            secretary::record_absence(&mut desk, &room.round, key, &cell.centre, reason, sample::PASSPHRASE).unwrap();
        }
    }
    secretary::sign_result(&mut desk, &room.round, sample::PASSPHRASE).unwrap();
    let exported = secretary::export_result(&mut desk, &room.round, &room.path("result")).unwrap();
    let result = exported.files.iter().find(|file| file.path.ends_with(".hjresult")).unwrap();
    let verdicts = |desk: &mut Desk| -> Vec<String> {
        let checks = expert::check_my_sheets(desk, result.path.as_ref()).unwrap();
        checks.into_iter().map(|check| check.verdict).collect()
    };
    assert_eq!(verdicts(&mut chair), ["replaced_by_absence", "counted", "counted"]);
    assert_eq!(verdicts(&mut room.open("3-expert-02")), ["counted"; 3]);
    assert_eq!(verdicts(&mut room.open("3-expert-11")), ["counted", "counted", "not_signed"]);
}

#[test]
fn a_package_of_another_kind_is_refused_by_its_name() {
    let room = Room::new();
    let mut desk = room.open("3-expert-01");
    let round = fs::read_dir(room.path("1-round")).unwrap().next().unwrap().unwrap().path();
    for refused in [
        expert::preview_pack(&desk, &round).err().unwrap(),
        expert::import_pack(&mut desk, &round, &mut |_, _| {}).err().unwrap(),
    ] {
        assert_eq!(refused.code, "WRONG_FILE_KIND");
        assert!(refused.params["name"].ends_with(".hjround"));
    }
}
