//! Article 24 on names and the checklist of Article 8, at the edges of each threshold.

#![allow(clippy::unwrap_used, clippy::panic)]

use chrono::NaiveDate;
use review::{
    conditions::{ConditionKey, Stated, Verdict, checklist},
    facts::Facts,
    naming::{self, NameError},
    rulebook::{JINZHONG_2023_33, Rulebook},
};

fn rules() -> Rulebook {
    Rulebook::parse(JINZHONG_2023_33).unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

#[test]
fn a_name_is_a_field_between_jinzhong_and_innovation_centre() {
    let check = |name: &str| naming::check(&rules().name, name);
    assert_eq!(check("晋中市智能农机装备技术创新中心"), Ok(()));
    assert_eq!(check("晋中市5G应用技术创新中心"), Ok(()));
    let (prefix, suffix) = ("晋中市".to_owned(), "技术创新中心".to_owned());
    for (name, error) in [
        ("", NameError::Prefix { expected: prefix.clone() }),
        ("晋中智能农机技术创新中心", NameError::Prefix { expected: prefix.clone() }),
        ("山西省智能农机技术创新中心", NameError::Prefix { expected: prefix }),
        ("晋中市智能农机工程中心", NameError::Suffix { expected: suffix.clone() }),
        ("晋中市智能农机技术创新中心（筹）", NameError::Suffix { expected: suffix }),
        ("晋中市技术创新中心", NameError::NoField),
        ("晋中市××技术创新中心", NameError::NoField),
        ("晋中市、技术创新中心", NameError::NoField),
        (" 晋中市智能农机技术创新中心", NameError::Character { place: 1 }),
        ("晋中市智能\u{200B}农机技术创新中心", NameError::Character { place: 6 }),
        ("晋中市智能\n农机技术创新中心", NameError::Character { place: 6 }),
        ("晋中市\u{3000}农机技术创新中心", NameError::Character { place: 4 }),
    ] {
        assert_eq!(check(name), Err(error), "{name}");
    }
    let long = format!("晋中市{}技术创新中心", "长".repeat(60));
    assert_eq!(check(&long), Err(NameError::TooLong(69)));
}

/// Facts that meet every condition exactly.
fn just_enough() -> Facts {
    Facts {
        applicants: Some(3),
        applied_on: Some(day("2025-03-01")),
        agreement_until: Some(day("2028-02-29")),
        area_m2: Some(1_000),
        equipment_yuan: Some(10_000_000),
        partner_equipment_yuan: Some(5_000_000),
        director_age: Some(60),
        director_senior: Some(true),
        director_full_time: Some(true),
        staff: Some(25),
        staff_master_or_senior: Some(13),
        staff_young: Some(9),
        rd_yuan: Some(10_000_000),
        host_rd_yuan: Some(5_000_000),
    }
}

fn verdict(key: ConditionKey, facts: &Facts) -> Verdict {
    checklist(&rules().conditions, facts).into_iter().find(|item| item.condition.key == key).unwrap().verdict
}

#[test]
fn what_just_reaches_each_threshold_is_met() {
    for item in checklist(&rules().conditions, &just_enough()) {
        assert_eq!(item.verdict, Verdict::Met, "{:?}", item.condition.key);
    }
}

#[test]
fn what_is_not_stated_is_neither_met_nor_not_met() {
    let items = checklist(&rules().conditions, &Facts::default());
    assert_eq!(items.len(), ConditionKey::ALL.len());
    assert!(items.iter().all(|item| item.verdict == Verdict::NotStated && item.stated.is_none()));
    let no_whole = Facts { staff: None, ..just_enough() };
    assert_eq!(verdict(ConditionKey::StaffYoung, &no_whole), Verdict::NotStated, "a share of an unknown whole");
}

#[test]
fn one_step_short_of_each_threshold_is_not_met() {
    type Change = fn(&mut Facts);
    let cases: [(ConditionKey, Change); 13] = [
        (ConditionKey::Applicants, |f| f.applicants = Some(4)),
        (ConditionKey::Agreement, |f| f.agreement_until = Some(day("2028-02-28"))),
        (ConditionKey::Area, |f| f.area_m2 = Some(999)),
        (ConditionKey::Equipment, |f| f.equipment_yuan = Some(9_999_999)),
        (ConditionKey::PartnerEquipment, |f| f.partner_equipment_yuan = Some(5_000_001)),
        (ConditionKey::DirectorAge, |f| f.director_age = Some(61)),
        (ConditionKey::DirectorSenior, |f| f.director_senior = Some(false)),
        (ConditionKey::DirectorFullTime, |f| f.director_full_time = Some(false)),
        (ConditionKey::Staff, |f| f.staff = Some(24)),
        (ConditionKey::StaffMasterOrSenior, |f| f.staff_master_or_senior = Some(12)),
        (ConditionKey::StaffYoung, |f| f.staff_young = Some(8)),
        (ConditionKey::Rd, |f| f.rd_yuan = Some(9_999_999)),
        (ConditionKey::HostRd, |f| f.host_rd_yuan = Some(4_999_999)),
    ];
    for (key, change) in cases {
        let mut facts = just_enough();
        change(&mut facts);
        assert_eq!(verdict(key, &facts), Verdict::NotMet, "{key:?}");
        let others = ConditionKey::ALL.into_iter().filter(|other| *other != key);
        // Fewer staff or less equipment changes the shares too, in the applicant's favour or not.
        let tied = [ConditionKey::Staff, ConditionKey::Equipment].contains(&key);
        assert!(tied || others.into_iter().all(|other| verdict(other, &facts) == Verdict::Met), "{key:?}");
    }
}

#[test]
fn a_share_is_exact_where_a_float_would_not_be() {
    let facts = |young, staff| Facts { staff: Some(staff), staff_young: Some(young), ..just_enough() };
    assert_eq!(verdict(ConditionKey::StaffYoung, &facts(1_000_000_000, 3_000_000_000)), Verdict::Met);
    assert_eq!(verdict(ConditionKey::StaffYoung, &facts(999_999_999, 3_000_000_000)), Verdict::NotMet);
    let money =
        |part, whole| Facts { equipment_yuan: Some(whole), partner_equipment_yuan: Some(part), ..just_enough() };
    assert_eq!(verdict(ConditionKey::PartnerEquipment, &money(u64::MAX / 2, u64::MAX)), Verdict::Met);
    assert_eq!(verdict(ConditionKey::PartnerEquipment, &money(u64::MAX / 2 + 1, u64::MAX)), Verdict::NotMet);
}

#[test]
fn a_part_larger_than_its_whole_is_a_contradiction() {
    let facts = Facts { staff_young: Some(26), host_rd_yuan: Some(5_000_000), ..just_enough() };
    assert_eq!(verdict(ConditionKey::StaffYoung, &facts), Verdict::Contradictory);
}

#[test]
fn the_figure_is_shown_beside_the_verdict() {
    let items = checklist(&rules().conditions, &just_enough());
    assert_eq!(items[10].stated, Some(Stated::Part { part: 9, whole: 25 }));
    assert_eq!(items[10].condition.article.chinese(), "第八条第（四）项");
    assert_eq!(items[1].stated, Some(Stated::Term { from: day("2025-03-01"), until: day("2028-02-29") }));
}

#[test]
fn an_agreement_of_three_years_counts_its_first_day() {
    for (from, until, met) in [
        ("2025-06-10", "2028-06-09", true),
        ("2025-06-10", "2028-06-08", false),
        ("2024-02-29", "2027-02-28", true),
        ("2024-02-29", "2027-02-27", false),
        ("2025-06-10", "2020-01-01", false),
    ] {
        let facts = Facts { applied_on: Some(day(from)), agreement_until: Some(day(until)), ..Facts::default() };
        assert_eq!(verdict(ConditionKey::Agreement, &facts) == Verdict::Met, met, "{from} to {until}");
    }
}
