//! Results that come in. The altered ones are signed by the true secretary and the true chair: only the recount can tell.

use std::{fs, path::PathBuf};

use desk::{DeskError, bureau, common, dto::ResultView};
use review::{
    points::Points,
    result::{CellKind, Consequence, Outcome, ResultHead},
    scheme::Grade,
};
use seal::{jws, key::SystemRandom, meeting::Meeting};

use crate::fixture::{Ballots, Bureau, People, START, codes, problems, second};

/// 84.5 points: 良好.
pub const GOOD: [u32; 6] = [850, 2100, 2150, 1200, 1250, 900];

/// A meeting that has been held, and its bureau.
pub struct Held {
    pub bureau: Bureau,
    pub people: People,
    pub meeting: Meeting,
    pub ballots: Ballots,
}

impl Held {
    pub fn new() -> Self {
        let mut bureau = Bureau::new();
        let people = People::new(11, 2);
        let meeting = bureau.meeting(&people);
        let ballots = Ballots::new(&people, &meeting, GOOD);
        Self { bureau, people, meeting, ballots }
    }

    pub fn write(&self, head: &ResultHead) -> PathBuf {
        self.ballots.write(&self.bureau.out, &self.people, &self.meeting, head)
    }

    /// Imports the result with an altered head.
    fn altered(&mut self, alter: impl FnOnce(&mut ResultHead)) -> ResultView {
        let mut head = self.ballots.head(&self.meeting);
        alter(&mut head);
        let view = self.bureau.import(&self.write(&head));
        assert!(!view.valid && !view.filed, "{:?}", problems(&view));
        assert!(bureau::results(&mut self.bureau.desk).unwrap().is_empty());
        view
    }
}

fn problem(view: &ResultView, code: &str) -> DeskError {
    let mut all = view.checks.iter().flat_map(|check| &check.problems);
    all.find(|problem| problem.code == code).unwrap_or_else(|| panic!("{code} in {:?}", problems(view))).clone()
}

#[test]
fn an_honest_result_passes_every_check_and_is_filed_once() {
    let mut held = Held::new();
    let path = held.write(&held.ballots.head(&held.meeting));
    let view = held.bureau.import(&path);
    assert_eq!(problems(&view), [""; 0]);
    assert!(view.valid && view.filed && !view.already_here);
    assert_eq!(view.checks.iter().map(|check| check.number).collect::<Vec<_>>(), (1..=10).collect::<Vec<_>>());
    assert_eq!((view.sheets, view.recusals, view.absences), (20, 1, 1));
    assert_eq!(view.round.status, "issued");
    let first = &view.grades[0];
    assert_eq!((first.score, first.grade), (Some(Points::from_hundredths(84_50)), Some(Grade::Good)));
    assert_eq!((first.composition.members, first.totals.len()), (9, 9));

    let again = held.bureau.import(&path);
    assert!(again.valid && again.filed && again.already_here);
    let kept = bureau::results(&mut held.bureau.desk).unwrap();
    assert_eq!(kept.len(), 1);
    assert_eq!((kept[0].digest.as_str(), kept[0].file_name.as_str()), (view.digest.as_str(), view.file_name.as_str()));
}

#[test]
fn the_same_result_signed_afresh_is_the_one_that_was_filed() {
    let mut held = Held::new();
    let head = held.ballots.head(&held.meeting);
    let first = held.bureau.import(&held.write(&head));
    let afresh = held.bureau.import(&held.write(&head));
    assert!(afresh.already_here);
    assert_eq!(afresh.digest, first.digest);
}

#[test]
fn an_altered_grade_is_named_with_both_figures() {
    let view = Held::new().altered(|head| {
        let Outcome::Graded { grade, .. } = &mut head.centres[0].outcome else { panic!("graded") };
        *grade = Grade::Excellent;
    });
    assert_eq!(problems(&view), ["grades: RESULT_GRADE"]);
    let params = problem(&view, "RESULT_GRADE").params;
    assert_eq!((params["stated"].as_str(), params["computed"].as_str()), ("优秀", "良好"));
    assert_eq!(params["centre"], "晋中市示例甲技术创新中心");
}

