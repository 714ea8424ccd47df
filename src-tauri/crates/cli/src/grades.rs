//! How grades, panel compositions and numbered checks are told.

use desk::{
    DeskError,
    dto::{CheckView, CompositionView, GradeView},
};
use review::{panel::Violation, points::Points, result::Consequence};

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
            points(grade.score),
            grade.grade.map_or(NONE, review::scheme::Grade::title).to_owned(),
            follow,
            range,
            say("panel.figures", &[("members", members), ("host", host)]),
        ]
    };
    table(&grades.iter().map(row).collect::<Vec<_>>())
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
    let error = |composition: &CompositionView, violation: &Violation| {
        let error = match violation {
            Violation::TooFew { members, required } => {
                DeskError::new("PANEL_TOO_FEW").with("members", members).with("required", required)
            }
            Violation::TooManyFromHost { members, host, allowed } => DeskError::new("PANEL_TOO_MANY_FROM_HOST")
                .with("members", members)
                .with("host", host)
                .with("allowed", allowed)
                .with("hosts", composition.host_names.join("、")),
        };
        error.with("centre", &composition.centre_name).with("article", &composition.article)
    };
    compositions.iter().flat_map(|c| c.violations.iter().map(move |violation| error(c, violation))).collect()
}

/// The numbered checks, each with its verdict.
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
    table(&checks.iter().map(row).collect::<Vec<_>>())
}

/// Everything that does not agree.
pub(crate) fn problems(checks: &[CheckView]) -> Vec<DeskError> {
    checks.iter().flat_map(|check| check.problems.clone()).collect()
}
