//! Statistics against published and independently computed values.
//!
//! The coefficients were computed with Python 3: ICC(2,k), called `ICC(A,k)` there, by `pingouin.intraclass_corr`
//! (0.7.0); its interval, which pingouin rounds to two decimals, by the formulas of McGraw and Wong (1996, table 7) with
//! `scipy.stats.f.ppf`, and it rounds to pingouin's; W by `scipy.stats.friedmanchisquare` (which corrects for ties) as
//! statistic / (k (n - 1)).

#![allow(clippy::unwrap_used, clippy::panic)]

use review::{
    agreement::{Agreement, Icc, NotComputed, Robustness, Spread},
    ids::KeyId,
    points::Points,
    rulebook::{JINZHONG_2023_33, Rulebook},
    scheme::{Grade, Method},
};

fn rows<const K: usize>(rows: &[[&str; K]]) -> Vec<Vec<Option<Points>>> {
    rows.iter().map(|row| row.iter().map(|total| total.parse().ok()).collect()).collect()
}

fn assert_close(actual: f64, expected: f64, what: &str) {
    assert!((actual - expected).abs() < 1e-8, "{what}: {actual} instead of {expected}");
}

fn assert_agreement(totals: &[Vec<Option<Points>>], value: f64, (lower, upper): (f64, f64), w: f64) {
    let agreement = Agreement::of(totals);
    let Icc { value: actual, interval } = agreement.icc.unwrap();
    let interval = interval.unwrap();
    assert_close(actual, value, "ICC(2,k)");
    assert_close(interval.lower, lower, "lower");
    assert_close(interval.upper, upper, "upper");
    assert_close(agreement.kendall_w.unwrap(), w, "W");
}

#[test]
fn the_example_of_shrout_and_fleiss_gives_0_62() {
    // Table 2 of the paper of 1979, six targets and four judges; its ICC(2,4) is printed as .62.
    let table = [
        ["9", "2", "5", "8"],
        ["6", "1", "3", "2"],
        ["8", "4", "6", "8"],
        ["7", "1", "2", "6"],
        ["10", "5", "6", "9"],
        ["6", "2", "4", "7"],
    ];
    assert_agreement(
        &rows(&table),
        0.620_050_547_598_989_1,
        (0.071_136_815_302_503_38, 0.927_232_040_167_722),
        0.887_037_037_037,
    );
}

#[test]
fn three_centres_and_nine_experts() {
    let table = [
        ["84.5", "86", "83", "88.5", "85", "87", "82.5", "86.5", "84"],
        ["72", "75.5", "71", "74", "76", "73.5", "70", "77", "72.5"],
        ["91", "90.5", "93", "89", "92", "94.5", "90", "91.5", "88"],
    ];
    assert_agreement(&rows(&table), 0.993_826_724_309_601_7, (0.972_831_151_701_366_1, 0.999_843_251_966_392_1), 1.0);
}

#[test]
fn ties_are_corrected_for() {
    let table = [
        ["80", "80", "85", "85", "80"],
        ["75", "80", "80", "85", "75"],
        ["90", "90", "85", "90", "90"],
        ["75", "75", "75", "80", "80"],
    ];
    assert_agreement(
        &rows(&table),
        0.932_835_820_895_522_4,
        (0.731_190_541_908_498_2, 0.995_234_727_413_995_1),
        0.804_444_444_444,
    );
}

#[test]
fn an_expert_with_a_gap_is_left_out_and_counted() {
    let with_gap = rows(&[["80", "", "85", "70"], ["75", "90", "80", "71"], ["90", "91", "85", "95"]]);
    let without = rows(&[["80", "85", "70"], ["75", "80", "71"], ["90", "85", "95"]]);
    let (gap, complete) = (Agreement::of(&with_gap), Agreement::of(&without));
    assert_eq!((gap.centres, gap.experts, gap.left_out), (3, 3, 1));
    assert_eq!((gap.icc, gap.kendall_w), (complete.icc, complete.kendall_w));
}