#[test]
fn an_altered_total_is_named_with_both_figures() {
    let view = Held::new().altered(|head| {
        let Outcome::Graded { score, .. } = &mut head.centres[1].outcome else { panic!("graded") };
        *score = Points::whole(85);
    });
    assert_eq!(problems(&view), ["totals: RESULT_TOTAL"]);
    let params = problem(&view, "RESULT_TOTAL").params;
    assert_eq!((params["stated"].as_str(), params["computed"].as_str()), ("85.0", "84.5"));
}

#[test]
fn an_altered_consequence_is_named() {
    let view = Held::new().altered(|head| {
        let Outcome::Graded { consequence, .. } = &mut head.centres[0].outcome else { panic!("graded") };
        *consequence = Consequence::NextEvaluation { year: 2099 };
    });
    assert_eq!(problems(&view), ["grades: RESULT_CONSEQUENCE"]);
}

#[test]
fn an_altered_cell_of_the_matrix_is_named_with_its_expert() {
    let view = Held::new().altered(|head| head.matrix[4].kind = CellKind::Scored { total: Points::whole(90) });
    assert_eq!(problems(&view), ["complete: RESULT_MATRIX"]);
    let params = problem(&view, "RESULT_MATRIX").params;
    assert_eq!(params["expert"], "示例专家4");
    let dropped = Held::new().altered(|head| drop(head.matrix.remove(4)));
    assert_eq!(problems(&dropped), ["complete: RESULT_MATRIX"]);
}

#[test]
fn an_altered_composition_is_named() {
    let view = Held::new().altered(|head| head.centres[0].composition.host_members.clear());
    assert_eq!(problems(&view), ["composition: RESULT_COMPOSITION"]);
}

#[test]
fn an_altered_tree_is_named_with_both_roots() {
    let view = Held::new().altered(|head| head.tree_root.0[0] ^= 1);
    assert_eq!(problems(&view), ["tree: RESULT_TREE"]);
}

#[test]
fn a_reordered_list_of_sheets_is_noticed() {
    let view = Held::new().altered(|head| head.entries.swap(0, 1));
    assert_eq!(problems(&view), ["complete: RESULT_ENTRY_ORDER"]);
}

#[test]
fn a_finding_without_evidence_is_refused() {
    let view = Held::new().altered(|head| {
        let centre = head.centres[0].centre.clone();
        let kind = review::sheet::FindingKind::Interference;
        let recorded_at = START.parse().unwrap();
        head.findings.push(review::sheet::Finding { centre, kind, evidence: " ".to_owned(), recorded_at });
    });
    assert!(problems(&view).contains(&"grades: RESULT_FINDINGS".to_owned()), "{:?}", problems(&view));
}

#[test]
fn a_sheet_dropped_from_the_package_is_missed_by_name() {
    let mut held = Held::new();
    let head = held.ballots.head(&held.meeting);
    let dropped = held.ballots.sheets.remove(5);
    let view = held.bureau.import(&held.write(&head));
    assert!(!view.filed);
    let path = &problem(&view, "RESULT_ENTRY_MISSING").params["path"];
    assert!(head.entries.iter().any(|entry| entry.path == *path && entry.digest == dropped.digest()));
    problem(&view, "CELL_MISSING");
    problem(&view, "RESULT_TREE");
}

#[test]
fn no_check_passes_over_a_centre_that_could_not_be_computed_again() {
    let mut held = Held::new();
    let head = held.ballots.head(&held.meeting);
    held.ballots.sheets.remove(5);
    let view = held.bureau.import(&held.write(&head));
    for key in ["composition", "totals", "grades"] {
        let check = view.checks.iter().find(|check| check.key == key).unwrap();
        assert_eq!((check.passed, codes(&check.problems)), (Some(false), vec!["RESULT_NOT_COMPILED"]), "{key}");
        assert_eq!(check.problems[0].params["centre"], "晋中市示例甲技术创新中心");
        assert_eq!(check.figures["centres"], "1", "the other centre is computed");
    }
    assert_eq!(view.grades.iter().map(|grade| grade.centre.as_str()).collect::<Vec<_>>(), ["c-02"]);
}

