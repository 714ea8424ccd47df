//! How grades, panel compositions and numbered checks are told.

use desk::{
    DeskError,
    dto::{CheckView, CompositionView, GradeView},
};
use review::{points::Points, result::Consequence, scheme::Grade};

use crate::{
    output::table,
    words::{self, say},
};

/// What stands for a figure that is not there.
const NONE: &str = "—";

/// One line for each centre: total, grade, what follows, who scored.
pub(crate) fn grades(grades: &[GradeView]) -> Vec<String> {
    let points = |points: Option<Points>| points.map_or_else(|| NONE.to_owned(), |points| points.to_string());
    let row = |grade: &GradeView| {
        let follow = grade.consequence.as_ref().map(consequence).unwrap_or_default();
        let range = say("range", &[("lowest", &points(grade.lowest)), ("highest", &points(grade.highest))]);
        let (members, host) = (&grade.composition.members, &grade.composition.host);
        vec![
            grade.centre.clone(),
            grade.centre_name.clone(),
            grade.score.map_or_else(|| NONE.to_owned(), combined),
            if grade.status == "refused" { say("refused", &[]) } else { title(grade.grade).to_owned() },
            follow,
            range,
            say("panel.figures", &[("members", members), ("host", host)]),
        ]
    };
    table(&grades.iter().map(row).collect::<Vec<_>>())
}

fn title(grade: Option<Grade>) -> &'static str {
    grade.map_or(NONE, Grade::title)
}

/// A combined score: always with two decimals, as it is rounded.
pub(crate) fn combined(points: Points) -> String {
    format!("{}.{:02}", points.hundredths() / 100, points.hundredths() % 100)
}

/// What follows from a grade, in words.
pub(crate) fn consequence(consequence: &Consequence) -> String {
    match consequence {
        Consequence::NextEvaluation { year } => words::consequence("next", &[("year", year)]),
        Consequence::Rectification { until } => words::consequence("rectification", &[("until", until)]),
        Consequence::Revocation => words::consequence("revocation", &[]),
        Consequence::Establishment => words::consequence("establishment", &[]),
    }
}

/// Article 11 for each centre.
pub(crate) fn compositions(compositions: &[CompositionView]) -> Vec<String> {
    let row = |composition: &CompositionView| {
        let hosts = composition.host_names.join("、");
        let by_name = match composition.by_name_only.as_slice() {
            [] => String::new(),
            names => say("panel.by_name", &[("names", &names.join("、"))]),
        };
        let verdict = if composition.violations.is_empty() { "lawful" } else { "unlawful" };
        let (members, host) = (&composition.members, &composition.host);
        vec![
            composition.centre.clone(),
            composition.centre_name.clone(),
            say("panel.figures", &[("members", members), ("host", host)]),
            say(verdict, &[]),
            [hosts, by_name].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join("；"),
        ]
    };
    table(&compositions.iter().map(row).collect::<Vec<_>>())
}

/// What of Article 11 is not met, as errors with the centre's name.
pub(crate) fn violations(compositions: &[CompositionView]) -> Vec<DeskError> {
    compositions.iter().flat_map(DeskError::violations).collect()
}

/// The numbered checks, each with its verdict, and how many do not hold. What was seen is said only of what holds.
pub(crate) fn checks(checks: &[CheckView]) -> Vec<String> {
    let row = |check: &CheckView| {
        let (title, detail) = words::check(&check.key, &check.figures);
        let verdict = match check.passed {
            Some(true) => "passed",
            Some(false) => "failed",
            None => "not_made",
        };
        let detail = if check.passed == Some(true) { detail } else { String::new() };
        vec![format!("{:>2}", check.number), say(verdict, &[]), title, detail]
    };
    let mut lines = table(&checks.iter().map(row).collect::<Vec<_>>());
    lines.push(count(checks));
    lines
}

/// How many checks do not hold and how many were not made.
fn count(checks: &[CheckView]) -> String {
    let having = |passed: Option<bool>| checks.iter().filter(|check| check.passed == passed).count();
    let (failed, skipped) = (having(Some(false)), having(None));
    let parts = [(failed, "verify.failed", "failed"), (skipped, "verify.skipped", "skipped")];
    let said: Vec<String> =
        parts.iter().filter(|(count, ..)| *count > 0).map(|(count, key, name)| say(key, &[(*name, count)])).collect();
    if said.is_empty() { say("verify.all", &[("count", &checks.len())]) } else { said.join("，") }
}

/// Everything that does not agree, each once: an altered entry may be found by more than one check.
pub(crate) fn problems(checks: &[CheckView]) -> Vec<DeskError> {
    once(checks.iter().flat_map(|check| &check.problems))
}

/// Each of these errors once, in their order.
pub(crate) fn once<'a>(errors: impl IntoIterator<Item = &'a DeskError>) -> Vec<DeskError> {
    let mut found: Vec<DeskError> = vec![];
    for error in errors {
        if !found.contains(error) {
            found.push(error.clone());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn combined_scores_always_have_two_decimals() {
        assert_eq!([8330, 8000, 7].map(|score| combined(Points::from_hundredths(score))), ["83.30", "80.00", "0.07"]);
    }

    #[test]
    fn a_failed_check_says_no_figures_and_what_was_not_made_is_counted_apart() {
        let check = |number, key: &str, passed| CheckView {
            number,
            key: key.to_owned(),
            passed,
            figures: [("centres".to_owned(), "3".to_owned()), ("by_finding".to_owned(), "1".to_owned())].into(),
            problems: vec![],
        };
        let told =
            checks(&[check(1, "composition", Some(true)), check(2, "totals", Some(false)), check(3, "grades", None)]);
        assert!(told[0].contains("✓ 通过") && told[0].contains("依认定处理 1 个"), "{told:?}");
        assert!(told[1].contains("✗ 未通过") && !told[1].contains('3'), "{told:?}");
        assert!(told[2].contains("未核对"), "{told:?}");
        assert_eq!(told[3], "1 项未通过，1 项未核对");
    }
}
