//! Results that lie, each signed by the true secretary and the true chair: only the recount can tell.

use std::{fs, path::PathBuf};

use desk::{bureau, common, dto::ResultView, expert};
use review::{
    compile::{self, CellState},
    ids::Digest,
    panel::Violation,
    points::Points,
    result::{CellKind, Consequence, Outcome, ResultHead},
    scheme::Grade,
    sheet::{Absence, Finding, FindingKind, Sheet},
};
use seal::{
    jws::{self, Verified},
    key::{SystemRandom, base64url, sha256},
    meeting::Meeting,
    merkle,
    result::{Leaf, RESULT_HEAD, entries, write_result},
};

use crate::{
    fixture::{Hall, Plan, sheet, signed, split},
    forge::other_first,
    wording::has_a_sentence,
    zipper::Zip,
};

/// What goes into a result.
#[derive(Clone, Default)]
struct Contents {
    sheets: Vec<Verified<Sheet>>,
    absences: Vec<Verified<Absence>>,
    findings: Vec<Finding>,
}

impl Contents {
    fn leaves(&self) -> Vec<Leaf<'_>> {
        self.sheets.iter().map(Leaf::Sheet).chain(self.absences.iter().map(Leaf::Absence)).collect()
    }

    /// The head as an honest secretary would sign it.
    fn head(&self, meeting: &Meeting) -> ResultHead {
        let (round, panel) = (meeting.round(), meeting.panel());
        let sheets: Vec<_> = self.sheets.iter().map(|sheet| (sheet.digest(), sheet.value())).collect();
        let absences: Vec<_> = self.absences.iter().map(|absence| (absence.digest(), absence.value())).collect();
        let matrix: Vec<_> = compile::matrix(round, panel, &sheets, &absences)
            .into_iter()
            .filter_map(|cell| match cell.state {
                CellState::Settled(cell) => Some(cell),
                CellState::Missing | CellState::Conflict(_) => None,
            })
            .collect();
        let of = |centre| compile::compile_centre(meeting.rulebook(), round, centre, panel, &matrix, &self.findings);
        let listed = entries(round, panel, self.leaves());
        let bytes: Vec<&[u8]> = listed.iter().map(|(_, leaf)| leaf.bytes()).collect();
        ResultHead {
            binding: meeting.binding().clone(),
            tree_root: merkle::tree_hash(&bytes),
            entries: listed.iter().map(|(entry, _)| entry.clone()).collect(),
            centres: round.centres.iter().map(of).collect(),
            matrix,
            findings: self.findings.clone(),
            software: desk::SOFTWARE.to_owned(),
            compiled_at: "2025-06-18T17:00:00+08:00".parse().unwrap(),
        }
    }
}

/// A meeting of ten that is over: the ninth recused from the second centre and the tenth was absent there, so that it is refused;
/// the third centre has a finding.
struct Over {
    hall: Hall,
    meeting: Meeting,
    contents: Contents,
    /// A second version of the first expert's sheet for the first centre, which is in the contents too.
    second: Digest,
}

impl Over {
    fn new() -> Self {
        let mut hall = Hall::ready(&Plan::of(10, 3));
        let meeting = hall.meeting();
        for member in 0..10 {
            for place in 0..3 {
                match (member, place) {
                    (8, 1) => hall.recuse(member, place),
                    (9, 1) => {}
                    _ => hall.vote(member, place, 9000 - 50 * u32::try_from(member).unwrap()),
                }
            }
        }
        hall.vote(0, 0, 7000);
        let mut contents = Contents::default();
        let stick = hall.place("优盘");
        hall.collect();
        for file in fs::read_dir(stick).unwrap().map(|entry| entry.unwrap().path()) {
            if file.extension().is_some_and(|ending| ending == "hjsheet") {
                contents.sheets.push(meeting.read_sheet(&fs::read(file).unwrap()).unwrap());
            }
        }
        let absence = Absence {
            binding: meeting.binding().clone(),
            centre: "c-02".parse().unwrap(),
            expert: meeting.panel().members[9].key.clone(),
            reason: "因公请假".to_owned(),
            salt: base64url(&[7; 16]).parse().unwrap(),
            recorded_at: "2025-06-18T16:00:00+08:00".parse().unwrap(),
        };
        contents.absences.push(meeting.read_absence(&signed(&absence, &hall.keys.secretary)).unwrap());
        contents.findings.push(Finding {
            centre: "c-03".parse().unwrap(),
            kind: FindingKind::FalseMaterial,
            evidence: "证据".to_owned(),
            recorded_at: "2025-06-18T16:00:00+08:00".parse().unwrap(),
        });
        let second = contents.sheets.iter().find(|sheet| sheet.seq == 2).unwrap().digest();
        Self { hall, meeting, contents, second }
    }