#[test]
fn what_cannot_be_computed_says_why() {
    assert_eq!(Agreement::of(&[]).icc, Err(NotComputed::TooFewCentres));
    assert_eq!(Agreement::of(&rows(&[["80", "90"]])).kendall_w, Err(NotComputed::TooFewCentres));
    assert_eq!(Agreement::of(&rows(&[["80", ""], ["", "90"]])).icc, Err(NotComputed::TooFewExperts));
    let same = Agreement::of(&rows(&[["80", "80"], ["80", "80"]]));
    assert_eq!((same.icc, same.kendall_w), (Err(NotComputed::NoVariation), Err(NotComputed::NoVariation)));
}

#[test]
fn perfect_agreement_is_one_and_claims_no_interval() {
    let agreement = Agreement::of(&rows(&[["80", "80", "80"], ["90", "90", "90"], ["70", "70", "70"]]));
    let icc = agreement.icc.unwrap();
    assert_close(icc.value, 1.0, "ICC");
    assert_eq!(icc.interval, None);
    assert_close(agreement.kendall_w.unwrap(), 1.0, "W");
}

#[test]
fn experts_who_contradict_one_another_have_no_concordance() {
    let agreement = Agreement::of(&rows(&[["80", "90"], ["90", "80"]]));
    assert_close(agreement.kendall_w.unwrap(), 0.0, "W");
    assert!(agreement.icc.is_err(), "centres do not vary at all");
}

#[test]
fn the_spread_is_exact() {
    let totals: Vec<Points> = ["84.5", "82.05", "90"].iter().map(|t| t.parse().unwrap()).collect();
    let spread = Spread::of(&totals).unwrap();
    assert_eq!([spread.min, spread.max, spread.range].map(|p| p.to_string()), ["82.05", "90.0", "7.95"]);
    assert_eq!(Spread::of(&[]), None);
}

fn key(n: usize) -> KeyId {
    format!("expert-{n}").parse().unwrap()
}

fn totals(totals: &[&str]) -> Vec<(KeyId, Points)> {
    totals.iter().enumerate().map(|(n, total)| (key(n), total.parse().unwrap())).collect()
}

#[test]
fn a_grade_at_the_edge_names_the_experts_who_decide_it() {
    let scheme = Rulebook::parse(JINZHONG_2023_33).unwrap().default_scheme();
    // The mean is exactly 90; without the highest it is 89.75, without any of the others 90 or above.
    let robustness = Robustness::of(&scheme, &totals(&["92", "90", "89.5", "89.5", "89"]), &[key(0)]).unwrap();
    assert_eq!((robustness.declared.score, robustness.declared.grade), (Points::whole(90), Grade::Excellent));
    assert_eq!(robustness.decisive_experts().collect::<Vec<_>>(), [&key(0)]);
    let without_host = robustness.without_host.unwrap();
    assert_eq!((without_host.score.to_string().as_str(), without_host.grade), ("89.5", Grade::Good));
    let methods: Vec<_> = robustness.other_methods.iter().map(|(m, other)| (*m, other.unwrap().grade)).collect();
    assert_eq!(methods, [(Method::Median, Grade::Good), (Method::TrimmedMean, Grade::Good)]);
    assert!(!robustness.is_stable());
}

#[test]
fn a_grade_far_from_the_edges_is_stable() {
    let scheme = Rulebook::parse(JINZHONG_2023_33).unwrap().default_scheme();
    let robustness = Robustness::of(&scheme, &totals(&["85", "84", "86", "85.5"]), &[]).unwrap();
    assert!(robustness.is_stable());
    assert_eq!(robustness.without_host, None, "no host member scored");
    let lone = Robustness::of(&scheme, &totals(&["85"]), &[]).unwrap();
    assert_eq!(lone.without_expert[0].1, None, "nobody left to combine");
    assert_eq!(Robustness::of(&scheme, &[], &[]), None);
}
