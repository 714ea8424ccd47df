//! What holds for every input, tried on thousands of them.

#![allow(clippy::unwrap_used, clippy::panic)]

use chrono::{Days, NaiveDate};
use proptest::prelude::*;
use review::{
    agreement::{Agreement, Robustness},
    calendar::{CN_2024_2026, Calendar},
    compile::combine,
    conditions::{Verdict, checklist},
    deadlines,
    facts::Facts,
    ids::KeyId,
    naming,
    panel::Composition,
    points::Points,
    roster::{Person, PublicKey},
    rulebook::{InForce, JINZHONG_2023_33, Rulebook},
    scheme::{Bands, Grade, Method, Rounding},
    unit::{Unit, UnitCode},
};

fn rules() -> Rulebook {
    Rulebook::parse(JINZHONG_2023_33).unwrap()
}

fn calendar() -> Calendar {
    Calendar::parse(CN_2024_2026).unwrap()
}

/// A day of 2024 to 2026, more often near a holiday than not.
fn a_day() -> impl Strategy<Value = NaiveDate> {
    (0u64..1_096).prop_map(|n| NaiveDate::from_ymd_opt(2024, 1, 1).unwrap() + Days::new(n))
}

fn a_code() -> impl Strategy<Value = UnitCode> {
    "[0-9A-HJ-NP-RTUWXY]{17}".prop_map(|text| UnitCode::with_check(&text).unwrap())
}

fn a_total() -> impl Strategy<Value = Points> {
    (0u32..=10_000).prop_map(Points::from_hundredths)
}

fn person(n: usize, unit: Unit) -> Person {
    let jwk = PublicKey { crv: "P-256".into(), kty: "EC".into(), x: String::new(), y: String::new() };
    Person { key: format!("k{n}").parse().unwrap(), jwk, name: format!("专家{n}"), unit, title: String::new() }
}