    fn cosigned(&self, head: &ResultHead) -> Vec<u8> {
        let half = signed(head, &self.hall.keys.secretary);
        jws::cosign::<ResultHead>(&half, &self.hall.keys.experts[0], &SystemRandom::new()).unwrap()
    }

    /// A package with this head and these files, whether they fit or not.
    fn package(&self, head: &ResultHead, contents: &Contents) -> Vec<u8> {
        let listed = entries(self.meeting.round(), self.meeting.panel(), contents.leaves());
        let mut bytes = vec![];
        write_result(&self.meeting, &self.cosigned(head), &listed, &mut bytes).unwrap();
        bytes
    }

    fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.hall.place(&format!("{name}.hjresult"));
        fs::write(&path, bytes).unwrap();
        path
    }

    fn import(&mut self, name: &str, bytes: &[u8]) -> ResultView {
        let path = self.write(name, bytes);
        self.hall.import(&path)
    }

    /// A sound sheet of a member that is not in the contents, read as the meeting reads it.
    fn other_sheet(&self, expert: usize, place: usize) -> Verified<Sheet> {
        let bytes = signed(&sheet(&self.meeting, expert, place, split(5000)), &self.hall.keys.experts[expert]);
        self.meeting.read_sheet(&bytes).unwrap()
    }
}

/// The codes of a report by the check that found them.
fn found(view: &ResultView) -> Vec<(String, String)> {
    let of = |check: &desk::dto::CheckView| {
        let codes: Vec<_> = check.problems.iter().map(|problem| (check.key.clone(), problem.code.clone())).collect();
        codes
    };
    view.checks.iter().flat_map(of).collect()
}