#[test]
fn an_earlier_version_does_not_stand_in_for_a_listed_one_that_is_gone() {
    let mut held = Held::new();
    // The same scores again: by its figures alone nobody could tell.
    let again = second(&held.meeting, &held.people.members[0], &held.ballots.sheets[0], GOOD);
    held.ballots.sheets.push(again);
    let head = held.ballots.head(&held.meeting);
    held.ballots.sheets.pop();
    let view = held.bureau.import(&held.write(&head));
    assert!(!view.filed);
    let failed: Vec<_> = view.checks.iter().filter(|c| c.passed == Some(false)).map(|c| c.key.as_str()).collect();
    assert_eq!(failed, ["complete", "composition", "totals", "grades", "tree"]);
}

#[test]
fn a_centre_graded_by_a_finding_though_its_panel_was_too_small_is_counted_apart() {
    for (found, expected) in [(false, "0"), (true, "1")] {
        let mut bureau = Bureau::new();
        let people = People::new(10, 0);
        let meeting = bureau.meeting(&people);
        let mut ballots = Ballots::new(&people, &meeting, GOOD);
        if found {
            ballots.findings.push(review::sheet::Finding {
                centre: "c-01".parse().unwrap(),
                kind: review::sheet::FindingKind::AbsentWithoutReason,
                evidence: "经三次书面通知未到会。".to_owned(),
                recorded_at: START.parse().unwrap(),
            });
        }
        let view = bureau.import(&ballots.write(&bureau.out, &people, &meeting, &ballots.head(&meeting)));
        assert!(view.filed, "{:?}", problems(&view));
        let check = view.checks.iter().find(|check| check.key == "composition").unwrap();
        assert_eq!((check.figures["by_finding"].as_str(), check.figures["centres"].as_str()), (expected, "2"));
    }
}

#[test]
fn a_sheet_dropped_from_package_and_head_alike_leaves_a_missing_cell() {
    let mut held = Held::new();
    let full = held.ballots.head(&held.meeting);
    let dropped = held.ballots.sheets.remove(5);
    let mut head = full.clone();
    head.entries.retain(|entry| entry.digest != dropped.digest());
    head.matrix.retain(|cell| cell.digest != dropped.digest());
    let mut leaves: Vec<&[u8]> = vec![];
    let sorted = seal::result::entries(held.meeting.round(), held.meeting.panel(), held.ballots.leaves());
    leaves.extend(sorted.iter().map(|(_, leaf)| leaf.bytes()));
    head.tree_root = seal::merkle::tree_hash(&leaves);
    let view = held.bureau.import(&held.write(&head));
    assert!(!view.filed);
    let missing = problem(&view, "CELL_MISSING");
    let expert = held.meeting.panel().member(&dropped.expert).unwrap();
    assert_eq!(missing.params["expert"], expert.name);
}

#[test]
fn a_sheet_added_to_the_package_is_noticed() {
    let mut held = Held::new();
    let head = held.ballots.head(&held.meeting);
    let first = &held.ballots.sheets[0];
    let better = [1000, 2500, 2500, 1500, 1500, 1000];
    let added = second(&held.meeting, &held.people.members[0], first, better);
    held.ballots.sheets.push(added);
    let view = held.bureau.import(&held.write(&head));
    assert!(!view.filed);
    problem(&view, "RESULT_ENTRY_EXTRA");
    problem(&view, "RESULT_MATRIX");
    problem(&view, "RESULT_TOTAL");
}

#[test]
fn a_result_without_the_chairs_signature_is_not_filed() {
    let mut held = Held::new();
    let head = held.ballots.head(&held.meeting);
    let signed = jws::sign(&head, &held.people.secretary.key, &SystemRandom::new()).unwrap();
    let view = held.bureau.import(&held.ballots.write_signed(&held.bureau.out, &held.meeting, &signed));
    assert_eq!(problems(&view), ["signatures: RESULT_SIGNATURE_MISSING"]);
    assert_eq!(problem(&view, "RESULT_SIGNATURE_MISSING").params["role"], "chair");
    assert!(!view.filed);
}