proptest! {
    #[test]
    fn points_are_read_back_as_they_were_written(hundredths in any::<u32>()) {
        let points = Points::from_hundredths(hundredths);
        prop_assert_eq!(points.to_string().parse(), Ok(points));
    }

    #[test]
    fn reading_points_never_panics_and_keeps_the_number(text in "[0-9]{0,12}[.]?[0-9]{0,4}|.{0,8}") {
        if let Ok(points) = text.parse::<Points>() {
            let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
            let expected = whole.parse::<u64>().unwrap() * 100 + format!("{part:0<2}").parse::<u64>().unwrap();
            prop_assert_eq!(u64::from(points.hundredths()), expected);
        }
    }

    #[test]
    fn any_one_changed_character_of_a_unit_code_is_noticed(
        code in a_code(),
        place in 0usize..18,
        replacement in "[0-9A-HJ-NP-RTUWXY]",
    ) {
        let mut changed = code.as_str().to_owned();
        changed.replace_range(place..=place, &replacement);
        prop_assert_eq!(changed.parse::<UnitCode>().is_ok(), changed == code.as_str());
    }

    #[test]
    fn neighbours_of_a_unit_code_changed_over_are_noticed(code in a_code(), place in 0usize..17) {
        let mut bytes = code.as_str().as_bytes().to_vec();
        bytes.swap(place, place + 1);
        let changed = String::from_utf8(bytes).unwrap();
        prop_assert_eq!(changed.parse::<UnitCode>().is_ok(), changed == code.as_str());
    }

    #[test]
    fn a_higher_total_never_has_a_worse_grade(
        bounds in prop::collection::btree_set(1u32..=10_000, 4),
        a in a_total(),
        b in a_total(),
    ) {
        let mut bounds = bounds.into_iter().map(Points::from_hundredths);
        let mut next = || bounds.next().unwrap();
        let (basically_qualified, qualified, good, excellent) = (next(), next(), next(), next());
        let bands = Bands { excellent, good, qualified, basically_qualified };
        let (low, high) = (a.min(b), a.max(b));
        // `Grade` orders best first.
        prop_assert!(bands.grade(high) <= bands.grade(low));
        prop_assert_eq!(bands.grade(Points::ZERO), Grade::Unqualified);
        prop_assert_eq!(bands.grade(Points::HUNDRED), Grade::Excellent);
    }

    #[test]
    fn a_panel_is_lawful_with_nine_members_of_whom_three_times_the_hosts_are_no_more(
        own_unit in prop::collection::vec(any::<bool>(), 0..40),
    ) {
        let host = Unit { name: "晋中示例大学".into(), code: None };
        let unit = |is_host| if is_host { host.clone() } else { Unit { name: "山西示例研究院".into(), code: None } };
        let members: Vec<Person> = own_unit.iter().enumerate().map(|(n, own)| person(n, unit(*own))).collect();
        let hosts = own_unit.iter().filter(|own| **own).count();
        let composition = Composition::of(&rules().panel, &host, &members);
        prop_assert_eq!(composition.is_lawful(), members.len() >= 9 && 3 * hosts <= members.len());
        prop_assert_eq!(composition.host_members.len(), hosts);
    }

    #[test]
    fn a_later_day_never_has_an_earlier_deadline(a in a_day(), b in a_day(), count in 0u32..30) {
        let calendar = calendar();
        let (early, late) = (a.min(b), a.max(b));
        if let Ok(end) = calendar.add_working_days(late, count) {
            prop_assert!(calendar.add_working_days(early, count).unwrap() <= end);
        }
        let rules = rules();
        let end = |day| deadlines::rectification_end(&rules.rectification, day);
        prop_assert!(end(early) <= end(late));
        prop_assert!(deadlines::next_annual_report(&rules.annual_report, early) <= deadlines::next_annual_report(&rules.annual_report, late));
    }

    #[test]
    fn between_a_day_and_its_deadline_lie_exactly_so_many_working_days(from in a_day(), count in 1u32..30) {
        let calendar = calendar();
        if let Ok(end) = calendar.add_working_days(from, count) {
            let between = from.iter_days().skip(1).take_while(|day| *day <= end);
            let working = between.filter(|day| calendar.is_working_day(*day).unwrap()).count();
            prop_assert_eq!(u32::try_from(working), Ok(count));
            prop_assert_eq!(calendar.is_working_day(end), Ok(true));
        }
    }

    #[test]
    fn the_measures_apply_within_one_span_of_days(offset in -2_000i64..2_000) {
        let rules = rules();
        let day = rules.force.from + chrono::TimeDelta::days(offset);
        let within = rules.force.from <= day && day <= rules.force.last;
        prop_assert_eq!(rules.in_force(day) == InForce::Yes, within);
    }

    #[test]
    fn a_combined_total_lies_between_the_lowest_and_the_highest(
        totals in prop::collection::vec(a_total(), 3..30),
        method in prop::sample::select(vec![Method::Mean, Method::Median, Method::TrimmedMean]),
        rounding in prop::sample::select(vec![Rounding::HalfUp, Rounding::HalfEven, Rounding::Down]),
    ) {
        let combined = combine(method, rounding, &totals).unwrap();
        prop_assert!(totals.iter().min().unwrap() <= &combined && &combined <= totals.iter().max().unwrap());
        let mut turned = totals.clone();
        turned.reverse();
        prop_assert_eq!(combine(method, rounding, &turned), Some(combined));
    }

    #[test]
    fn the_mean_is_within_one_rounding_of_the_exact_fraction(totals in prop::collection::vec(a_total(), 1..30)) {
        let sum: i64 = totals.iter().map(|t| i64::from(t.hundredths())).sum();
        let count = i64::try_from(totals.len()).unwrap();
        let mean = |rounding| i64::from(combine(Method::Mean, rounding, &totals).unwrap().hundredths());
        prop_assert!((2 * (mean(Rounding::HalfUp) * count - sum)).abs() <= count);
        prop_assert!((2 * (mean(Rounding::HalfEven) * count - sum)).abs() <= count);
        prop_assert_eq!(mean(Rounding::Down), sum / count);
    }

    #[test]
    fn statistics_are_numbers_within_their_bounds_or_say_why_not(
        table in prop::collection::vec(prop::collection::vec(prop::option::weighted(0.9, a_total()), 0..12), 0..8),
    ) {
        let agreement = Agreement::of(&table);
        if let Ok(w) = agreement.kendall_w {
            prop_assert!((0.0..=1.0).contains(&w), "{w}");
        }
        if let Ok(icc) = agreement.icc {
            prop_assert!(icc.value.is_finite() && icc.value <= 1.0 + 1e-12, "{}", icc.value);
            if let Some(interval) = icc.interval {
                prop_assert!(interval.lower <= icc.value && icc.value <= interval.upper);
            }
        }
    }

    #[test]
    fn a_grade_that_many_agree_on_by_far_hangs_on_nobody(total in 8_200u32..8_800, count in 4usize..20) {
        let scheme = rules().default_scheme();
        let keys = (0..count).map(|n| format!("k{n}").parse::<KeyId>().unwrap());
        let totals: Vec<_> = keys.map(|key| (key, Points::from_hundredths(total))).collect();
        let robustness = Robustness::of(&scheme, &totals, &[]).unwrap();
        prop_assert!(robustness.is_stable());
        prop_assert_eq!(robustness.without_expert.len(), count);
    }

    #[test]
    fn more_staff_who_fit_never_make_a_met_share_unmet(staff in 1u32..10_000, young in 0u32..10_000) {
        let young = young.min(staff - 1);
        let rules = rules();
        let verdict = |young| {
            let facts = Facts { staff: Some(staff), staff_young: Some(young), ..Facts::default() };
            checklist(&rules.conditions, &facts)[10].verdict
        };
        prop_assert_eq!(verdict(young) == Verdict::Met, 3 * young >= staff);
        prop_assert!(verdict(young) != Verdict::Met || verdict(young + 1) == Verdict::Met);
    }

    #[test]
    fn hostile_text_is_refused_and_nothing_panics(text in "(?s).{0,200}") {
        prop_assert!(Rulebook::parse(&text).is_err());
        prop_assert!(Calendar::parse(&text).is_err());
        let _ = naming::check(&rules().name, &text);
    }

    #[test]
    fn a_rulebook_with_one_byte_changed_never_panics_and_names_a_line(at in 0usize..JINZHONG_2023_33.len(), byte in 0x20u8..0x7f) {
        let mut bytes = JINZHONG_2023_33.as_bytes().to_vec();
        bytes[at] = byte;
        if let Ok(text) = String::from_utf8(bytes)
            && let Err(error) = Rulebook::parse(&text)
        {
            let lines = u32::try_from(text.lines().count()).unwrap();
            prop_assert!((1..=lines + 1).contains(&error.line), "{error}");
        }
    }
}