/// A lie in the head: the file's name, the check that finds it, its code, the lie.
type Lie = (&'static str, &'static str, &'static str, fn(&mut ResultHead));

fn graded(head: &mut ResultHead, place: usize) -> (&mut Points, &mut Grade, &mut Grade, &mut Consequence) {
    match &mut head.centres[place].outcome {
        Outcome::Graded { score, by_score, grade, consequence } => (score, by_score, grade, consequence),
        other => panic!("{other:?}"),
    }
}

const LIES: [Lie; 27] = [
    ("grade_raised", "grades", "RESULT_GRADE", |head| *graded(head, 0).2 = Grade::Excellent),
    ("grade_by_score_raised", "grades", "RESULT_CONSEQUENCE", |head| *graded(head, 2).1 = Grade::Excellent),
    ("total_raised_by_a_hundredth", "totals", "RESULT_TOTAL", |head| {
        let score = graded(head, 0).0;
        *score = *score + Points::from_hundredths(1);
    }),
    ("consequence_softened", "grades", "RESULT_CONSEQUENCE", |head| {
        *graded(head, 0).3 = Consequence::NextEvaluation { year: 2040 };
    }),
    ("finding_dropped", "grades", "RESULT_GRADE", |head| head.findings.clear()),
    ("finding_ignored", "grades", "RESULT_GRADE", |head| *graded(head, 2).2 = Grade::Good),
    ("finding_added", "grades", "RESULT_GRADE", |head| {
        let finding = Finding { centre: "c-01".parse().unwrap(), ..head.findings[0].clone() };
        head.findings.push(finding);
    }),
    ("finding_without_evidence", "grades", "RESULT_FINDINGS", |head| head.findings[0].evidence = " ".to_owned()),
    ("finding_against_nobody", "grades", "RESULT_FINDINGS", |head| {
        let finding = Finding { centre: "c-99".parse().unwrap(), ..head.findings[0].clone() };
        head.findings.push(finding);
    }),
    ("refused_centre_graded", "composition", "PANEL_TOO_FEW", |head| {
        head.centres[1].outcome = head.centres[0].outcome.clone();
    }),
    ("refusal_played_down", "composition", "PANEL_TOO_FEW", |head| {
        head.centres[1].outcome = Outcome::Refused { violations: vec![] };
    }),
    ("refusal_invented", "grades", "RESULT_GRADE", |head| {
        let violations = vec![Violation::TooFew { members: 8, required: 9 }];
        head.centres[0].outcome = Outcome::Refused { violations };
    }),
    ("composition_with_a_member_less", "composition", "RESULT_COMPOSITION", |head| {
        head.centres[0].composition.members.pop();
    }),
    ("composition_with_a_host_member", "composition", "RESULT_COMPOSITION", |head| {
        let member = head.centres[0].composition.members[0].clone();
        head.centres[0].composition.host_members.push(member);
    }),
    ("composition_cleared", "composition", "RESULT_COMPOSITION", |head| {
        head.centres[1].composition.violations.clear();
    }),
    ("matrix_total", "complete", "RESULT_MATRIX", |head| {
        head.matrix[4].kind = CellKind::Scored { total: Points::HUNDRED }
    }),
    ("matrix_recusal_as_absence", "complete", "RESULT_MATRIX", |head| {
        let cell = head.matrix.iter_mut().find(|cell| cell.kind == CellKind::Recused).unwrap();
        cell.kind = CellKind::Absent;
    }),
    ("matrix_digest", "complete", "RESULT_MATRIX", |head| head.matrix[4].digest = sha256(b"another")),
    ("matrix_cell_dropped", "complete", "RESULT_MATRIX", |head| drop(head.matrix.remove(4))),
    ("matrix_cell_twice", "complete", "RESULT_MATRIX", |head| {
        let cell = head.matrix[4].clone();
        head.matrix.push(cell);
    }),
    ("matrix_reordered", "complete", "RESULT_ENTRY_ORDER", |head| head.matrix.swap(4, 5)),
    ("entries_reordered", "complete", "RESULT_ENTRY_ORDER", |head| head.entries.swap(0, 1)),
    ("entry_dropped", "complete", "RESULT_ENTRY_EXTRA", |head| drop(head.entries.remove(4))),
    ("entry_invented", "complete", "RESULT_ENTRY_MISSING", |head| {
        let mut entry = head.entries[4].clone();
        entry.path = entry.path.replace(".hjsheet", "x.hjsheet");
        head.entries.push(entry);
    }),
    ("entry_digest", "complete", "BAG_DIGEST", |head| head.entries[4].digest = sha256(b"another")),
    ("tree", "tree", "RESULT_TREE", |head| head.tree_root = sha256(b"another")),
    ("centres_reordered", "grades", "RESULT_ENTRY_ORDER", |head| head.centres.swap(0, 1)),
];

#[test]
fn a_head_that_lies_is_told_what_does_not_agree() {
    let mut over = Over::new();
    let head = over.contents.head(&over.meeting);
    let mut wrong = vec![];
    for (name, check, code, lie) in LIES {
        let mut lying = head.clone();
        lie(&mut lying);
        assert!(lying != head, "{name} is no lie");
        let contents = over.contents.clone();
        let bytes = over.package(&lying, &contents);
        let before = common::check(&over.hall.bureau).unwrap();
        let view = over.import(name, &bytes);
        if view.valid || view.filed || !found(&view).contains(&(check.to_owned(), code.to_owned())) {
            wrong.push(format!("{name}: {:?} instead of {check} {code}", found(&view)));
        }
        let after = common::check(&over.hall.bureau).unwrap();
        assert_eq!((after.files, after.damaged_files), (before.files, 0), "{name}: nothing of it is kept");
        has_a_sentence(code);
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    assert!(bureau::results(&mut over.hall.bureau).unwrap().is_empty());

    // The honest one is filed after all that, and once.
    let bytes = over.package(&head, &over.contents);
    let view = over.import("honest", &bytes);
    assert!(view.valid && view.filed && !view.already_here, "{:?}", found(&view));
    let rows = common::check(&over.hall.bureau).unwrap().audit_rows;
    assert!(over.import("honest", &bytes).already_here);
    assert_eq!(common::check(&over.hall.bureau).unwrap().audit_rows, rows);
    assert_eq!(bureau::results(&mut over.hall.bureau).unwrap().len(), 1);
}

#[test]
fn a_total_or_grade_that_differs_is_named_with_both_figures() {
    let mut over = Over::new();
    let mut head = over.contents.head(&over.meeting);
    *graded(&mut head, 0).0 = Points::whole(95);
    *graded(&mut head, 0).2 = Grade::Excellent;
    let contents = over.contents.clone();
    let bytes = over.package(&head, &contents);
    let view = over.import("both", &bytes);
    let problem = |code| view.checks.iter().flat_map(|c| &c.problems).find(|p| p.code == code).unwrap();
    let total = problem("RESULT_TOTAL");
    // 70.00 and 89.50 down to 85.50 in steps of half a point: 8575 / 10.
    assert_eq!((total.params["stated"].as_str(), total.params["computed"].as_str()), ("95.0", "85.75"));
    assert_eq!(total.params["centre"], "晋中市示例0技术创新中心");
    let grade = problem("RESULT_GRADE");
    assert_eq!((grade.params["stated"].as_str(), grade.params["computed"].as_str()), ("优秀", "良好"));
}

#[test]
fn a_result_of_another_meeting_is_refused_by_what_it_is_bound_to() {
    let mut over = Over::new();
    let bind: [fn(&mut ResultHead); 4] = [
        |head| head.binding.round_digest = sha256(b"another"),
        |head| head.binding.roster_digest = sha256(b"another"),
        |head| head.binding.rulebook_digest = sha256(b"another"),
        |head| head.binding.scheme_digest = sha256(b"another"),
    ];
    for (what, bind) in ["round", "roster", "rulebook", "scheme"].into_iter().zip(bind) {
        let mut head = over.contents.head(&over.meeting);
        bind(&mut head);
        let contents = over.contents.clone();
        let bytes = over.package(&head, &contents);
        let view = over.import(what, &bytes);
        let problem = view.checks.iter().flat_map(|check| &check.problems).next().unwrap();
        assert_eq!((problem.code.as_str(), problem.params["what"].as_str()), ("RESULT_BINDING", what));
    }
    has_a_sentence("RESULT_BINDING");
}

/// Files that are not those of the meeting: the file's name, the check, the code, and what is done to the contents after the
/// head was made.
type Swap = (&'static str, &'static str, &'static str, fn(&Over, &mut Contents));

const SWAPS: [Swap; 6] = [
    ("sheet_dropped", "complete", "RESULT_ENTRY_MISSING", |_, contents| drop(contents.sheets.remove(5))),
    ("sheet_added", "complete", "RESULT_ENTRY_EXTRA", |over, contents| contents.sheets.push(over.other_sheet(4, 0))),
    ("sheet_replaced", "tree", "RESULT_TREE", |over, contents| {
        let other = over.other_sheet(4, 0);
        contents.sheets.retain(|s| (&s.expert, &s.dossier.centre) != (&other.expert, &other.dossier.centre));
        contents.sheets.push(other);
    }),
    ("recusal_dropped", "complete", "CELL_MISSING", |_, contents| {
        contents.sheets.retain(|sheet| matches!(sheet.statement, review::sheet::Statement::Scoring(_)));
    }),
    ("absence_dropped", "complete", "CELL_MISSING", |_, contents| contents.absences.clear()),
    ("newest_version_dropped", "complete", "RESULT_ENTRY_MISSING", |over, contents| {
        contents.sheets.retain(|sheet| sheet.digest() != over.second);
    }),
];

#[test]
fn a_package_whose_files_are_not_those_of_its_head_is_told_which() {
    let mut over = Over::new();
    let head = over.contents.head(&over.meeting);
    for (name, check, code, swap) in SWAPS {
        let mut contents = over.contents.clone();
        swap(&over, &mut contents);
        let bytes = over.package(&head, &contents);
        let view = over.import(name, &bytes);
        let found = found(&view);
        assert!(!view.filed && found.contains(&(check.to_owned(), code.to_owned())), "{name}: {found:?}");
        has_a_sentence(code);
    }
}

#[test]
fn a_sheet_dropped_from_package_and_head_alike_leaves_its_cell_empty() {
    let mut over = Over::new();
    let mut contents = over.contents.clone();
    let dropped = contents.sheets.iter().position(|sheet| sheet.seq == 1 && sheet.dossier.centre.as_str() == "c-03");
    let dropped = contents.sheets.remove(dropped.unwrap());
    let bytes = over.package(&contents.head(&over.meeting), &contents);
    let view = over.import("dropped", &bytes);
    let problem = view.checks.iter().flat_map(|c| &c.problems).find(|problem| problem.code == "CELL_MISSING").unwrap();
    let name = &over.meeting.panel().member(&dropped.expert).unwrap().name;
    assert_eq!((&problem.params["expert"], problem.params["centre"].as_str()), (name, "晋中市示例2技术创新中心"));
    assert!(!view.filed);
}

#[test]
fn a_second_word_of_one_expert_in_the_result_is_a_conflict() {
    let mut over = Over::new();
    let mut contents = over.contents.clone();
    contents.sheets.push(over.other_sheet(4, 0));
    let bytes = over.package(&contents.head(&over.meeting), &contents);
    let view = over.import("forked", &bytes);
    assert!(!view.filed && found(&view).contains(&("complete".to_owned(), "CELL_CONFLICT".to_owned())));
}

/// Secretary and chair together can leave out that an expert signed anew: the older sheet is sound, and nothing in the package
/// says that there is a newer one. The expert's own desk knows.
#[test]
fn a_newest_version_left_out_by_secretary_and_chair_is_found_by_its_expert() {
    let mut over = Over::new();
    let mut contents = over.contents.clone();
    contents.sheets.retain(|sheet| sheet.digest() != over.second);
    let bytes = over.package(&contents.head(&over.meeting), &contents);
    let path = over.write("older", &bytes);
    let verdicts = |over: &mut Over, expert: usize| -> Vec<String> {
        let checks = expert::check_my_sheets(&mut over.hall.experts[expert], &path).unwrap();
        checks.into_iter().map(|check| check.verdict).collect()
    };
    assert_eq!(verdicts(&mut over, 0), ["superseded_version", "counted", "counted"]);
    assert_eq!(verdicts(&mut over, 1), ["counted", "counted", "counted"]);
}

#[test]
fn a_result_whose_signatures_are_not_the_secretarys_and_the_chairs_is_refused() {
    let mut over = Over::new();
    let head = over.contents.head(&over.meeting);
    let keys = &over.hall.keys;
    let random = SystemRandom::new();
    let half = signed(&head, &keys.secretary);
    let by_member = jws::cosign::<ResultHead>(&half, &keys.experts[1], &random).unwrap();
    let by_chair_first = signed(&head, &keys.experts[0]);
    let swapped = jws::cosign::<ResultHead>(&by_chair_first, &keys.secretary, &random).unwrap();
    let whole = over.cosigned(&head);
    let third = jws::cosign::<ResultHead>(&whole, &keys.experts[1], &random).unwrap();
    let altered = {
        let text = String::from_utf8(whole).unwrap();
        let (before, signature) = text.rsplit_once("\"signature\":\"").unwrap();
        format!("{before}\"signature\":\"{}", other_first(signature)).into_bytes()
    };
    let cases = [
        ("not_countersigned", "RESULT_SIGNATURE_MISSING", half),
        ("countersigned_by_a_member", "RESULT_SIGNATURE_MISSING", by_member),
        ("signed_in_another_order", "RESULT_SIGNATURE_MISSING", swapped),
        ("signed_by_the_chair_alone", "RESULT_SIGNATURE_MISSING", by_chair_first),
        ("signed_by_three", "RESULT_SIGNATURE_MISSING", third),
        ("countersignature_altered", "JWS_SIGNATURE", altered),
    ];
    let good = over.package(&head, &over.contents);
    for (name, code, bytes) in cases {
        let mut zip = Zip::of(&good);
        zip.part(&format!("data/{RESULT_HEAD}")).bytes = bytes;
        let view = over.import(name, &zip.with_manifests().file());
        let found = found(&view);
        assert!(!view.filed && found.contains(&("signatures".to_owned(), code.to_owned())), "{name}: {found:?}");
        has_a_sentence(code);
    }
}

#[test]
fn a_strangers_sheet_in_the_package_is_named_by_its_path() {
    let mut over = Over::new();
    let good = over.package(&over.contents.head(&over.meeting), &over.contents);
    let mut zip = Zip::of(&good);
    let sheet = zip.parts.iter_mut().find(|part| part.name.ends_with(b".hjsheet")).unwrap();
    let stranger = seal::key::SigningKey::generate(&SystemRandom::new()).unwrap();
    sheet.bytes = signed(&crate::fixture::sheet(&over.meeting, 4, 0, split(9000)), &stranger);
    let path = String::from_utf8(sheet.name.clone()).unwrap();
    let view = over.import("stranger", &zip.with_manifests().file());
    let check = view.checks.iter().find(|check| check.key == "sheets").unwrap();
    assert_eq!(check.problems[0].code, "SHEET_SIGNER");
    assert!(path.ends_with(&check.problems[0].params["path"]));
    assert!(!view.filed);
}
