//! The scoring scheme, which the measures leave open: sound, confirmed, and frozen once issued.

use desk::{
    Desk, Host, bureau,
    dto::{CentreInput, DraftView, UnitInput},
};
use review::{facts::Facts, points::Points, roster::Role, scheme::Scheme};
use tempfile::TempDir;

use crate::fixture::{PASSPHRASE, Plan, new_desk, pdf, temporary, unit};

/// A bureau with a drafted round of one centre.
struct Office {
    folder: TempDir,
    desk: Desk,
    round: String,
}

impl Office {
    fn new() -> Self {
        let folder = temporary();
        let host = Host::sample("2025-06-18T08:30:00+08:00".parse().unwrap(), 1).into();
        let office = UnitInput { name: "示例市科学技术局".to_owned(), code: String::new() };
        let (mut desk, _) = new_desk(&host, &folder.path().join("desk"), &[Role::Bureau], "科技局", &office);
        let round = bureau::round_new(&mut desk, &Plan::of(9, 1).round()).unwrap().summary.id;
        std::fs::create_dir(folder.path().join("卷宗")).unwrap();
        std::fs::write(folder.path().join("卷宗/申报书.pdf"), pdf("")).unwrap();
        let name = "晋中市示例技术创新中心".to_owned();
        let host = unit(0);
        let input = CentreInput { name, host, partners: vec![], previous_grade: None, facts: Facts::default() };
        bureau::add_centre(&mut desk, &round, &input, &folder.path().join("卷宗")).unwrap();
        Self { folder, desk, round }
    }

    fn set(&mut self, change: impl FnOnce(&mut Scheme)) -> DraftView {
        let mut scheme = bureau::draft(&self.desk, &self.round).unwrap().scheme;
        change(&mut scheme);
        bureau::set_scheme(&mut self.desk, &self.round, scheme).unwrap()
    }

    fn confirm(&mut self) -> Result<(), String> {
        bureau::confirm_scheme(&mut self.desk, &self.round, "纪要").map(drop).map_err(|error| error.code)
    }

    fn issue(&mut self) -> Result<(), String> {
        let folder = self.folder.path().join("轮次");
        let issued = bureau::issue_round(&mut self.desk, &self.round, &folder, PASSPHRASE);
        issued.map(drop).map_err(|error| error.code)
    }
}

#[test]
fn a_scheme_not_summing_to_100_can_neither_be_confirmed_nor_issued() {
    for sum_off in [Points::whole(9), Points::whole(11), Points::from_hundredths(1050), Points::ZERO] {
        let mut office = Office::new();
        let view = office.set(|scheme| scheme.maxima[0] = sum_off);
        assert!(view.problems.iter().any(|problem| problem.code == "SCHEME_SUM"), "{sum_off}");
        assert_eq!(office.confirm(), Err("SCHEME_SUM".to_owned()), "{sum_off}");
        assert_eq!(office.issue(), Err("SCHEME_SUM".to_owned()), "{sum_off}");
    }
}

#[test]
fn a_scheme_that_sums_to_100_with_an_empty_dimension_a_wrong_step_or_crossed_bands_is_refused() {
    type Change = fn(&mut Scheme);
    let broken: [(&str, Change); 6] = [
        ("SCHEME_EMPTY_DIMENSION", |s| s.maxima = [0, 35, 25, 15, 15, 10].map(Points::whole)),
        ("SCHEME_STEP", |s| s.step = Points::ZERO),
        ("SCHEME_STEP", |s| s.step = Points::whole(3)),
        ("SCHEME_BANDS", |s| s.bands.good = s.bands.excellent),
        ("SCHEME_BANDS", |s| s.bands.basically_qualified = Points::ZERO),
        ("SCHEME_BANDS", |s| s.bands.excellent = Points::from_hundredths(10_001)),
    ];
    for (code, change) in broken {
        let mut office = Office::new();
        office.set(change);
        assert_eq!(office.confirm(), Err(code.to_owned()));
        assert_eq!(office.issue(), Err(code.to_owned()));
    }
}

#[test]
fn sums_that_would_overflow_are_no_hundred() {
    let mut office = Office::new();
    office.set(|scheme| scheme.maxima = [u32::MAX, 10_001, 0, 0, 0, 0].map(Points::from_hundredths));
    assert_eq!(office.confirm(), Err("SCHEME_SUM".to_owned()));
}

#[test]
fn an_unconfirmed_scheme_cannot_be_issued_and_a_changed_one_is_unconfirmed_again() {
    let mut office = Office::new();
    assert_eq!(office.issue(), Err("SCHEME_UNCONFIRMED".to_owned()));
    office.confirm().unwrap();
    // Even a confirmation that comes along with the scheme is not the bureau's own act.
    let view = office.set(|scheme| assert!(scheme.confirmed.is_some()));
    assert_eq!(view.scheme.confirmed, None);
    assert_eq!(office.issue(), Err("SCHEME_UNCONFIRMED".to_owned()));
    office.confirm().unwrap();
    assert_eq!(office.issue(), Ok(()));
    assert_eq!(office.confirm(), Err("ROUND_ISSUED".to_owned()), "frozen after");
}
