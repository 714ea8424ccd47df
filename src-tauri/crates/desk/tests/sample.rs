//! The sample meeting, performed through the same use cases as a real one.

use desk::{
    sample::{self, Options},
    verify,
};

#[test]
fn a_whole_meeting_ends_in_a_filed_result() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("会议");
    let summary = sample::demo(&out, Options::default(), &mut |_, _, _| {}).unwrap();
    assert!(summary.valid);
    assert_eq!(summary.grades.len(), 3);
    assert_eq!(summary.panel_checks.iter().map(|check| check.members).collect::<Vec<_>>(), [10, 11, 10]);
    for grade in &summary.grades {
        let totals = summary.totals.iter().filter(|total| total.centre == grade.centre);
        let (sum, count) = totals.fold((0, 0), |(sum, count), total| (sum + total.total, count + 1));
        assert_eq!(grade.score, Some((2 * sum + count) / (2 * count)), "the mean of the totals, rounded half up");
    }
    let result = out.join(summary.files.result.as_deref().unwrap());
    let root = out.join(summary.files.root.as_deref().unwrap());
    let recount = verify::recount_file(&result, Some(&root)).unwrap();
    assert!(recount.valid && recount.anchored);
    let files =
        summary.files.sheets.iter().flat_map(|part| &part.signed).map(|file| out.join(file)).collect::<Vec<_>>();
    for verified in verify::verify_files(&files, None, Some(&root)) {
        assert!(verified.valid, "{}: {:?}", verified.file, verified.problems);
    }
}

#[test]
fn with_eight_experts_article_11_refuses_the_panel() {
    let folder = tempfile::tempdir().unwrap();
    let options = Options { experts: 8, ..Options::default() };
    let refused = sample::demo(&folder.path().join("out"), options, &mut |_, _, _| {}).unwrap_err();
    assert_eq!(refused.code, "PANEL_TOO_FEW");
    assert_eq!(refused.params["members"], "8");
    assert_eq!(refused.params["required"], "9");
}

#[test]
fn a_sample_is_no_larger_than_anyone_waits_for() {
    let folder = tempfile::tempdir().unwrap();
    for (options, maximum) in [
        (Options { experts: 100, ..Options::default() }, "99"),
        (Options { centres: 61, ..Options::default() }, "60"),
        (Options { experts: u32::MAX, centres: u32::MAX, ..Options::default() }, "99"),
    ] {
        let out = folder.path().join("out");
        let refused = sample::demo(&out, options, &mut |_, _, _| {}).unwrap_err();
        assert_eq!((refused.code.as_str(), refused.params["maximum"].as_str()), ("SAMPLE_SIZE", maximum));
        assert!(!out.exists(), "nothing is written");
    }
}

#[test]
fn one_seed_makes_one_meeting() {
    let folder = tempfile::tempdir().unwrap();
    let options = Options { experts: 9, centres: 2, seed: 7 };
    let [a, b] = ["a", "b"].map(|name| {
        let summary = sample::demo(&folder.path().join(name), options, &mut |_, _, _| {}).unwrap();
        serde_json::to_value(summary).unwrap()
    });
    for key in ["round", "panel_checks", "totals", "grades", "files"] {
        assert_eq!(a[key], b[key], "{key}");
    }
}