#[test]
fn a_result_signed_by_another_than_the_chair_is_not_filed() {
    let mut held = Held::new();
    let head = held.ballots.head(&held.meeting);
    let random = SystemRandom::new();
    let signed = jws::sign(&head, &held.people.secretary.key, &random).unwrap();
    let signed = jws::cosign::<ResultHead>(&signed, &held.people.members[1].key, &random).unwrap();
    let view = held.bureau.import(&held.ballots.write_signed(&held.bureau.out, &held.meeting, &signed));
    assert_eq!(problem(&view, "RESULT_SIGNATURE_MISSING").params["role"], "chair");
    assert!(!view.filed);
}

#[test]
fn any_flipped_byte_of_the_package_is_noticed() {
    let mut held = Held::new();
    let path = held.write(&held.ballots.head(&held.meeting));
    let honest = fs::read(&path).unwrap();
    for place in (0..honest.len()).step_by(honest.len() / 40) {
        let mut bytes = honest.clone();
        bytes[place] ^= 1;
        fs::write(&path, &bytes).unwrap();
        let view = held.bureau.import(&path);
        assert!(!view.valid && !view.filed, "byte {place}");
    }
    fs::write(&path, &honest).unwrap();
    assert!(held.bureau.import(&path).filed);
}

#[test]
fn a_result_under_an_earlier_roster_is_not_filed() {
    let mut held = Held::new();
    let path = held.write(&held.ballots.head(&held.meeting));
    held.bureau.roster(&People::new(9, 0), held.meeting.issued().clone());
    let view = held.bureau.import(&path);
    assert_eq!(problems(&view), ["roster: RESULT_ROSTER_UNKNOWN"]);
    assert!(!view.filed);
}

#[test]
fn a_result_of_a_bureau_that_is_not_trusted_is_not_filed() {
    let held = Held::new();
    let path = held.write(&held.ballots.head(&held.meeting));
    let view = Bureau::new().import(&path);
    assert_eq!(problem(&view, "BUREAU_UNKNOWN").params["name"], held.meeting.round().bureau.name);
    assert!(!view.filed);
}

#[test]
fn a_result_of_a_round_that_this_desk_never_issued_is_not_filed() {
    let mut ours = Bureau::new();
    let backup = ours.folder.path().join("备份.hjbackup");
    common::backup(&mut ours.desk, &backup).unwrap();
    // A second desk with the same key, as after a restored backup.
    let folder = ours.folder.path().join("第二台");
    let host = std::sync::Arc::new(desk::Host::sample(START.parse().unwrap(), 7));
    common::restore(&backup, &folder).unwrap();
    let first = std::mem::replace(&mut ours.desk, desk::Desk::open(host, &folder, crate::fixture::PASSPHRASE).unwrap());
    let people = People::new(11, 2);
    let meeting = ours.meeting(&people);
    let ballots = Ballots::new(&people, &meeting, GOOD);
    let path = ballots.write(&ours.out, &people, &meeting, &ballots.head(&meeting));
    ours.desk = first;
    let view = ours.import(&path);
    assert_eq!(problems(&view), ["round: RESULT_ROUND_UNKNOWN"]);
    assert!(!view.filed);
}

#[test]
fn a_different_valid_result_is_shown_and_not_filed() {
    let mut held = Held::new();
    held.bureau.import(&held.write(&held.ballots.head(&held.meeting)));
    held.ballots = Ballots::new(&held.people, &held.meeting, [1000, 2500, 2500, 1500, 1500, 1000]);
    let view = held.bureau.import(&held.write(&held.ballots.head(&held.meeting)));
    assert_eq!(problems(&view), ["tree: RESULT_DIFFERENT"]);
    assert!(!view.filed && !view.valid);
    assert_eq!(view.grades[0].grade, Some(Grade::Excellent), "it is shown");
    assert_eq!(bureau::results(&mut held.bureau.desk).unwrap().len(), 1);
}

#[test]
fn a_file_that_is_no_result_is_shown_as_such() {
    let mut bureau = Bureau::new();
    let path = bureau.folder.path().join("x.hjresult");
    fs::write(&path, b"nothing").unwrap();
    let view = bureau.import(&path);
    assert_eq!(view.checks[0].passed, Some(false));
    assert!(view.checks[1..].iter().all(|check| check.passed.is_none()));
    assert!(!view.valid && view.digest.is_empty());
}
